/** One session a partition, opened when the first change needs it, and used by all. */
import { AnilloError, isAnilloError } from '../base/errors.ts'
import type { Effects } from '../effects/effects.ts'
import { encodeCommand } from '../wire/command-codec.ts'
import type { PartitionId } from '../wire/partition.ts'
import { Allowance } from './routing/allowance.ts'
import type { Submitter } from './routing/submitter.ts'
import { Session } from './session.ts'

export interface SessionsOptions {
  readonly effects: Pick<Effects, 'clock'>
  readonly submitter: Submitter
  /** Whose sessions they are, for those who look into a partition. */
  readonly owner: string
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<PartitionId, Session>()
  readonly #opening = new Map<PartitionId, Promise<void>>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** The session to use, if there is one with room. */
  current(group: PartitionId): Session | undefined {
    const session = this.#open.get(group)
    return session?.isFull === false ? session : undefined
  }

  /**
   * Opens one; who comes meanwhile waits for the same, so that nobody's own time or leaving counts.
   * A session that is opened twice does no harm: one that nobody uses is forgotten.
   * @throws AnilloError STORE_UNAVAILABLE, BUSY, DISK_FULL
   */
  open(group: PartitionId): Promise<void> {
    const opening = this.#opening.get(group)
    if (opening !== undefined) return opening
    const opened = this.#openOne(group).finally(() => this.#opening.delete(group))
    this.#opening.set(group, opened)
    return opened
  }

  /** The partition does not know it any more. */
  forget(group: PartitionId, session: Session): void {
    if (this.#open.get(group) === session) this.#open.delete(group)
  }

  async #openOne(group: PartitionId): Promise<void> {
    const index = await this.#submit(group)
    this.#open.set(group, new Session(index))
  }

  /** The change that waits for the session was not sent: whatever became of the opening. */
  async #submit(group: PartitionId): Promise<number> {
    const { effects, owner, submitter } = this.#options
    const data = encodeCommand({ kind: 'openSession', owner })
    try {
      const allowance = new Allowance(effects.clock, undefined)
      return (await submitter.submit({ group, data }, allowance)).index
    } catch (thrown) {
      if (!isAnilloError(thrown, 'OUTCOME_UNKNOWN')) throw thrown
      const problem = 'it did not answer in time'
      throw new AnilloError('STORE_UNAVAILABLE', { partition: group, problem }, { cause: thrown })
    }
  }
}
