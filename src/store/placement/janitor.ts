/**
 * Takes out of the ring's list who is to leave it: a member that is gone, or that drains to be
 * removed, once no group names it any more. Done by the leader of partition 0, whoever that is, so
 * that an order given once is carried out although whoever gave it went away.
 */
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import { RING_PARTITION } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import { setMemberState } from '../roster/procedures.ts'
import type { Store } from '../types.ts'
import type { Survey } from './survey.ts'
import type { Roster } from './types.ts'

/** People wait for `member remove`; a look costs one question a member, and only then. */
export const JANITOR_EVERY_MS = 2 * SECOND_MS

export interface JanitorOptions {
  readonly effects: Pick<Effects, 'log'>
  readonly host: Pick<GroupHost, 'status'>
  readonly roster: () => Roster
  readonly survey: Pick<Survey, 'holdingNothing'>
  readonly store: Pick<Store, 'call'>
}

export class Janitor {
  readonly #options: JanitorOptions

  constructor(options: JanitorOptions) {
    this.#options = options
  }

  /** @throws AnilloError where somebody who is needed is away: to be tried again */
  async look(): Promise<void> {
    const { host, roster, survey } = this.#options
    if (host.status(RING_PARTITION)?.role !== 'leader') return
    const leaving = roster()
      .members.filter(
        ({ state, isLeaving }) => state === 'gone' || (state === 'draining' && isLeaving === true),
      )
      .map(({ id }) => id)
    if (leaving.length === 0) return
    for (const id of await survey.holdingNothing(leaving)) await this.#remove(id)
  }

  async #remove(id: MemberId): Promise<void> {
    const { store, effects } = this.#options
    await store.call(RING_PARTITION, setMemberState, { id, order: 'remove' })
    effects.log.info('member removed', { member: id })
  }
}
