/** The content of a page on its way into the store, and out of it. */
import { assert } from '../../../base/assert.ts'
import { deflated, inflated } from '../../../base/deflate.ts'
import { AnilloError } from '../../../base/errors.ts'
import { KIB } from '../../../base/limits.ts'
import type { CallOptions, ChunkRef, ChunkStore, Upload } from '../../../store/types.ts'
import {
  BODY_HERE_BYTES_MAX,
  BODY_PACKED_PLAIN_BYTES_MAX,
  type StoredBody,
} from '../../../wire/pages.ts'
import { BODY_CHUNK_BYTES, BODY_PIECE_BYTES } from '../limits.ts'

/**
 * Takes a body as it arrives. What is little once it is packed is kept for the record; the rest
 * goes out in chunks, one of them under way while the next fills.
 */
export class BodyWriter {
  readonly #chunks: ChunkStore
  readonly #upload: Upload
  readonly #signal: AbortSignal
  readonly #put: ChunkRef[] = []
  #under: Promise<ChunkRef> | undefined
  #filling = new Uint8Array(FIRST_BYTES)
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

  /** Content that is small enough to lie in memory whole; the writer's own. */
  get whole(): Uint8Array | undefined {
    const isWhole = this.#put.length === 0 && this.#under === undefined
    if (!isWhole || this.#filled > BODY_PACKED_PLAIN_BYTES_MAX) return undefined
    return this.#filling.subarray(0, this.#filled)
  }

  /** All is in the store, pinned, or fits the record. */
  async finish(): Promise<StoredBody> {
    const little = this.whole === undefined ? undefined : inRecord(this.whole)
    if (little !== undefined) return little
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
      this.#filling = new Uint8Array(Math.min(GROWTH * head.length, BODY_CHUNK_BYTES))
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

/** Most pages fit; what does not is copied a few times while it grows. */
const FIRST_BYTES = 32 * KIB
const GROWTH = 4

/** `undefined`: it is too large even if it is packed. */
function inRecord(content: Uint8Array): StoredBody | undefined {
  if (content.length < PACKED_FROM_BYTES) return { kind: 'here', bytes: content.slice() }
  const packed = deflated(content)
  if (packed.length < content.length && packed.length <= BODY_HERE_BYTES_MAX) {
    return { kind: 'packed', deflated: packed, plainBytes: content.length }
  }
  return content.length <= BODY_HERE_BYTES_MAX
    ? { kind: 'here', bytes: content.slice() }
    : undefined
}

/** Packing less saves nothing that counts. */
const PACKED_FROM_BYTES = KIB

/**
 * In pieces of at most `BODY_PIECE_BYTES`. @throws AnilloError as `ChunkStore.read`; DATA_DAMAGED
 */
export async function* bodyPieces(
  chunks: ChunkStore,
  body: StoredBody,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  if (body.kind === 'here') yield body.bytes
  if (body.kind === 'packed') yield unpacked(body)
  if (body.kind !== 'chunks') return
  for await (const chunk of chunks.read(body.chunks, options)) {
    for (let at = 0; at < chunk.length; at += BODY_PIECE_BYTES) {
      // Whoever sends it may still have it when the next one is asked for.
      yield chunk.slice(at, at + BODY_PIECE_BYTES)
    }
  }
}

function unpacked(body: Extract<StoredBody, { readonly kind: 'packed' }>): Uint8Array {
  const plain = inflated(body.deflated, body.plainBytes)
  if (plain === undefined) {
    throw new AnilloError('DATA_DAMAGED', { path: 'pages', problem: 'content does not unpack' })
  }
  return plain
}
