/** The content of a page on its way into the store, and out of it. */
import { assert } from '../../../base/assert.ts'
import type { CallOptions, ChunkRef, ChunkStore, Upload } from '../../../store/types.ts'
import { BODY_HERE_BYTES_MAX, type StoredBody } from '../../../wire/pages.ts'
import { BODY_CHUNK_BYTES, BODY_PIECE_BYTES } from '../limits.ts'

/**
 * Takes a body as it arrives. Little is kept for the record; the rest goes out in chunks, one of
 * them under way while the next fills.
 */
export class BodyWriter {
  readonly #chunks: ChunkStore
  readonly #upload: Upload
  readonly #signal: AbortSignal
  readonly #put: ChunkRef[] = []
  #under: Promise<ChunkRef> | undefined
  #filling = new Uint8Array(BODY_HERE_BYTES_MAX)
  #filled = 0

  constructor(chunks: ChunkStore, upload: Upload, signal: AbortSignal) {
    this.#chunks = chunks
    this.#upload = upload
    this.#signal = signal
  }

  /** The piece is the caller's again when it resolves. @throws AnilloError as `ChunkStore.put` */
  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      if (this.#filled === this.#filling.length) await this.#makeRoom()
      const part = piece.subarray(at, at + this.#filling.length - this.#filled)
      this.#filling.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
    }
  }

  /** All is in the store, pinned. */
  async finish(): Promise<StoredBody> {
    const isLittle = this.#put.length === 0 && this.#under === undefined
    if (isLittle && this.#filled < BODY_HERE_BYTES_MAX) {
      return { kind: 'here', bytes: this.#filling.slice(0, this.#filled) }
    }
    await this.#send()
    await this.#settle()
    return { kind: 'chunks', chunks: this.#put }
  }

  /** Of a body that was given up: nothing is under way any more. Its pins are settled in time. */
  async abandon(): Promise<void> {
    await this.#under?.catch(() => undefined)
  }

  async #makeRoom(): Promise<void> {
    if (this.#filling.length < BODY_CHUNK_BYTES) {
      const head = this.#filling
      this.#filling = new Uint8Array(BODY_CHUNK_BYTES)
      this.#filling.set(head)
    } else await this.#send()
  }

  async #send(): Promise<void> {
    assert(this.#filled > 0, 'a chunk has bytes')
    await this.#settle()
    const bytes = this.#filling.subarray(0, this.#filled)
    this.#under = this.#chunks.put(bytes, this.#upload, { signal: this.#signal })
    // What fails before it is waited for is told then.
    this.#under.catch(() => undefined)
    this.#filling = new Uint8Array(BODY_CHUNK_BYTES)
    this.#filled = 0
  }

  async #settle(): Promise<void> {
    if (this.#under === undefined) return
    const { hash, bytes } = await this.#under
    this.#put.push({ hash, bytes })
    this.#under = undefined
  }
}

/** In pieces of at most `BODY_PIECE_BYTES`. @throws AnilloError as `ChunkStore.read` */
export async function* bodyPieces(
  chunks: ChunkStore,
  body: StoredBody,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  if (body.kind === 'here') yield body.bytes
  if (body.kind !== 'chunks') return
  for await (const chunk of chunks.read(body.chunks, options)) {
    for (let at = 0; at < chunk.length; at += BODY_PIECE_BYTES) {
      // Whoever sends it may still have it when the next one is asked for.
      yield chunk.slice(at, at + BODY_PIECE_BYTES)
    }
  }
}
