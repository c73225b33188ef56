/** What a turn has for other members: one bundle each, or several where one grows too large. */
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
import { BUNDLE_BYTES_MAX } from './limits.ts'

/** What a message costs besides the data in it, about. */
const MESSAGE_BYTES = 32

interface Draft {
  messages: GroupMessage[]
  beat: Beat | undefined
  beatAnswer: BeatAnswer | undefined
  proposals: Proposal[]
  outcomes: ProposalOutcome[]
  bytes: number
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
    const draft = this.#draft(to, bytesOf(message))
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

  flush(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const to of waiting) this.#send(to)
  }

  /** The member's draft with room for so much. */
  #draft(to: MemberId, bytes: number): Draft {
    let draft = this.#drafts.get(to)
    if (draft === undefined) {
      draft = emptyDraft()
      this.#drafts.set(to, draft)
    }
    if (draft.bytes === 0) this.#waiting.push(to)
    draft.bytes += bytes
    if (draft.bytes <= BUNDLE_BYTES_MAX || draft.bytes === bytes) return draft
    this.#send(to)
    return this.#draft(to, bytes)
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
  }
}

function bytesOf(message: RaftMessage): number {
  if (message.kind !== 'append') return MESSAGE_BYTES
  let bytes = MESSAGE_BYTES
  for (const { data } of message.entries) bytes += MESSAGE_BYTES + data.length
  return bytes
}
