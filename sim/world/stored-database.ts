/** An ordered store as a virtual medium keeps it: what readers see, and what of it is synced. */
import { present } from '../../src/base/assert.ts'
import type { Chance } from '../../src/base/random.ts'
import type {
  DatabaseEntry,
  DatabaseReader,
  DatabaseWrite,
  ScanOptions,
} from '../../src/effects/database.ts'

type Batch = readonly DatabaseWrite[]

/** A key as text, a character a byte: found in a map at once, and in byte order as text is. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
}

/** Entries in byte order of their keys. */
class SortedEntries implements DatabaseReader {
  readonly #entries: Map<string, DatabaseEntry>
  readonly #names: string[]

  constructor(
    entries: ReadonlyMap<string, DatabaseEntry> = new Map<string, DatabaseEntry>(),
    names: readonly string[] = [],
  ) {
    this.#entries = new Map(entries)
    this.#names = [...names]
  }

  get size(): number {
    return this.#names.length
  }

  get bytes(): number {
    let bytes = 0
    for (const { key, value } of this.#entries.values()) bytes += key.length + value.length
    return bytes
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(nameOf(key))?.value
  }

  /** This very value, not one that is equal. */
  holds({ key, value }: DatabaseEntry): boolean {
    return this.#entries.get(nameOf(key))?.value === value
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    const { from, to, limit = Infinity, bytesMax = Infinity } = options
    const start = from === undefined ? 0 : this.#place(nameOf(from))
    const end = to === undefined ? this.#names.length : this.#place(nameOf(to))
    const step = options.reverse === true ? -1 : 1
    const found: DatabaseEntry[] = []
    let bytes = 0
    for (let at = step > 0 ? start : end - 1; at >= start && at < end; at += step) {
      if (found.length >= limit || bytes >= bytesMax) break
      const entry = this.at(at)
      found.push(entry)
      bytes += entry.key.length + entry.value.length
    }
    return found
  }

  at(index: number): DatabaseEntry {
    return present(this.#entries.get(present(this.#names[index], 'name')), 'entry')
  }

  apply(batch: Batch): void {
    for (const write of batch) {
      if (write.kind === 'put') this.#put(nameOf(write.key), write)
      else if (write.kind === 'delete') this.#delete(nameOf(write.key))
      else this.#deleteRange(nameOf(write.from), nameOf(write.to))
    }
  }

  copy(): SortedEntries {
    return new SortedEntries(this.#entries, this.#names)
  }

  #put(name: string, { key, value }: DatabaseEntry): void {
    const before = this.#entries.size
    this.#entries.set(name, { key, value })
    if (this.#entries.size > before) this.#names.splice(this.#place(name), 0, name)
  }

  #delete(name: string): void {
    if (this.#entries.delete(name)) this.#names.splice(this.#place(name), 1)
  }

  #deleteRange(from: string, to: string): void {
    const start = this.#place(from)
    const gone = this.#names.splice(start, Math.max(0, this.#place(to) - start))
    for (const name of gone) this.#entries.delete(name)
  }

  /** Where the name stands, or would stand. */
  #place(name: string): number {
    let low = 0
    let high = this.#names.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#names[middle] ?? '') < name) low = middle + 1
      else high = middle
    }
    return low
  }
}

export class StoredDatabase implements DatabaseReader {
  #seen = new SortedEntries()
  /** Behind by `#synced`: read only after a loss of power. */
  readonly #durable = new SortedEntries()
  readonly #synced: Batch[] = []
  #unsynced: Batch[] = []
  /** Set by a fault: opening it fails from then on. */
  damaged = false
  #rotten: DatabaseEntry | undefined

  get bytes(): number {
    return this.#seen.bytes
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#seen.get(key)
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    return this.#seen.scan(options)
  }

  /** What readers see at this moment, and whatever is written later. */
  frozen(): DatabaseReader {
    return this.#seen.copy()
  }

  apply(batch: Batch): void {
    this.#seen.apply(batch)
    this.#unsynced.push(batch)
  }

  /** How many batches wait for the medium. */
  get unsynced(): number {
    return this.#unsynced.length
  }

  /** The oldest of them reach it. */
  sync(batches: number): void {
    for (const batch of this.#unsynced.splice(0, batches)) this.#synced.push(batch)
  }

  /** Of the batches that were not synced the last ones go, whole. */
  losePower(chance: Chance): void {
    this.sync(chance.below(this.#unsynced.length + 1))
    this.#unsynced = []
    for (const batch of this.#synced.splice(0)) this.#durable.apply(batch)
    this.#seen = this.#durable.copy()
  }

  /** Rot inside of a value, which the store itself does not notice; `false` where there is none. */
  flipValueBit(chance: Chance): boolean {
    if (this.#seen.size === 0) return false
    const index = chance.below(this.#seen.size)
    const { key, value } = this.#seen.at(index)
    if (value.length === 0) return false
    const rotten = value.slice()
    const bit = chance.below(rotten.length * 8)
    rotten[bit >> 3] = present(rotten[bit >> 3], 'byte') ^ (1 << (bit & 7))
    this.#rotten = { key, value: rotten }
    this.apply([{ kind: 'put', ...this.#rotten }])
    return true
  }

  /** A value that a bit flipped in still stands, whether anybody has noticed it or not. */
  get isRotten(): boolean {
    const rotten = this.#rotten
    return rotten !== undefined && this.#seen.holds(rotten)
  }
}
