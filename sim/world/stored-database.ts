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

/** Entries in byte order of their keys. */
class SortedEntries implements DatabaseReader {
  readonly #entries: DatabaseEntry[]

  constructor(entries: readonly DatabaseEntry[] = []) {
    this.#entries = [...entries]
  }

  get size(): number {
    return this.#entries.length
  }

  get bytes(): number {
    return this.#entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { index, found } = this.#find(key)
    return found ? this.#entries[index]?.value.slice() : undefined
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    const { from, to, limit = Infinity, bytesMax = Infinity } = options
    const start = from === undefined ? 0 : this.#find(from).index
    const end = to === undefined ? this.#entries.length : this.#find(to).index
    const step = options.reverse === true ? -1 : 1
    const found: DatabaseEntry[] = []
    let bytes = 0
    for (let at = step > 0 ? start : end - 1; at >= start && at < end; at += step) {
      if (found.length >= limit || bytes >= bytesMax) break
      const { key, value } = this.at(at)
      found.push({ key: key.slice(), value: value.slice() })
      bytes += key.length + value.length
    }
    return found
  }

  at(index: number): DatabaseEntry {
    return present(this.#entries[index], 'entry')
  }

  replace(index: number, entry: DatabaseEntry): void {
    this.#entries[index] = entry
  }

  apply(batch: Batch): void {
    for (const write of batch) {
      if (write.kind === 'deleteRange') {
        const start = this.#find(write.from).index
        this.#entries.splice(start, Math.max(0, this.#find(write.to).index - start))
        continue
      }
      const { index, found } = this.#find(write.key)
      if (write.kind === 'delete') this.#entries.splice(index, found ? 1 : 0)
      else this.#entries.splice(index, found ? 1 : 0, { key: write.key, value: write.value })
    }
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
      const order = Buffer.compare(this.at(middle).key, key)
      if (order === 0) return { index: middle, found: true }
      if (order < 0) low = middle + 1
      else high = middle
    }
    return { index: low, found: false }
  }
}

export class StoredDatabase implements DatabaseReader {
  #seen = new SortedEntries()
  readonly #durable = new SortedEntries()
  #unsynced: Batch[] = []
  /** Set by a fault: opening it fails from then on. */
  damaged = false

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
    for (const batch of this.#unsynced.splice(0, batches)) this.#durable.apply(batch)
  }

  /** Of the batches that were not synced the last ones go, whole. */
  losePower(chance: Chance): void {
    this.sync(chance.below(this.#unsynced.length + 1))
    this.#unsynced = []
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
    this.#seen.replace(index, { key, value: rotten })
    this.#unsynced.push([{ kind: 'put', key, value: rotten }])
    return true
  }
}
