/** The door of the folder for services: `ChunkStore` over this member's holder and the others'. */
import { AnilloError } from '../../base/errors.ts'
import { CHUNK_BYTES_MAX, isChunkHash, isUploadId } from '../../wire/chunks.ts'
import type { CallOptions, ChunkRef, ChunkStore, PutChunk, Upload } from '../types.ts'
import type { Buffers } from './buffers.ts'
import { FILE_EXTRA_BYTES } from './chunk-file.ts'
import { cutFixed } from './cutting.ts'
import { inOrder } from './in-order.ts'
import type { ChunkReader } from './reading.ts'
import type { ChunkWriter } from './writing.ts'

export interface ChunkStoreParts {
  readonly writer: ChunkWriter
  readonly reader: ChunkReader
  readonly buffers: Buffers
}

export function createChunkStore({ writer, reader, buffers }: ChunkStoreParts): ChunkStore {
  const get = async (
    hash: string,
    options?: CallOptions & { readonly place?: Uint8Array },
  ): Promise<Uint8Array> => {
    if (!isChunkHash(hash)) throw new AnilloError('BAD_REQUEST', { problem: 'no hash of a chunk' })
    return reader.get(hash, options)
  }
  const getOne = async ({ hash, bytes }: ChunkRef, options: CallOptions): Promise<Uint8Array> => {
    const place = buffers.take(bytes + FILE_EXTRA_BYTES)
    try {
      return await get(hash, { ...options, place })
    } catch (thrown) {
      buffers.giveBack(place)
      throw thrown
    }
  }
  const put = async (
    bytes: Uint8Array,
    upload: Upload,
    options?: CallOptions,
  ): Promise<PutChunk> => {
    if (!isUploadId(upload.id)) throw new AnilloError('BAD_REQUEST', { problem: 'no upload' })
    return writer.put(bytes, upload, options)
  }
  return {
    get,
    put,
    read: async function* (chunks, options) {
      const getting = (chunk: ChunkRef, signal: AbortSignal): Promise<Uint8Array> =>
        getOne(chunk, { ...options, signal })
      for await (const bytes of inOrder(chunks, getting, options?.signal)) {
        yield bytes
        buffers.giveBack(bytes)
      }
    },
    write: async (content, upload, options) => {
      const all: PutChunk[] = []
      const pieces = cutFixed(content, { pieceBytes: CHUNK_BYTES_MAX, buffers })
      const putOne = async (bytes: Uint8Array, signal: AbortSignal): Promise<PutChunk> => {
        try {
          return await put(bytes, upload, { ...options, signal })
        } finally {
          // Who fetches it still, too late, finds out by its hash.
          buffers.giveBack(bytes)
        }
      }
      const putting = inOrder(pieces, putOne, options?.signal)
      for await (const chunk of putting) all.push(chunk)
      return all
    },
  }
}
