/** A virtual file: what programs see of it, and what of that is on the medium. */
import { present } from '../../src/base/assert.ts'
import { pick, type Chance } from '../../src/base/random.ts'

/** The unit that a disk writes whole or not at all. */
export const SECTOR_BYTES = 512

const FIRST_CAPACITY_BYTES = 256

/** Bytes that can grow. */
class GrowingBytes {
  #bytes = new Uint8Array(FIRST_CAPACITY_BYTES)
  #size = 0

  get size(): number {
    return this.#size
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(Math.min(offset, this.#size), Math.min(offset + length, this.#size))
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#reserve(offset + bytes.length)
    this.#bytes.set(bytes, offset)
    this.#size = Math.max(this.#size, offset + bytes.length)
  }

  truncate(length: number): void {
    this.#reserve(length)
    if (length < this.#size) this.#bytes.fill(0, length, this.#size)
    this.#size = length
  }

  flipBit(bit: number): void {
    const at = bit >> 3
    this.#bytes[at] = present(this.#bytes[at], 'flipped byte') ^ (1 << (bit & 7))
  }

  copy(): GrowingBytes {
    const copy = new GrowingBytes()
    copy.truncate(this.#size)
    copy.#bytes.set(this.#bytes.subarray(0, this.#size))
    return copy
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(size, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
  }
}

export type FileChange =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly length: number }

/** What a loss of power leaves of the changes that were not synced. */
const LOSSES = [
  'all kept',
  'none kept',
  // As likely as all others together: what was not synced tells most when it is gone.
  'none kept',
  'none kept',
  'first kept',
  'some sectors kept',
] as const

export class FileNode {
  readonly kind = 'file'
  #seen = new GrowingBytes()
  /** Behind by `#synced`: most files are never asked what a loss of power would leave of them. */
  readonly #durable = new GrowingBytes()
  readonly #synced: FileChange[] = []
  #unsynced: FileChange[] = []

  get size(): number {
    return this.#seen.size
  }

  read(offset: number, length: number): Uint8Array {
    return this.#seen.read(offset, length)
  }

  change(change: FileChange): void {
    apply(this.#seen, change)
    this.#unsynced.push(change)
  }

  /** A write that was under way when its process ended: what of it, if anything, was done. */
  changeInPart(change: FileChange, chance: Chance): void {
    if (change.kind === 'truncate') {
      if (chance.below(2) === 0) this.change(change)
      return
    }
    const sectors = Math.ceil(change.bytes.length / SECTOR_BYTES)
    const bytes = change.bytes.subarray(0, chance.below(sectors + 1) * SECTOR_BYTES)
    this.change({ ...change, bytes })
  }

  sync(): void {
    for (const change of this.#unsynced) this.#synced.push(change)
    this.#unsynced = []
  }

  #bringOn(): void {
    for (const change of this.#synced) apply(this.#durable, change)
    this.#synced.length = 0
  }

  losePower(chance: Chance): void {
    this.#bringOn()
    const unsynced = this.#unsynced
    this.#unsynced = []
    const loss = pick(chance, LOSSES)
    const kept = loss === 'none kept' ? 0 : chance.below(unsynced.length + 1)
    for (const [index, change] of unsynced.entries()) {
      if (loss === 'all kept' || (loss === 'first kept' && index < kept))
        apply(this.#durable, change)
      if (loss === 'some sectors kept') applyInPart(this.#durable, change, chance)
    }
    this.#seen = this.#durable.copy()
  }

  /** Rot of the medium: seen at once and for good. */
  flipBit(chance: Chance): boolean {
    this.#bringOn()
    const size = Math.min(this.#seen.size, this.#durable.size)
    if (size === 0) return false
    const bit = chance.below(size * 8)
    this.#seen.flipBit(bit)
    this.#durable.flipBit(bit)
    return true
  }
}

function apply(bytes: GrowingBytes, change: FileChange): void {
  if (change.kind === 'write') bytes.write(change.offset, change.bytes)
  else bytes.truncate(change.length)
}

function applyInPart(bytes: GrowingBytes, change: FileChange, chance: Chance): void {
  if (change.kind === 'truncate') {
    if (chance.below(2) === 0) apply(bytes, change)
    return
  }
  const { offset } = change
  let at = 0
  while (at < change.bytes.length) {
    // Sectors lie at multiples of their size in the file, not in the write.
    const end = Math.min(at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES), change.bytes.length)
    if (chance.below(2) === 0) bytes.write(offset + at, change.bytes.subarray(at, end))
    at = end
  }
}
