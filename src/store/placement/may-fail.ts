/** How many more members may fail at once before something stops or is lost (architecture 5). */
import type { MemberId } from '../../base/ids.ts'
import type { Configuration } from '../../wire/raft.ts'
import { majorityOf } from './voters.ts'

/**
 * Live voters beyond a majority; below 0 the group has none. In a joint configuration the worse of
 * both.
 */
export function marginOf(
  { voters, outgoing }: Pick<Configuration, 'voters' | 'outgoing'>,
  isLive: (member: MemberId) => boolean,
): number {
  const margin = voters.filter(isLive).length - majorityOf(voters.length)
  return outgoing === undefined ? margin : Math.min(margin, marginOf({ voters: outgoing }, isLive))
}

export interface MayFailInput {
  readonly configurations: readonly Configuration[]
  readonly isLive: (member: MemberId) => boolean
  /** Copies of the chunk that has the fewest; `undefined` where there is no chunk. */
  readonly chunkCopies: number | undefined
}

/** The least over groups and chunks; 0 where nothing more may fail, or something did already. */
export function mayFail({ configurations, isLive, chunkCopies }: MayFailInput): number {
  const margins = configurations.map((configuration) => marginOf(configuration, isLive))
  if (chunkCopies !== undefined) margins.push(chunkCopies - 1)
  return margins.length === 0 ? 0 : Math.max(0, Math.min(...margins))
}

/**
 * Whether all addresses (`host:port`) are on one machine, as under `up`: then that machine carries
 * all, whatever `mayFail` says of members.
 */
export function isOnOneMachine(addresses: readonly string[]): boolean {
  return new Set(addresses.map((address) => address.replace(/:\d+$/, ''))).size <= 1
}
