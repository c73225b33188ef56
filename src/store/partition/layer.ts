/**
 * Rows written but not yet in the state: read through, and then handed down whole or dropped. An
 * entry has one, and each procedure that it runs has one above it.
 */
import { assert } from '../../base/assert.ts'
import { compareBytes } from '../../base/bytes.ts'
import type { DatabaseEntry, DatabaseWrite, ScanOptions } from '../../effects/database.ts'
import type { StateReader } from '../state/types.ts'

export class Layer implements StateReader {
  readonly #below: StateReader
  /** By the key's bytes as text, one character a byte. */
  readonly #writes = new Map<string, DatabaseWrite>()

  constructor(below: StateReader) {
    this.#below = below
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#writes.size === 0) return this.#below.get(key)
    const write = this.#writes.get(nameOf(key))
    if (write === undefined) return this.#below.get(key)
    return write.kind === 'put' ? write.value : undefined
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#writes.set(nameOf(key), { kind: 'put', key, value })
  }

  delete(key: Uint8Array): void {
    this.#writes.set(nameOf(key), { kind: 'delete', key })
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

  #within(from: Uint8Array | undefined, to: Uint8Array | undefined): readonly DatabaseWrite[] {
    const found: DatabaseWrite[] = []
    for (const write of this.#writes.values()) {
      assert(write.kind !== 'deleteRange', 'a layer has single rows')
      if (from !== undefined && compareBytes(write.key, from) < 0) continue
      if (to !== undefined && compareBytes(write.key, to) >= 0) continue
      found.push(write)
    }
    return found
  }

  /** Everything written here is written there. */
  handDown(to: Layer): void {
    for (const [name, write] of this.#writes) to.#writes.set(name, write)
  }

  writes(): readonly DatabaseWrite[] {
    return [...this.#writes.values()]
  }
}

function nameOf(key: Uint8Array): string {
  let name = ''
  for (const byte of key) name += String.fromCharCode(byte)
  return name
}

function merge(
  below: readonly DatabaseEntry[],
  own: readonly DatabaseWrite[],
  reverse: boolean,
): readonly DatabaseEntry[] {
  const rows = new Map(below.map((entry) => [nameOf(entry.key), entry]))
  for (const write of own) {
    if (write.kind === 'put') rows.set(nameOf(write.key), write)
    else if (write.kind === 'delete') rows.delete(nameOf(write.key))
  }
  const sign = reverse ? -1 : 1
  return [...rows.values()].toSorted((a, b) => sign * compareBytes(a.key, b.key))
}
