/**
 * Memory for chunks on their way, used again: each fresh piece of 4 MiB costs a thousand page
 * faults, and brings the next collection of garbage nearer. Pieces have one of three lengths, so
 * that a chunk of 1 MiB takes no place of 4.
 */
import { KIB } from '../../base/limits.ts'

/** Smaller ones are made as they are needed. */
const POOLED_BYTES_MIN = 256 * KIB
/** Of the largest piece. */
const PARTS = [4, 2, 1] as const

export class Buffers {
  readonly #idleBytesMax: number
  /** By their length, the shortest first. */
  readonly #idle: ReadonlyMap<number, Uint8Array[]>
  #idleBytes = 0

  /** @param limits `idleMax`: as much as so many of the largest is kept */
  constructor({ bytesMax, idleMax }: { readonly bytesMax: number; readonly idleMax: number }) {
    const lengths = PARTS.map((part) => Math.ceil(bytesMax / part))
    this.#idle = new Map(lengths.map((length) => [length, []]))
    this.#idleBytesMax = idleMax * bytesMax
  }

  /** So many bytes, of any content. What is larger than `bytesMax` is not kept. */
  take(bytes: number): Uint8Array {
    if (bytes < POOLED_BYTES_MIN) return new Uint8Array(bytes)
    const lengths = [...this.#idle.keys()].filter((length) => length >= bytes)
    for (const length of lengths) {
      const known = this.#idle.get(length)?.pop()
      if (known === undefined) continue
      this.#idleBytes -= length
      return known.subarray(0, bytes)
    }
    return new Uint8Array(lengths[0] ?? bytes).subarray(0, bytes)
  }

  /** Nobody reads or writes it from then on. */
  giveBack({ buffer }: Uint8Array): void {
    const { byteLength } = buffer
    if (this.#idleBytes + byteLength > this.#idleBytesMax) return
    const idle = this.#idle.get(byteLength)
    if (idle === undefined) return
    idle.push(new Uint8Array(buffer))
    this.#idleBytes += byteLength
  }
}
