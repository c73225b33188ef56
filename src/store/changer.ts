/**
 * Changes of partitions: each bears a number of this member's session, so that however often it is
 * sent it is carried out once.
 */
import { AnilloError, parseErrorCode } from '../base/errors.ts'
import type { Effects } from '../effects/effects.ts'
import { decodeAnswer, encodeCommand } from '../wire/command-codec.ts'
import type { Answer, RequestId, RetryKey } from '../wire/command.ts'
import type { PartitionId } from '../wire/partition.ts'
import { Allowance } from './routing/allowance.ts'
import type { Submitted, Submitter } from './routing/submitter.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { WriteOptions } from './types.ts'

export interface ChangerOptions {
  readonly effects: Pick<Effects, 'clock'>
  readonly sessions: Sessions
  readonly submitter: Submitter
}

export interface Called {
  readonly group: PartitionId
  readonly procedure: string
  readonly input: unknown
}

/** A partition that forgot its sessions does so once; more than that is another fault. */
const SESSIONS_TRIED_MAX = 3

export class Changer {
  readonly #options: ChangerOptions

  constructor(options: ChangerOptions) {
    this.#options = options
  }

  /**
   * What the procedure answered. Its refusal is thrown.
   * @throws AnilloError STORE_UNAVAILABLE, BUSY, TOO_LARGE, DISK_FULL: surely not carried out;
   * OUTCOME_UNKNOWN: perhaps
   */
  async call(called: Called, options: WriteOptions | undefined): Promise<unknown> {
    const allowance = new Allowance(this.#options.effects.clock, options)
    const { sessions } = this.#options
    const retry = options?.retry
    let tried = 0
    for (;;) {
      const session = sessions.current(called.group)
      if (session === undefined) {
        await this.#openSession(called.group, allowance)
        continue
      }
      const { submitted, answer } = await this.#once({ called, session, retry }, allowance)
      if (answer.kind === 'done') return answer.value
      if (answer.code !== 'SESSION_UNKNOWN') throw refusalOf(answer)
      sessions.forget(called.group, session)
      // Forgotten with the session is what an earlier sending did, unless a key of its own tells.
      if (submitted.wasRepeated && retry === undefined) {
        throw new AnilloError('OUTCOME_UNKNOWN', { partition: called.group })
      }
      if (++tried === SESSIONS_TRIED_MAX) {
        const problem = 'it keeps no session'
        throw new AnilloError('STORE_UNAVAILABLE', { partition: called.group, problem })
      }
    }
  }

  /** Many that wait for one session may fill it at once: the others wait for the next. */
  async #openSession(group: PartitionId, allowance: Allowance): Promise<void> {
    if (!allowance.isOver) return this.#options.sessions.open(group)
    allowance.throwIfCancelled('store.call')
    throw new AnilloError('BUSY', { what: `writes to partition ${group}` })
  }

  async #once(
    change: {
      readonly called: Called
      readonly session: Session
      readonly retry: RetryKey | undefined
    },
    allowance: Allowance,
  ): Promise<{ readonly submitted: Submitted; readonly answer: Answer }> {
    const { called, retry, session } = change
    const request = session.begin()
    try {
      const data = encodeCommand(commandOf(called, request, retry))
      const { group } = called
      const submitted = await this.#options.submitter.submit({ group, data }, allowance)
      const answer = decodeAnswer(submitted.answer)
      if (answer !== undefined) return { submitted, answer }
      throw new AnilloError('OUTCOME_UNKNOWN', { partition: group })
    } finally {
      session.settle(request.sequence)
    }
  }
}

function commandOf(called: Called, request: RequestId, retry: RetryKey | undefined) {
  const { input, procedure } = called
  const call = { kind: 'call', request, procedure, input } as const
  return retry === undefined ? call : { ...call, retry }
}

/** A code that this version does not know is of a procedure of a newer one. */
function refusalOf({ code, details }: Extract<Answer, { kind: 'refused' }>): AnilloError {
  const known = parseErrorCode(code)
  if (known !== undefined) return new AnilloError(known, details)
  return new AnilloError('INTERNAL', {}, { cause: new Error(`refused with ${code}`) })
}
