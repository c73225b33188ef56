/**
 * What a turn has for other members: one bundle each, or several where one grows too large. What
 * can wait does so for a little, and leaves with a bundle that leaves anyway.
 */
import type { MemberId } from '../../base/ids.ts'
import type { AddressedMessage } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type {
  Beat,
  BeatAnswer,
  Bundle,
  GroupMessage,
  Proposal,
  ProposalOutcome,
  RaftMessage,
} from '../../wire/raft.ts'
import type { Core } from './core.ts'
import { APPEND_WAITS_MS, BUNDLE_BYTES_MAX, COMMITTED_WAITS_MS } from './limits.ts'

/** What a message costs besides the data in it, about. */
const MESSAGE_BYTES = 32

/** A bundle that is being filled. */
type Draft = { -readonly [Part in keyof Bundle]: Bundle[Part] } & {
  readonly messages: GroupMessage[]
  proposals?: Proposal[]
  outcomes?: ProposalOutcome[]
}

/** What the member's draft holds, and about how much that is. */
interface Waiting {
  readonly to: MemberId
  draft: Draft
  bytes: number
  /** When it leaves, also with nothing that hurries; Infinity: it is empty. */
  dueAtMs: number
}

export class Outgoing {
  readonly #core: Core
  readonly #waiting = new Map<MemberId, Waiting>()
  /** Told with every bundle. */
  isFull = false

  constructor(core: Core) {
    this.#core = core
  }

  message(group: PartitionId, { canWait, message, to }: AddressedMessage): void {
    const waitsMs = canWait ? waitMs(message) : 0
    this.#draft(to, bytesOf(message), waitsMs).messages.push({ group, message })
  }

  beat(to: MemberId, beat: Beat): void {
    this.#draft(to, MESSAGE_BYTES).beat = beat
  }

  /** A later answer covers the earlier one. Leaves with what leaves, or after `waitsMs`. */
  beatAnswer(to: MemberId, answer: BeatAnswer, waitsMs: number): void {
    this.#draft(to, MESSAGE_BYTES, waitsMs).beatAnswer = answer
  }

  proposal(to: MemberId, proposal: Proposal): void {
    const draft = this.#draft(to, MESSAGE_BYTES + proposal.data.length)
    if (draft.proposals === undefined) draft.proposals = [proposal]
    else draft.proposals.push(proposal)
  }

  outcome(to: MemberId, outcome: ProposalOutcome): void {
    const bytes = outcome.kind === 'applied' ? outcome.answer.length : 0
    const draft = this.#draft(to, MESSAGE_BYTES + bytes)
    if (draft.outcomes === undefined) draft.outcomes = [outcome]
    else draft.outcomes.push(outcome)
  }

  /** When the next one is due that does not hurry; Infinity: there is none. */
  get dueAtMs(): number {
    let atMs = Infinity
    for (const { dueAtMs } of this.#waiting.values()) atMs = Math.min(atMs, dueAtMs)
    return atMs
  }

  flush(): void {
    let nowMs: number | undefined
    for (const waiting of this.#waiting.values()) {
      if (waiting.dueAtMs === Infinity) continue
      nowMs ??= this.#core.effects.clock.nowMs()
      if (waiting.dueAtMs <= nowMs) this.#send(waiting)
    }
  }

  /** The member's draft with room for so much. */
  #draft(to: MemberId, bytes: number, waitsMs = 0): Draft {
    let waiting = this.#waiting.get(to)
    if (waiting === undefined) {
      waiting = { to, draft: emptyDraft(), bytes: 0, dueAtMs: Infinity }
      this.#waiting.set(to, waiting)
    }
    if (waiting.bytes > 0 && waiting.bytes + bytes > BUNDLE_BYTES_MAX) this.#send(waiting)
    waiting.bytes += bytes
    const dueAtMs = waitsMs === 0 ? -Infinity : this.#core.effects.clock.nowMs() + waitsMs
    waiting.dueAtMs = Math.min(waiting.dueAtMs, dueAtMs)
    return waiting.draft
  }

  #send(waiting: Waiting): void {
    const { to, draft } = waiting
    waiting.draft = emptyDraft()
    waiting.bytes = 0
    waiting.dueAtMs = Infinity
    draft.generation = this.#core.generation
    const { beatAnswer } = draft
    // A term that was left since is not confirmed.
    if (beatAnswer !== undefined) draft.beatAnswer = this.#core.beats.renewed(to, beatAnswer)
    if (this.isFull) draft.isFull = true
    this.#core.counting.bundlesOut++
    this.#core.options.peers.send(to, draft)
  }
}

/** Of which generation it is, is told when it leaves. */
function emptyDraft(): Draft {
  return { generation: 0, messages: [] }
}

function waitMs({ kind }: RaftMessage): number {
  return kind === 'append' ? APPEND_WAITS_MS : COMMITTED_WAITS_MS
}

function bytesOf(message: RaftMessage): number {
  if (message.kind !== 'append') return MESSAGE_BYTES
  let bytes = MESSAGE_BYTES
  for (const { data } of message.entries) bytes += MESSAGE_BYTES + data.length
  return bytes
}
