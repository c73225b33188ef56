/**
 * Brings a chunk to its holders: as many at once as there ought to be copies, the preferred first;
 * one that does not take it is replaced by the next. The first fetches it from this member, each
 * other one from the one before, as it comes there: it leaves this member once.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import {
  TAKE_TIMEOUT_MS,
  type TakeAnswer,
  type TakeOutcome,
  type TakeQuestion,
  takeChunk,
} from '../../wire/chunk-methods.ts'
import type { Peers } from '../peers.ts'
import type { Allowance } from '../routing/allowance.ts'
import type { ChunkHolder } from './holder.ts'
import type { HostOf } from './preference.ts'

export interface PlacingOptions {
  readonly self: MemberId
  readonly holder: Pick<ChunkHolder, 'take'>
  readonly peers: Pick<Peers, 'ask'>
  readonly hostOf: HostOf
}

export interface Placing {
  readonly question: TakeQuestion
  /** By preference. */
  readonly candidates: readonly MemberId[]
  readonly wanted: number
  /** Who has it already. */
  readonly held: ReadonlySet<MemberId>
}

export interface Placed {
  readonly held: ReadonlySet<MemberId>
  /** Who had it not before. */
  readonly fetched: ReadonlySet<MemberId>
  /** Why others have not. */
  readonly refusals: ReadonlyMap<MemberId, Refusal>
}

export type Refusal = Exclude<TakeOutcome, 'held'> | 'unreachable'

export async function placeChunk(
  options: PlacingOptions,
  placing: Placing,
  allowance: Allowance,
): Promise<Placed> {
  const held = new Set(placing.held)
  const fetched = new Set<MemberId>()
  const refusals = new Map<MemberId, Refusal>()
  const waiting = placing.candidates.filter((id) => !held.has(id))
  /** Hosts that have it, or are just taking it. */
  const hosts = new Set([...held].map(options.hostOf))
  let last: MemberId | undefined
  const worker = async (): Promise<void> => {
    for (;;) {
      const at = waiting.findIndex((id) => !hosts.has(options.hostOf(id)))
      const [next] = at === -1 ? [] : waiting.splice(at, 1)
      if (next === undefined || allowance.isOver) return
      const host = options.hostOf(next)
      hosts.add(host)
      const question = last === undefined ? placing.question : { ...placing.question, after: last }
      if (next !== options.self && !question.isRepair) last = next
      const asked = { question, allowance }
      const { outcome, isFetched } = await askToTake(options, next, asked)
      if (outcome === 'held') {
        held.add(next)
        if (isFetched === true) fetched.add(next)
        return
      }
      refusals.set(next, outcome)
      hosts.delete(host)
    }
  }
  const missing = Math.max(0, placing.wanted - hosts.size)
  await Promise.all(Array.from({ length: missing }, worker))
  return { held, fetched, refusals }
}

interface Asking {
  readonly question: TakeQuestion
  readonly allowance: Allowance
}

async function askToTake(
  { holder, peers, self }: PlacingOptions,
  member: MemberId,
  { question, allowance }: Asking,
): Promise<Omit<TakeAnswer, 'outcome'> & { readonly outcome: TakeOutcome | 'unreachable' }> {
  try {
    if (member === self) return await holder.take(question)
    const asked = allowance.tryOf(TAKE_TIMEOUT_MS)
    return await peers.ask(member, takeChunk, question, asked)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return { outcome: 'unreachable' }
  }
}
