/**
 * What a group applied and the database does not hold yet: the last word on each key. A map, since
 * reading one key is what happens most. Its names are kept in order beside it: the latest apart,
 * until somebody scans or writes, or they are many.
 */
import { newRowKey, PREFIX_BYTES } from './keys.ts'

/** The same object for as long as nobody writes the key again. */
export interface OverlayRow {
  /** `undefined`: deleted. */
  readonly value: Uint8Array | undefined
}

export type NamedRow = readonly [string, OverlayRow]

/** What a row costs beside its bytes, about: an entry of the map, two objects, a name's head. */
const ROW_BYTES = 120

/** So many names are put into their places one by one; more are merged in one pass. */
const SINGLE_NAMES_MAX = 8
/** So many names do not wait any longer: what is left to be sorted never takes over 1 ms. */
const LATEST_NAMES_MAX = 1_024

/** What several overlays take together, about. */
export interface OverlayTotal {
  bytes: number
}

export class Overlay {
  readonly #total: OverlayTotal
  readonly #rows = new Map<string, OverlayRow>()
  /** In order; all but the latest. */
  #names: string[] = []
  #latest: string[] = []
  #bytes = 0

  constructor(total: OverlayTotal = { bytes: 0 }) {
    this.#total = total
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.#bytes
  }

  get(name: string): OverlayRow | undefined {
    return this.#rows.get(name)
  }

  /** The value is kept as it is: nobody may change it afterwards. */
  set(name: string, value: Uint8Array | undefined): void {
    const before = this.#rows.get(name)
    let more = (value?.length ?? 0) - (before?.value?.length ?? 0)
    if (before === undefined) {
      this.#latest.push(name)
      more += ROW_BYTES + name.length
    }
    this.#grow(more)
    this.#rows.set(name, { value })
    if (this.#latest.length >= LATEST_NAMES_MAX) this.#order()
  }

  /** In order. Valid until the next change. */
  names(): readonly string[] {
    if (this.#latest.length > 0) this.#order()
    return this.#names
  }

  rows(): readonly NamedRow[] {
    const rows: NamedRow[] = []
    for (const name of this.names()) {
      const row = this.#rows.get(name)
      if (row !== undefined) rows.push([name, row])
    }
    return rows
  }

  /**
   * These are in the database: they go, where nobody wrote their keys again; `gone` is told of
   * each.
   */
  settle(rows: readonly NamedRow[], gone?: (name: string, row: OverlayRow) => void): void {
    for (const [name, row] of rows) {
      if (this.#rows.get(name) !== row) continue
      this.#rows.delete(name)
      gone?.(name, row)
      this.#grow(-(ROW_BYTES + name.length + (row.value?.length ?? 0)))
    }
    this.#names = this.names().filter((name) => this.#rows.has(name))
  }

  clear(): void {
    this.#rows.clear()
    this.#names = []
    this.#latest = []
    this.#grow(-this.#bytes)
  }

  #grow(bytes: number): void {
    this.#bytes += bytes
    this.#total.bytes += bytes
  }

  #order(): void {
    const latest = this.#latest.toSorted(byUnits)
    this.#latest = []
    if (latest.length > SINGLE_NAMES_MAX) this.#names = merged(this.#names, latest)
    else for (const name of latest) this.#names.splice(lowerBound(this.#names, name), 0, name)
  }
}

function byUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Both are in order and share no name. */
function merged(names: readonly string[], latest: readonly string[]): string[] {
  const all: string[] = []
  let at = 0
  for (const name of latest) {
    for (let next = names[at]; next !== undefined && next < name; next = names[at]) {
      all.push(next)
      at++
    }
    all.push(name)
  }
  for (; at < names.length; at++) all.push(names[at] ?? '')
  return all
}

export function keyOf(name: string): Uint8Array {
  const key = new Uint8Array(name.length)
  for (let at = 0; at < name.length; at++) key[at] = name.charCodeAt(at)
  return key
}

/** The key in the database of the row of that name. */
export function rowKeyOf(prefix: Uint8Array, name: string): Uint8Array {
  const key = newRowKey(prefix, name.length)
  for (let at = 0; at < name.length; at++) key[PREFIX_BYTES + at] = name.charCodeAt(at)
  return key
}

/** Index of the first name that is not less. */
export function lowerBound(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((names[middle] ?? '') < name) low = middle + 1
    else high = middle
  }
  return low
}
