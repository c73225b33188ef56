/**
 * Raises the ring's feature level when all members know the next, and has each group switch to it.
 * The leader of partition 0 does the first, the leader of each group the second; what fails is
 * tried again, since every look begins from what is.
 */
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import { RING_PARTITION, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import { raiseLevel } from '../roster/procedures.ts'
import type { Store } from '../types.ts'
import { commonLevel } from './common-level.ts'
import type { Roster } from './types.ts'

/** After an upgrade nobody waits for it; a look asks nobody. */
export const LEVEL_EVERY_MS = 5 * SECOND_MS
const SUBMIT_TIMEOUT_MS = 2 * SECOND_MS

export interface FeatureGateOptions {
  readonly effects: Pick<Effects, 'log'>
  readonly self: MemberId
  readonly host: Pick<GroupHost, 'held' | 'status' | 'replica' | 'submit'>
  readonly roster: () => Roster
  readonly store: Pick<Store, 'call'>
}

export class FeatureGate {
  readonly #options: FeatureGateOptions

  constructor(options: FeatureGateOptions) {
    this.#options = options
  }

  /** @throws AnilloError where somebody who is needed is away: to be tried again */
  async look(): Promise<void> {
    const { host } = this.#options
    if (host.status(RING_PARTITION)?.role === 'leader') await this.#raise()
    for (const group of host.held()) await this.#switch(group)
  }

  async #raise(): Promise<void> {
    const { effects, roster, store } = this.#options
    const { level, members } = roster()
    const common = commonLevel(members)
    if (common <= level) return
    const raised = await store.call(RING_PARTITION, raiseLevel, { level: common })
    effects.log.info('level.raised', { level: raised.level })
  }

  async #switch(group: PartitionId): Promise<void> {
    const { host, roster, self } = this.#options
    const status = host.status(group)
    const { level } = roster()
    if (status?.role !== 'leader' || !status.isReady) return
    if ((host.replica(group)?.featureLevel ?? level) >= level) return
    const command = encodeCommand({ kind: 'feature', level })
    await host.submit(group, self, command, { timeoutMs: SUBMIT_TIMEOUT_MS })
  }
}
