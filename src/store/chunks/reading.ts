/** Chunks on their way out: from this member's shelf, else from the holders, each checked. */
import { AnilloError, isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import { partitionOfHash } from '../../wire/partition.ts'
import type { Peers } from '../peers.ts'
import { Allowance } from '../routing/allowance.ts'
import type { Router } from '../routing/router.ts'
import type { CallOptions } from '../types.ts'
import { FILE_EXTRA_BYTES } from './chunk-file.ts'
import { fetchChunk } from './fetching.ts'
import type { ChunkHolder } from './holder.ts'
import { GET_TIMEOUT_MS, ROUND_PAUSE_MS } from './limits.ts'
import { byPreference } from './preference.ts'

export interface ReaderOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly self: MemberId
  readonly router: Pick<Router, 'whereabouts' | 'look'>
  readonly holder: Pick<ChunkHolder, 'own'>
  readonly peers: Pick<Peers, 'ask'>
}

/** The preferred ones likely have it: they share the work. */
const SHARING = 3
/** All holders are asked so often before a chunk is told as lost. */
const ROUNDS_MIN = 3

export class ChunkReader {
  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** `place`: as long as the file of the chunk, which is put at its beginning where that is so. */
  async get(
    hash: string,
    { place, ...options }: CallOptions & { readonly place?: Uint8Array } = {},
  ): Promise<Uint8Array> {
    const { effects, holder, router } = this.#options
    const own = await holder.own(hash, place)
    if (own !== undefined) return own.bytes
    const allowance = new Allowance(effects.clock, { timeoutMs: GET_TIMEOUT_MS, ...options })
    for (let round = 1; ; round++) {
      const answers = new Set<ErrorCode>()
      for (const from of this.#sources(hash)) {
        const bytes = await this.#fetch(from, { hash, place, allowance, answers })
        if (bytes !== undefined) return bytes
        allowance.throwIfCancelled('chunk.get')
      }
      // Where the group is may have changed; a copy may just be on its way between two members.
      if (allowance.isOver || round >= ROUNDS_MIN) throw failureOf(hash, answers)
      await router.look()
      await allowance.pause(ROUND_PAUSE_MS)
    }
  }

  async #fetch(
    from: MemberId,
    asking: {
      readonly hash: string
      readonly place: Uint8Array | undefined
      readonly allowance: Allowance
      readonly answers: Set<ErrorCode>
    },
  ): Promise<Uint8Array | undefined> {
    const { effects, peers } = this.#options
    const { hash, place, allowance, answers } = asking
    const { signal } = allowance
    try {
      const options = {
        clock: effects.clock,
        peers,
        ...(signal === undefined ? {} : { signal }),
        ...(place === undefined ? {} : { place: place.subarray(0, -FILE_EXTRA_BYTES) }),
      }
      return (await fetchChunk(from, hash, options)).bytes
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      answers.add(thrown.code)
      return undefined
    }
  }

  /** Others of the group: the preferred ones first, one of them by chance at the front. */
  #sources(hash: string): readonly MemberId[] {
    const { effects, router, self } = this.#options
    const configuration = router.whereabouts(partitionOfHash(hash))?.configuration
    if (configuration === undefined) return []
    const others = byPreference(configuration, hash).filter((id) => id !== self)
    const sharing = Math.min(SHARING, others.length)
    if (sharing === 0) return []
    const first = Math.floor(effects.random.fraction() * sharing)
    const preferred = others.slice(0, sharing)
    return [...preferred.slice(first), ...preferred.slice(0, first), ...others.slice(sharing)]
  }
}

/** Each member that was asked has said why not. */
function failureOf(hash: string, answers: ReadonlySet<ErrorCode>): AnilloError {
  const isAnswered = [...answers].every((code) => code === 'NOT_FOUND' || code === 'CHUNK_LOST')
  if (answers.has('CHUNK_LOST') && isAnswered) return new AnilloError('CHUNK_LOST', { hash })
  if (answers.size > 0 && isAnswered) return new AnilloError('NOT_FOUND', { what: `chunk ${hash}` })
  const partition = partitionOfHash(hash)
  const problem = `members that may have chunk ${hash} cannot be reached`
  return new AnilloError('STORE_UNAVAILABLE', { partition, problem })
}
