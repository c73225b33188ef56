/**
 * What a turn has for other members: one bundle each, or several where one grows too large. How far
 * a group is committed hurries nobody: it waits a little for a bundle that leaves anyway.
 */
import type { MemberId } from '../../base/ids.ts'
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
import { BUNDLE_BYTES_MAX, COMMITTED_WAITS_MS } from './limits.ts'

/** What a message costs besides the data in it, about. */
const MESSAGE_BYTES = 32

interface Draft {
  messages: GroupMessage[]
  beat: Beat | undefined
  beatAnswer: BeatAnswer | undefined
  proposals: Proposal[]
  outcomes: ProposalOutcome[]
  bytes: number
  /** When it leaves, also with nothing that hurries. */
  dueAtMs: number
}

export class Outgoing {
  readonly #core: Core
  readonly #drafts = new Map<MemberId, Draft>()
  /** Members with something in their draft. */
  #waiting: MemberId[] = []
  /** Told with every bundle. */
  isFull = false

  constructor(core: Core) {
    this.#core = core
  }

  message(to: MemberId, group: PartitionId, message: RaftMessage): void {
    const hurries = message.kind !== 'committed'
    const draft = this.#draft(to, bytesOf(message), hurries)
    draft.messages.push({ group, message })
  }

  beat(to: MemberId, beat: Beat): void {
    this.#draft(to, MESSAGE_BYTES).beat = beat
  }

  /** A later answer covers the earlier one. */
  beatAnswer(to: MemberId, answer: BeatAnswer): void {
    this.#draft(to, MESSAGE_BYTES).beatAnswer = answer
  }

  proposal(to: MemberId, proposal: Proposal): void {
    this.#draft(to, MESSAGE_BYTES + proposal.data.length).proposals.push(proposal)
  }

  outcome(to: MemberId, outcome: ProposalOutcome): void {
    const bytes = outcome.kind === 'applied' ? outcome.answer.length : 0
    this.#draft(to, MESSAGE_BYTES + bytes).outcomes.push(outcome)
  }

  /** When the next one is due that does not hurry; Infinity: there is none. */
  get dueAtMs(): number {
    let dueAtMs = Infinity
    for (const to of this.#waiting) dueAtMs = Math.min(dueAtMs, this.#dueAtMs(to))
    return dueAtMs
  }

  flush(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    const nowMs = this.#core.effects.clock.nowMs()
    this.#waiting = waiting.filter((to) => this.#dueAtMs(to) > nowMs)
    for (const to of waiting) if (this.#dueAtMs(to) <= nowMs) this.#send(to)
  }

  #dueAtMs(to: MemberId): number {
    return this.#drafts.get(to)?.dueAtMs ?? Infinity
  }

  /** The member's draft with room for so much. */
  #draft(to: MemberId, bytes: number, hurries = true): Draft {
    let draft = this.#drafts.get(to)
    if (draft === undefined) {
      draft = emptyDraft()
      this.#drafts.set(to, draft)
    }
    if (draft.bytes === 0) this.#waiting.push(to)
    draft.bytes += bytes
    if (hurries) draft.dueAtMs = -Infinity
    else if (draft.dueAtMs === Infinity) {
      draft.dueAtMs = this.#core.effects.clock.nowMs() + COMMITTED_WAITS_MS
    }
    if (draft.bytes <= BUNDLE_BYTES_MAX || draft.bytes === bytes) return draft
    this.#send(to)
    return this.#draft(to, bytes, hurries)
  }

  #send(to: MemberId): void {
    const draft = this.#drafts.get(to)
    if (draft === undefined || draft.bytes === 0) return
    this.#drafts.set(to, emptyDraft())
    this.#waiting = this.#waiting.filter((member) => member !== to)
    const bundle: Bundle = {
      generation: this.#core.generation,
      messages: draft.messages,
      ...(draft.beat === undefined ? {} : { beat: draft.beat }),
      ...(draft.beatAnswer === undefined ? {} : { beatAnswer: draft.beatAnswer }),
      ...(draft.proposals.length === 0 ? {} : { proposals: draft.proposals }),
      ...(draft.outcomes.length === 0 ? {} : { outcomes: draft.outcomes }),
      ...(this.isFull ? { isFull: true as const } : {}),
    }
    this.#core.counting.bundlesOut++
    this.#core.options.peers.send(to, bundle)
  }
}

function emptyDraft(): Draft {
  return {
    messages: [],
    beat: undefined,
    beatAnswer: undefined,
    proposals: [],
    outcomes: [],
    bytes: 0,
    dueAtMs: Infinity,
  }
}

function bytesOf(message: RaftMessage): number {
  if (message.kind !== 'append') return MESSAGE_BYTES
  let bytes = MESSAGE_BYTES
  for (const { data } of message.entries) bytes += MESSAGE_BYTES + data.length
  return bytes
}
