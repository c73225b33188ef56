/** The bytes of one request, as they come: read once, by whoever is first. */
import type { FastifyRequest } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { Sha256 } from '../../../base/hash.ts'

export class ArrivingBody {
  readonly #raw: FastifyRequest['raw']
  readonly #hash: Sha256 | undefined
  #state: 'waits' | 'read' | 'whole' = 'waits'
  #sha256: string | undefined

  /** @param options `isHashed`: `sha256` will be asked for */
  constructor(raw: FastifyRequest['raw'], { isHashed = false } = {}) {
    this.#raw = raw
    this.#hash = isHashed ? new Sha256() : undefined
  }

  /** @throws AnilloError RPC_CANCELLED where it breaks off: nobody waits for an answer */
  async *pieces(): AsyncGenerator<Uint8Array> {
    // Others carried out the request after its bytes were passed over.
    if (this.#state !== 'waits') throw new AnilloError('BUSY', { what: 'the same request' })
    this.#state = 'read'
    const pieces: AsyncIterable<unknown> = this.#raw.iterator({ destroyOnReturn: false })
    try {
      for await (const piece of pieces) {
        if (!(piece instanceof Uint8Array)) continue
        this.#hash?.update(piece)
        yield piece
      }
    } catch (cause) {
      throw new AnilloError('RPC_CANCELLED', { method: 'upload' }, { cause })
    }
    this.#state = 'whole'
  }

  /** Whoever sends it comes to know the answer. */
  passOver(): void {
    if (this.#state === 'waits') this.#state = 'read'
    this.#raw.resume()
  }

  /**
   * Of all of it, 64 hex digits; what nobody read is read.
   * @throws AnilloError BUSY where a part of it was passed over
   */
  async sha256(): Promise<string> {
    if (this.#state !== 'whole') for await (const _ of this.pieces());
    this.#sha256 ??= this.#hash?.digestHex() ?? ''
    return this.#sha256
  }
}
