/**
 * SHA-256 of a whole content while it grows. A writer that goes on with what another one left has
 * to read that back, since the state of a hash cannot be carried over: this is done beside the
 * writing, so that the client need not wait for it before it sends on. Once it is near, the writer
 * waits for it, and from then on bytes are taken as they come.
 */
import { assert } from '../../../base/assert.ts'
import { Sha256 } from '../../../base/hash.ts'
import { ResumableSha256 } from '../../../base/resumable-sha256.ts'
import type { ContentParts } from './parts.ts'
import { readRange } from './reading.ts'

interface WholeHashOptions {
  readonly id: string
  /** That are there already. */
  readonly bytes: number
  /** The state of another content that this one begins with: so many bytes are in it already. */
  readonly grown?: ResumableSha256 | undefined
}

export class WholeHash {
  readonly #hash: Sha256 | ResumableSha256
  readonly #parts: Pick<ContentParts, 'store'>
  readonly #id: string
  /** Of reading back, which few need. */
  #ending: AbortController | undefined
  #isOver = false
  /** All bytes up to here are in it. */
  #upTo: number
  /** Those that it was given, or that it had before. */
  #seen = 0
  #isDirect: boolean
  #reading: Promise<void> | undefined

  constructor(parts: Pick<ContentParts, 'store'>, { bytes, id, grown }: WholeHashOptions) {
    this.#hash = grown ?? new Sha256()
    this.#upTo = grown?.state.bytes ?? 0
    this.#parts = parts
    this.#id = id
    this.#isDirect = bytes === 0
  }

  /** Takes bytes as they come. */
  get isDirect(): boolean {
    return this.#isDirect
  }

  get upTo(): number {
    return this.#upTo
  }

  /** Of bytes that come behind all so far; while it is not direct they are read back later. */
  update(piece: Uint8Array): void {
    if (!this.#isDirect) return
    const known = Math.min(piece.length, this.#upTo - this.#seen)
    this.#seen += piece.length
    this.#hash.update(piece.subarray(known))
    this.#upTo += piece.length - known
  }

  /** Bytes that are in it from the beginning on, without looking at them. */
  pass(bytes: number): void {
    this.#seen += bytes
    assert(this.#seen <= this.#upTo, 'they are in it')
  }

  /** Reads back what is durable, beside what else is done. */
  followTo(durable: number): void {
    if (this.#isDirect || this.#reading !== undefined || durable <= this.#upTo) return
    const reading = this.#readTo(durable).finally(() => (this.#reading = undefined))
    // Who waits for it tries again, and is told.
    reading.catch(() => undefined)
    this.#reading = reading
  }

  /** All that is there is durable: takes bytes as they come from then on. */
  async catchUp(durable: number): Promise<void> {
    await this.#reading?.catch(() => undefined)
    await this.#readTo(durable)
    this.#seen = this.#upTo
    this.#isDirect = true
  }

  /** Where it can be gone on with. */
  get stateHex(): string | undefined {
    return this.#hash instanceof ResumableSha256 ? this.#hash.state.hex : undefined
  }

  digestHex(): string {
    return this.#hash.soFarHex()
  }

  stop(): void {
    this.#isOver = true
    this.#ending?.abort()
  }

  async #readTo(durable: number): Promise<void> {
    const range = { id: this.#id, from: this.#upTo, to: durable }
    const ending = (this.#ending ??= new AbortController())
    if (this.#isOver) ending.abort()
    for await (const piece of readRange(this.#parts, range, { signal: ending.signal })) {
      this.#hash.update(piece)
      this.#upTo += piece.length
    }
  }
}
