/** Chunks as a plain map, for services that are tried without a ring. */
import { AnilloError } from '../base/errors.ts'
import { sha256Hex } from '../base/hash.ts'
import { CHUNK_BYTES_MAX, isChunkHash, isUploadId } from '../wire/chunks.ts'
import { Buffers } from './chunks/buffers.ts'
import { cutFixed } from './chunks/cutting.ts'
import type { ChunkRef, ChunkStore, PutChunk, Upload } from './types.ts'

export class MemoryChunks implements ChunkStore {
  readonly held = new Map<string, Uint8Array>()
  /** Thrown by the next operations, before anything is done. */
  failing: AnilloError | undefined

  put = async (bytes: Uint8Array, upload: Upload): Promise<PutChunk> => {
    this.#mayFail()
    if (!isUploadId(upload.id) || bytes.length === 0) {
      throw new AnilloError('BAD_REQUEST', { problem: 'no upload, or no bytes' })
    }
    if (bytes.length > CHUNK_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'A chunk', limit: `${CHUNK_BYTES_MAX} bytes` })
    }
    const hash = sha256Hex(bytes)
    this.held.set(hash, bytes.slice())
    return { hash, bytes: bytes.length, isDegraded: false }
  }

  get = async (hash: string): Promise<Uint8Array> => {
    this.#mayFail()
    if (!isChunkHash(hash)) throw new AnilloError('BAD_REQUEST', { problem: 'no hash of a chunk' })
    const bytes = this.held.get(hash)
    if (bytes === undefined) throw new AnilloError('NOT_FOUND', { what: `chunk ${hash}` })
    return bytes
  }

  read = (chunks: Iterable<ChunkRef> | AsyncIterable<ChunkRef>): AsyncIterable<Uint8Array> =>
    this.#read(chunks)

  write = async (
    content: AsyncIterable<Uint8Array>,
    upload: Upload,
  ): Promise<readonly PutChunk[]> => {
    const all: PutChunk[] = []
    const buffers = new Buffers({ bytesMax: CHUNK_BYTES_MAX, idleMax: 0 })
    const pieces = cutFixed(content, { pieceBytes: CHUNK_BYTES_MAX, buffers })
    for await (const bytes of pieces) all.push(await this.put(bytes, upload))
    return all
  }

  async *#read(chunks: Iterable<ChunkRef> | AsyncIterable<ChunkRef>): AsyncGenerator<Uint8Array> {
    for await (const { hash } of chunks) yield await this.get(hash)
  }

  #mayFail(): void {
    if (this.failing !== undefined) throw this.failing
  }
}
