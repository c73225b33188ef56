/**
 * Commands on their way into a log, and their answers on the way back. Whoever was asked waits for
 * the outcome that the leader sends when it has applied the command. A command may be sent again:
 * the session in it keeps it from being applied twice.
 */
import type { MemberId } from '../../base/ids.ts'
import { Deadline, type TimerWheel } from '../../rpc/timer-wheel.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry, Proposal, ProposalOutcome, Term } from '../../wire/raft.ts'
import { COMMAND_BYTES_MAX } from '../../wire/record-limits.ts'
import type { Core } from './core.ts'
import type { Fullness } from './fullness.ts'
import type { Asker, HeldGroup } from './held-group.ts'
import { SUBMITS_MAX } from './limits.ts'
import type { Outgoing } from './outgoing.ts'
import type { Persisting } from './persisting.ts'
import type { SubmitOutcome, WaitOptions } from './types.ts'

type Refused = Extract<SubmitOutcome, { kind: 'refused' }>

const LOST: SubmitOutcome = { kind: 'lost' }
const TIMEOUT: SubmitOutcome = { kind: 'timeout' }

/** A caller of this member that waits. */
class Submit extends Deadline {
  readonly token: number
  readonly group: PartitionId
  readonly at: MemberId
  /** Of this member's replica when it was sent. */
  readonly term: Term
  readonly #settled: (submit: Submit, outcome: SubmitOutcome) => void

  constructor(
    ask: { readonly token: number; readonly group: PartitionId; readonly at: MemberId },
    term: Term,
    settled: (submit: Submit, outcome: SubmitOutcome) => void,
  ) {
    super()
    this.token = ask.token
    this.group = ask.group
    this.at = ask.at
    this.term = term
    this.#settled = settled
  }

  settle(outcome: SubmitOutcome): void {
    this.#settled(this, outcome)
  }

  override expired(): void {
    this.settle(TIMEOUT)
  }

  /** The caller gave up. */
  handleEvent(): void {
    this.settle(TIMEOUT)
  }
}

export interface ProposalParts {
  readonly core: Core
  readonly wheel: TimerWheel
  readonly outgoing: Outgoing
  readonly persisting: Persisting
  readonly fullness: Fullness
}

export class Proposals {
  readonly #core: Core
  readonly #parts: ProposalParts
  readonly #submits = new Map<number, Submit>()
  #lastToken = 0

  constructor(parts: ProposalParts) {
    this.#core = parts.core
    this.#parts = parts
  }

  submit(
    ask: { readonly group: PartitionId; readonly at: MemberId; readonly data: Uint8Array },
    { timeoutMs, signal }: WaitOptions,
  ): Promise<SubmitOutcome> {
    const { group, at, data } = ask
    if (this.#core.isStopped || signal?.aborted === true) return Promise.resolve(refused('busy'))
    if (data.length > COMMAND_BYTES_MAX) return Promise.resolve(refused('malformed'))
    if (this.#submits.size >= SUBMITS_MAX) return Promise.resolve(refused('busy'))
    const token = ++this.#lastToken
    const held = this.#core.find(group)
    if (at === this.#core.self) {
      const refusal = this.#propose(group, data, { token, from: undefined })
      if (refusal !== undefined) return Promise.resolve(refusal)
    } else {
      const { isEnrolled, peers } = this.#core.options
      if (!isEnrolled(at) || peers.isLost(at)) return Promise.resolve(refused('unreachable'))
      this.#parts.outgoing.proposal(at, { group, token, data })
      this.#core.wake()
    }
    return new Promise((resolve) => {
      const submit = new Submit({ token, group, at }, held?.term ?? 0, (settled, outcome) => {
        if (!this.#submits.delete(settled.token)) return
        this.#parts.wheel.clear(settled)
        signal?.removeEventListener('abort', settled)
        resolve(outcome)
      })
      this.#submits.set(token, submit)
      signal?.addEventListener('abort', submit)
      this.#parts.wheel.set(submit, this.#core.effects.clock.nowMs() + timeoutMs)
    })
  }

  /** Another member asks this one to take a command. */
  received(from: MemberId, { group, token, data }: Proposal): void {
    const refusal =
      data.length > COMMAND_BYTES_MAX
        ? refused('malformed')
        : this.#propose(group, data, { token, from })
    if (refusal === undefined) return
    this.#parts.outgoing.outcome(from, outcomeOf(group, token, refusal))
    this.#core.wake()
  }

  /** The leader answers; only the one that was asked is heard. */
  answered(from: MemberId, outcome: ProposalOutcome): void {
    const submit = this.#submits.get(outcome.token)
    if (submit === undefined || submit.at !== from || submit.group !== outcome.group) return
    if (outcome.kind === 'applied') {
      submit.settle({ kind: 'applied', index: outcome.index, answer: outcome.answer })
    } else if (outcome.kind === 'lost') submit.settle(LOST)
    else submit.settle({ kind: 'refused', why: outcome.why, hint: outcome.hint })
  }

  /** An entry was applied here: whoever waits for it is answered. */
  applied(held: HeldGroup, { index, term }: LogEntry, answer: Uint8Array | undefined): void {
    const asker = held.askers.get(index)
    if (asker === undefined) return
    held.askers.delete(index)
    const isOurs = asker.term === term && answer !== undefined
    this.#tell(held.id, asker, isOurs ? { kind: 'applied', index, answer } : LOST)
  }

  /** Role, leader or term changed: what another leader may have undone is lost. */
  changed(held: HeldGroup): void {
    if (!held.isLeader && held.askers.size > 0) this.#loseAskers(held)
    const { id, leader, term } = held
    if (leader === undefined) return
    for (const submit of this.#submits.values()) {
      if (submit.group !== id || submit.at === leader || submit.term >= term) continue
      submit.settle(LOST)
    }
  }

  /** A member cannot be reached: what it was asked has no answer. */
  lost(member: MemberId): void {
    for (const submit of this.#submits.values()) if (submit.at === member) submit.settle(LOST)
  }

  released(held: HeldGroup): void {
    this.#loseAskers(held)
  }

  /** Nothing is answered any more. */
  stop(): void {
    for (const submit of this.#submits.values()) submit.settle(LOST)
  }

  /** @returns why it is not taken; `undefined`: it is in the log, and the asker is noted. */
  #propose(
    group: PartitionId,
    data: Uint8Array,
    asker: { readonly token: number; readonly from: MemberId | undefined },
  ): Refused | undefined {
    const core = this.#core
    const held = core.find(group)
    if (held === undefined) {
      return refused('notMember', core.options.directions.leaderOf(group))
    }
    const full = this.#parts.fullness.refuses(held, data)
    if (full !== undefined) return refused('full', full)
    if (this.#parts.persisting.isBehind) return refused('busy')
    const outcome = held.raft.propose(data, core.moment())
    switch (outcome.kind) {
      case 'taken':
        core.counting.proposals++
        held.askers.set(outcome.at.index, { ...asker, term: outcome.at.term })
        core.touch(held)
        return undefined
      case 'notLeader':
        return refused('notLeader', outcome.hint)
      case 'busy':
        return refused('busy')
      default:
        return outcome satisfies never
    }
  }

  #loseAskers(held: HeldGroup): void {
    for (const asker of held.askers.values()) this.#tell(held.id, asker, LOST)
    held.askers.clear()
  }

  #tell(group: PartitionId, { token, from }: Asker, outcome: SubmitOutcome): void {
    if (from === undefined) this.#submits.get(token)?.settle(outcome)
    else this.#parts.outgoing.outcome(from, outcomeOf(group, token, outcome))
  }
}

function refused(why: Refused['why'], hint?: MemberId): Refused {
  return { kind: 'refused', why, hint }
}

function outcomeOf(group: PartitionId, token: number, outcome: SubmitOutcome): ProposalOutcome {
  switch (outcome.kind) {
    case 'applied':
      return { group, token, ...outcome }
    case 'refused': {
      const { why, hint } = outcome
      const told = why === 'unreachable' ? 'notLeader' : why
      return { group, token, kind: 'refused', why: told, ...(hint === undefined ? {} : { hint }) }
    }
    case 'lost':
    case 'timeout':
      return { group, token, kind: 'lost' }
    default:
      return outcome satisfies never
  }
}
