/**
 * Rows that an entry writes, read through to the state: handed over whole when it is applied. What
 * a procedure wrote that refuses is taken back.
 */
import { assert } from '../../base/assert.ts'
import { byteText, compareBytes } from '../../base/bytes.ts'
import type { DatabaseEntry, DatabaseWrite, ScanOptions } from '../../effects/database.ts'
import type { StateReader } from '../state/types.ts'

type Row = Exclude<DatabaseWrite, { kind: 'deleteRange' }> & { readonly name: string }

/** Most entries write three rows or four: up to so many they are looked through one by one. */
const SEARCHED_ROWS_MAX = 16

/** What stood in the layer when an attempt began, as far as the attempt changed it. */
interface Attempt {
  readonly count: number
  readonly replaced: { readonly at: number; readonly row: Row }[]
}

export class Layer implements StateReader {
  readonly #below: StateReader
  /** Each name once. */
  readonly #rows: Row[] = []
  /** Where each name stands, once there are many. */
  #places: Map<string, number> | undefined
  #attempt: Attempt | undefined

  constructor(below: StateReader) {
    this.#below = below
  }

  get(key: Uint8Array, name = byteText(key)): Uint8Array | undefined {
    const row = this.#rows[this.#find(name)]
    if (row === undefined) return this.#below.get(key, name)
    return row.kind === 'put' ? row.value : undefined
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#set({ kind: 'put', key, value, name: byteText(key) })
  }

  delete(key: Uint8Array): void {
    this.#set({ kind: 'delete', key, name: byteText(key) })
  }

  /** What is written from here on stays with `keep`, and is taken back by `undo`. */
  attempt(): void {
    assert(this.#attempt === undefined, 'one attempt at a time')
    this.#attempt = { count: this.#rows.length, replaced: [] }
  }

  keep(): void {
    this.#attempt = undefined
  }

  undo(): void {
    assert(this.#attempt !== undefined, 'what is undone was attempted')
    const { count, replaced } = this.#attempt
    this.#attempt = undefined
    this.#rows.length = count
    for (const { at, row } of replaced) this.#rows[at] = row
    this.#places = undefined
  }

  /** Where rows of its own are in the range, `bytesMax` is not looked at. */
  scan(options: ScanOptions): readonly DatabaseEntry[] {
    const { limit = Infinity, reverse = false } = options
    const own = this.#within(options.from, options.to)
    if (own.length === 0) return this.#below.scan(options)
    // As many of the rows below may be deleted or replaced here as there are own writes.
    const below = this.#below.scan({
      reverse,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
      ...(Number.isFinite(limit) ? { limit: limit + own.length } : {}),
    })
    const merged = merge(below, own, reverse)
    return merged.length > limit ? merged.slice(0, limit) : merged
  }

  writes(): readonly Row[] {
    return this.#rows
  }

  #within(from: Uint8Array | undefined, to: Uint8Array | undefined): readonly Row[] {
    const found: Row[] = []
    for (const row of this.#rows) {
      if (from !== undefined && compareBytes(row.key, from) < 0) continue
      if (to !== undefined && compareBytes(row.key, to) >= 0) continue
      found.push(row)
    }
    return found
  }

  #set(row: Row): void {
    const at = this.#find(row.name)
    const before = this.#rows[at]
    if (before === undefined) {
      this.#places?.set(row.name, this.#rows.length)
      this.#rows.push(row)
      return
    }
    // What the attempt itself wrote goes with it.
    const attempt = this.#attempt
    if (attempt !== undefined && at < attempt.count) attempt.replaced.unshift({ at, row: before })
    this.#rows[at] = row
  }

  /** -1: it was not written. */
  #find(name: string): number {
    if (this.#rows.length > SEARCHED_ROWS_MAX) {
      this.#places ??= new Map(this.#rows.map((row, at) => [row.name, at]))
      return this.#places.get(name) ?? -1
    }
    for (let at = 0; at < this.#rows.length; at++) if (this.#rows[at]?.name === name) return at
    return -1
  }
}

function merge(
  below: readonly DatabaseEntry[],
  own: readonly Row[],
  reverse: boolean,
): readonly DatabaseEntry[] {
  const rows = new Map(below.map((entry) => [byteText(entry.key), entry]))
  for (const write of own) {
    if (write.kind === 'put') rows.set(write.name, write)
    else rows.delete(write.name)
  }
  const sign = reverse ? -1 : 1
  return [...rows.values()].toSorted((a, b) => sign * compareBytes(a.key, b.key))
}
