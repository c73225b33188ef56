/**
 * Has a command carried out by whoever leads its group, wherever that is by then. The same bytes
 * are sent again until an answer is there: the session inside keeps them from being applied twice.
 */
import { unreachable } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { SubmitOutcome } from '../group/types.ts'
import type { StoreHost } from '../store-host.ts'
import type { Allowance } from './allowance.ts'
import { Attempt, type NextStep } from './attempt.ts'
import { neededFor, type NeededParts } from './needed.ts'
import type { Outages } from './outages.ts'
import { pauseMs, TRY_TIMEOUT_MS } from './retry.ts'
import type { Router } from './router.ts'

export interface SubmitterOptions extends NeededParts {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly host: StoreHost
  readonly router: Router
  readonly outages: Outages
}

export interface Submitted {
  readonly index: number
  readonly answer: Uint8Array
  /**
   * An earlier sending may have been applied too: an answer that says *not known here* then does
   * not say *not carried out*.
   */
  readonly wasRepeated: boolean
}

interface Command {
  readonly group: PartitionId
  readonly data: Uint8Array
}

export class Submitter {
  readonly #options: SubmitterOptions

  constructor(options: SubmitterOptions) {
    this.#options = options
  }

  /**
   * @throws AnilloError STORE_UNAVAILABLE, BUSY, DISK_FULL, BAD_REQUEST: surely not carried out;
   * OUTCOME_UNKNOWN: perhaps carried out
   */
  async submit(command: Command, allowance: Allowance): Promise<Submitted> {
    const first = this.#options.router.leaderOf(command.group)
    if (first === undefined) return this.#insist(command, allowance, undefined)
    const outcome = await this.#send(command, first, allowance)
    if (outcome.kind === 'applied') return this.#applied(command.group, outcome, false)
    return this.#insist(command, allowance, { at: first, outcome })
  }

  #send({ group, data }: Command, at: MemberId, allowance: Allowance): Promise<SubmitOutcome> {
    return this.#options.host.submit(group, at, data, allowance.tryOf(TRY_TIMEOUT_MS))
  }

  /** Goes round the members of the group until one carries it out, or the time is up. */
  async #insist(
    command: Command,
    allowance: Allowance,
    failed: { readonly at: MemberId; readonly outcome: NotApplied } | undefined,
  ): Promise<Submitted> {
    const { router } = this.#options
    const attempt = new Attempt()
    let step =
      failed === undefined
        ? attempt.first(router.askable(command.group))
        : this.#after(attempt, command.group, failed)
    while (!allowance.isOver) {
      if (step.kind === 'fail') break
      if (step.kind === 'pause') {
        if (this.#isHopeless(attempt, command.group)) break
        await this.#pause(step, allowance)
        step = attempt.first(router.askable(command.group))
        continue
      }
      const at = step.member
      const outcome = await this.#send(command, at, allowance)
      if (outcome.kind === 'applied') {
        return this.#applied(command.group, outcome, attempt.mayBeApplied)
      }
      step = this.#after(attempt, command.group, { at, outcome })
    }
    throw this.#failure(attempt, command.group)
  }

  #after(
    attempt: Attempt,
    group: PartitionId,
    { at, outcome }: { readonly at: MemberId; readonly outcome: NotApplied },
  ): NextStep {
    const { router } = this.#options
    const how = outcome.kind === 'refused' ? outcome.why : outcome.kind
    const hint = outcome.kind === 'refused' ? outcome.hint : undefined
    if (how !== 'busy' && how !== 'full' && how !== 'malformed') router.wrong(group, at, hint)
    return attempt.next(router.askable(group), { at, how, hint })
  }

  async #pause(step: Extract<NextStep, { kind: 'pause' }>, allowance: Allowance): Promise<void> {
    const { effects, router } = this.#options
    await allowance.pause(pauseMs(step.rounds, effects.random))
    if (step.isLost && !allowance.isOver) await router.look()
  }

  #applied(group: PartitionId, outcome: Applied, wasRepeated: boolean): Submitted {
    this.#options.outages.served(group)
    return { index: outcome.index, answer: outcome.answer, wasRepeated }
  }

  /**
   * Nobody leads it, for long. What may have been applied is asked for until its time is up, as
   * long as somebody could tell.
   */
  #isHopeless(attempt: Attempt, group: PartitionId): boolean {
    const needed = neededFor(group, this.#options)
    const isKnown = attempt.code === 'STORE_UNAVAILABLE'
    if (!isKnown && (attempt.code !== 'OUTCOME_UNKNOWN' || needed.hasMajority)) return false
    return this.#options.outages.inVain(group, needed)
  }

  #failure({ code, named }: Attempt, partition: PartitionId): AnilloError {
    switch (code) {
      case 'BUSY':
        return new AnilloError(code, { what: `writes to partition ${partition}` })
      case 'BAD_REQUEST':
        return new AnilloError(code, { problem: 'the members do not know this kind of change' })
      case 'DISK_FULL':
        return new AnilloError(code, { path: this.#whoIsFull(named, partition) })
      case 'OUTCOME_UNKNOWN':
      case 'STORE_UNAVAILABLE':
        return new AnilloError(code, {
          partition,
          problem: neededFor(partition, this.#options).problem,
        })
      default:
        return unreachable(code)
    }
  }

  #whoIsFull(member: MemberId | undefined, partition: PartitionId): string {
    const { nameOf } = this.#options
    return member === undefined ? `partition ${partition}` : `the data of ${nameOf(member)}`
  }
}

type Applied = Extract<SubmitOutcome, { kind: 'applied' }>
type NotApplied = Exclude<SubmitOutcome, Applied>
