/** An ordered store as a virtual medium keeps it: what readers see, and what of it is synced. */
import { compareBytes } from '../../src/base/bytes.ts'
import type { Chance } from '../../src/base/random.ts'
import type { DatabaseEntry, DatabaseWrite, ScanOptions } from '../../src/effects/database.ts'

type Batch = readonly DatabaseWrite[]

/** Entries in byte order of their keys. */
class SortedEntries {
  readonly #entries: DatabaseEntry[]

  constructor(entries: readonly DatabaseEntry[] = []) {
    this.#entries = [...entries]
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { index, found } = this.#find(key)
    return found ? this.#entries[index]?.value : undefined
  }

  apply(batch: Batch): void {
    for (const write of batch) {
      const { index, found } = this.#find(write.key)
      if (write.kind === 'delete') this.#entries.splice(index, found ? 1 : 0)
      else this.#entries.splice(index, found ? 1 : 0, { key: write.key, value: write.value })
    }
  }

  slice(from: Uint8Array | undefined, to: Uint8Array | undefined): DatabaseEntry[] {
    const start = from === undefined ? 0 : this.#find(from).index
    const end = to === undefined ? this.#entries.length : this.#find(to).index
    return this.#entries.slice(start, end)
  }

  copy(): SortedEntries {
    return new SortedEntries(this.#entries)
  }

  /** Where the key stands, or would stand. */
  #find(key: Uint8Array): { index: number; found: boolean } {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = this.#entries[middle]
      const order = entry === undefined ? 1 : compareBytes(entry.key, key)
      if (order === 0) return { index: middle, found: true }
      if (order < 0) low = middle + 1
      else high = middle
    }
    return { index: low, found: false }
  }
}

export class StoredDatabase {
  #seen = new SortedEntries()
  readonly #durable = new SortedEntries()
  #unsynced: Batch[] = []
  /** Set by a fault: opening it fails from then on. */
  damaged = false

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#seen.get(key)
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    const entries = this.#seen.slice(options.from, options.to)
    if (options.reverse === true) entries.reverse()
    return entries.slice(0, options.limit ?? entries.length)
  }

  apply(batch: Batch, sync: boolean): void {
    this.#seen.apply(batch)
    this.#unsynced.push(batch)
    if (!sync) return
    for (const written of this.#unsynced) this.#durable.apply(written)
    this.#unsynced = []
  }

  /** Of the batches that were not synced the last ones go, whole. */
  losePower(chance: Chance): void {
    const kept = chance.below(this.#unsynced.length + 1)
    for (const batch of this.#unsynced.slice(0, kept)) this.#durable.apply(batch)
    this.#unsynced = []
    this.#seen = this.#durable.copy()
  }
}
