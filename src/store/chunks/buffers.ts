/**
 * Memory for chunks on their way, used again: each fresh piece of 4 MiB costs a thousand page
 * faults, and brings the next collection of garbage nearer. Most chunks are far shorter than the
 * longest, so that pieces come in a few sizes.
 */
import { KIB } from '../../base/limits.ts'

/** Smaller ones are made as they are needed. */
const POOLED_BYTES_MIN = 256 * KIB
/** A piece is the longest one, or this part of it. */
const PARTS = [1 / 4, 1 / 2, 1]

export class Buffers {
  /** From the shortest on. */
  readonly #sizes: readonly number[]
  readonly #idleBytesMax: number
  readonly #idle: Uint8Array[] = []
  #idleBytes = 0

  /** @param limits idleMax: as many of the longest, or as many bytes of shorter ones */
  constructor({ bytesMax, idleMax }: { readonly bytesMax: number; readonly idleMax: number }) {
    this.#sizes = PARTS.map((part) => Math.ceil(bytesMax * part))
    this.#idleBytesMax = bytesMax * idleMax
  }

  /** So many bytes, of any content. What is longer than the longest is not kept. */
  take(bytes: number): Uint8Array {
    const size = this.#sizes.find((each) => bytes <= each)
    if (bytes < POOLED_BYTES_MIN || size === undefined) return new Uint8Array(bytes)
    return (this.#reused(size) ?? new Uint8Array(size)).subarray(0, bytes)
  }

  /** Nobody reads or writes it from then on. */
  giveBack({ buffer }: Uint8Array): void {
    const { byteLength } = buffer
    if (!this.#sizes.includes(byteLength)) return
    if (this.#idleBytes + byteLength <= this.#idleBytesMax) {
      this.#idle.push(new Uint8Array(buffer))
      this.#idleBytes += byteLength
      // Left to the collector it would stay for as long as other garbage does not call for one.
    } else if (buffer instanceof ArrayBuffer) buffer.transfer(0)
  }

  #reused(size: number): Uint8Array | undefined {
    const at = this.#idle.findLastIndex((each) => each.length === size)
    if (at < 0) return undefined
    const [whole] = this.#idle.splice(at, 1)
    this.#idleBytes -= size
    return whole
  }
}
