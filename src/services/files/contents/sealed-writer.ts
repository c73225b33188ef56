import { AnilloError } from '../../../base/errors.ts'
import type { ContentWriter, SealedBody } from './types.ts'

/** Of an upload that was complete when it broke off: it is told as it is. */
export class SealedWriter implements ContentWriter {
  readonly id: string
  readonly at: number
  readonly #body: SealedBody

  constructor(id: string, bytes: number, sha256: string) {
    this.id = id
    this.at = bytes
    this.#body = { kind: 'content', id, bytes, sha256 }
  }

  async push(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return
    throw new AnilloError('BAD_REQUEST', { problem: `this upload ended at ${this.at} bytes` })
  }

  async seal(): Promise<SealedBody> {
    return this.#body
  }

  async makeDurable(): Promise<number> {
    return this.at
  }

  async leave(): Promise<void> {}

  /** It goes by itself, when its time is over. */
  async discard(): Promise<void> {}
}
