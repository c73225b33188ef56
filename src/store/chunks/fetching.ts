/**
 * A chunk from another member, in blocks: several under way, put together in one buffer, and
 * checked against its hash.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import { BLOCK_BYTES, chunkBlock } from '../../wire/chunk-methods.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'
import type { AskOptions, Peers } from '../peers.ts'
import { BLOCK_BUSY_PAUSE_MS, BLOCK_BUSY_TRIES, BLOCKS_AT_ONCE } from './limits.ts'
import { checkedChunk, type SoundChunk } from './sound-chunk.ts'

export interface FetchOptions {
  readonly clock: Clock
  readonly peers: Pick<Peers, 'ask'>
  readonly signal?: AbortSignal
  /** As long as the chunk, which is put there; where absent its length is found out. */
  readonly place?: Uint8Array
  /** Of the chunk, where that is known. */
  readonly firstBlock?: Uint8Array
  /** That block stands in its place. */
  readonly onBlock?: (block: number) => void
}

/** Nothing is written to the chunk's place any more when it settles, however it does. */
export async function fetchChunk(
  from: MemberId,
  hash: string,
  options: FetchOptions,
): Promise<SoundChunk> {
  const place = options.place ?? new Uint8Array(CHUNK_BYTES_MAX)
  let blocks = Math.ceil(place.length / BLOCK_BYTES)
  let bytes = 0
  let next = 0
  const worker = async (): Promise<void> => {
    try {
      while (next < blocks) {
        const block = next++
        const at = block * BLOCK_BYTES
        const into = place.subarray(at, at + BLOCK_BYTES)
        const known = block === 0 ? options.firstBlock : undefined
        const piece = known ?? (await askBlock({ from, hash, block, into }, options))
        // The last one, or one behind it.
        if (piece.length < BLOCK_BYTES) blocks = Math.min(blocks, block + 1)
        if (piece.length > into.length) throw garbled(from)
        if (piece.buffer !== into.buffer) into.set(piece)
        bytes += piece.length
        options.onBlock?.(block)
      }
    } catch (thrown) {
      // The others ask for no more.
      blocks = 0
      throw thrown
    }
  }
  const workers = Array.from({ length: Math.min(BLOCKS_AT_ONCE, blocks) }, worker)
  for (const ended of await Promise.allSettled(workers)) {
    if (ended.status === 'rejected') throw ended.reason
  }
  const chunk = checkedChunk(hash, place.subarray(0, bytes))
  if (chunk === undefined) throw garbled(from)
  return chunk
}

interface Block {
  readonly from: MemberId
  readonly hash: string
  readonly block: number
  readonly into: Uint8Array
}

async function askBlock(
  { from, hash, block, into }: Block,
  { clock, peers, signal }: FetchOptions,
): Promise<Uint8Array> {
  const options: AskOptions = signal === undefined ? { into } : { into, signal }
  for (let tries = 1; ; tries++) {
    try {
      return await peers.ask(from, chunkBlock, { hash, block }, options)
    } catch (thrown) {
      if (!isAnilloError(thrown, 'BUSY') || tries >= BLOCK_BUSY_TRIES) throw thrown
    }
    await new Promise<void>((resolve) => clock.after(BLOCK_BUSY_PAUSE_MS, resolve))
  }
}

function garbled(from: MemberId): AnilloError {
  const problem = 'what it sent as a chunk is not that chunk'
  return new AnilloError('RPC_GARBLED', { address: from, problem })
}
