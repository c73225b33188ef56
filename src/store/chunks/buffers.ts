/**
 * Memory for chunks on their way, used again: each fresh piece of 4 MiB costs a thousand page
 * faults, and brings the next collection of garbage nearer.
 */
import { KIB } from '../../base/limits.ts'

/** Smaller ones are made as they are needed. */
const POOLED_BYTES_MIN = 256 * KIB

export class Buffers {
  readonly #bytesMax: number
  readonly #idleMax: number
  readonly #idle: Uint8Array[] = []

  constructor(limits: { readonly bytesMax: number; readonly idleMax: number }) {
    this.#bytesMax = limits.bytesMax
    this.#idleMax = limits.idleMax
  }

  /** So many bytes, of any content. What is larger than `bytesMax` is not kept. */
  take(bytes: number): Uint8Array {
    if (bytes < POOLED_BYTES_MIN || bytes > this.#bytesMax) return new Uint8Array(bytes)
    const whole = this.#idle.pop() ?? new Uint8Array(this.#bytesMax)
    return whole.subarray(0, bytes)
  }

  /** Nobody reads or writes it from then on. */
  giveBack({ buffer }: Uint8Array): void {
    if (buffer.byteLength !== this.#bytesMax || this.#idle.length >= this.#idleMax) return
    this.#idle.push(new Uint8Array(buffer))
  }
}
