/**
 * Small arrays that share buffers. The engine makes a buffer of its own outside its heap for each
 * array over 64 bytes, which costs more than filling it. An array that is kept keeps the whole
 * buffer, so each purpose has buffers of its own: what lies in one is let go at about the same
 * time.
 */
import { KIB } from './limits.ts'

const BUFFER_BYTES = 8 * KIB
const SHARED_BYTES_MAX = 2 * KIB
const HEAP_BYTES_MAX = 64

export class SharedBytes {
  #buffer = new Uint8Array(0)
  #used = 0

  /** Zeros, the caller's own. */
  take(length: number): Uint8Array {
    if (length <= HEAP_BYTES_MAX || length > SHARED_BYTES_MAX) return new Uint8Array(length)
    if (this.#used + length > this.#buffer.length) {
      this.#buffer = new Uint8Array(BUFFER_BYTES)
      this.#used = 0
    }
    this.#used += length
    return this.#buffer.subarray(this.#used - length, this.#used)
  }

  /** A copy. */
  copy(bytes: Uint8Array): Uint8Array {
    const own = this.take(bytes.length)
    own.set(bytes)
    return own
  }
}
