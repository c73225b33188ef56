/**
 * A chunk from another member, in blocks: several under way, put together in one buffer, and
 * checked against its hash.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import { BLOCK_BYTES, chunkBlock } from '../../wire/chunk-methods.ts'
import type { AskOptions, Peers } from '../peers.ts'
import { BLOCK_BUSY_PAUSE_MS, BLOCK_BUSY_TRIES, BLOCKS_AT_ONCE } from './limits.ts'
import { checkedChunk, type SoundChunk } from './sound-chunk.ts'

export interface FetchOptions {
  readonly clock: Clock
  readonly peers: Pick<Peers, 'ask'>
  readonly signal?: AbortSignal
  /** Where the chunk is put; a place of its own where absent. */
  readonly placeOf?: (bytes: number) => Uint8Array
}

/** Nothing is written to the chunk's place any more when it settles, however it does. */
export async function fetchChunk(
  from: MemberId,
  hash: string,
  options: FetchOptions,
): Promise<SoundChunk> {
  const first = await askBlock({ from, hash, block: 0 }, options)
  const { placeOf = (length: number) => new Uint8Array(length) } = options
  const bytes = placeOf(first.chunkBytes)
  const blocks = Math.ceil(bytes.length / BLOCK_BYTES)
  place(bytes, 0, first.bytes)
  let next = 1
  const worker = async (): Promise<void> => {
    try {
      while (next < blocks) {
        const block = next++
        place(bytes, block, (await askBlock({ from, hash, block }, options)).bytes)
      }
    } finally {
      // Where one failed the others ask for no more.
      next = blocks
    }
  }
  const workers = Array.from({ length: Math.min(BLOCKS_AT_ONCE, blocks - 1) }, worker)
  for (const ended of await Promise.allSettled(workers)) {
    if (ended.status === 'rejected') throw ended.reason
  }
  const chunk = checkedChunk(hash, bytes)
  if (chunk === undefined) throw garbled(from)
  return chunk

  function place(into: Uint8Array, block: number, piece: Uint8Array): void {
    const at = block * BLOCK_BYTES
    if (piece.length !== Math.min(BLOCK_BYTES, into.length - at)) throw garbled(from)
    into.set(piece, at)
  }
}

interface Block {
  readonly from: MemberId
  readonly hash: string
  readonly block: number
}

async function askBlock({ from, hash, block }: Block, { clock, peers, signal }: FetchOptions) {
  const options: AskOptions = signal === undefined ? {} : { signal }
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
