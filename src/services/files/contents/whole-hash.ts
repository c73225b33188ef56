/**
 * SHA-256 of a whole content while it grows. A writer that goes on with what another one left has
 * to read that back, since the state of a hash cannot be carried over: this is done beside the
 * writing, so that the client need not wait for it before it sends on. Once it is near, the writer
 * waits for it, and from then on bytes are taken as they come.
 */
import { Sha256 } from '../../../base/hash.ts'
import type { ContentParts } from './parts.ts'
import { readRange } from './reading.ts'

export class WholeHash {
  readonly #hash = new Sha256()
  readonly #parts: Pick<ContentParts, 'store'>
  readonly #id: string
  readonly #ending = new AbortController()
  /** All bytes up to here are in it. */
  #upTo = 0
  #isDirect: boolean
  #reading: Promise<void> | undefined

  /** @param bytes that are there already */
  constructor(parts: Pick<ContentParts, 'store'>, id: string, bytes: number) {
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
    this.#hash.update(piece)
    this.#upTo += piece.length
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
    this.#isDirect = true
  }

  digestHex(): string {
    return this.#hash.soFarHex()
  }

  stop(): void {
    this.#ending.abort()
  }

  async #readTo(durable: number): Promise<void> {
    const range = { id: this.#id, from: this.#upTo, to: durable }
    for await (const piece of readRange(this.#parts, range, { signal: this.#ending.signal })) {
      this.#hash.update(piece)
      this.#upTo += piece.length
    }
  }
}
