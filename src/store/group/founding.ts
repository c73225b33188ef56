/**
 * Groups are born once, all of them, when the ring is founded (architecture 2.4): each with one
 * entry in its log, which makes the founder the only voter. One append holds all, so there are all
 * of them or none.
 */
import type { MemberId } from '../../base/ids.ts'
import { EMPTY_RESTORED, type Restored } from '../../consensus/types.ts'
import { encodeConfiguration } from '../../wire/configuration.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogRecord } from '../log/types.ts'

const FIRST_TERM = 1

/** What every group of a new ring begins with. */
export function foundedBy(founder: MemberId, timeMs: number): Restored {
  const data = encodeConfiguration({ voters: [founder], learners: [] })
  return {
    ...EMPTY_RESTORED,
    hardState: { term: FIRST_TERM, vote: founder },
    entries: [{ index: 1, term: FIRST_TERM, timeMs, kind: 'configuration', data }],
    wasLeader: true,
  }
}

export function foundingRecords(groups: readonly PartitionId[], founded: Restored): LogRecord[] {
  const { hardState, entries } = founded
  return groups.flatMap((group) => [
    { kind: 'hardState', group, hardState } as const,
    { kind: 'entries', group, entries } as const,
  ])
}
