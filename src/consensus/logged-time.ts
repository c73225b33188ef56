/**
 * Logged time: the median of the voters' wall clocks, so that less than half of them, wherever they
 * stand, cannot move it beyond what the others say (architecture 5). A voter whose clock the leader
 * does not know counts as the slowest: time then stands still rather than runs ahead.
 */
import { present } from '../base/assert.ts'
import type { Core } from './core.ts'
import { reachedByMost } from './quorum.ts'
import type { Leader } from './standing.ts'

/** For an entry that is appended in this moment; never less than that of the entry before. */
export function timeForEntry(core: Core, leader: Leader): number {
  const { nowMs } = core.moment
  if (leader.clock.nowMs !== nowMs) leader.clock = { nowMs, timeMs: medianClockMs(core, leader) }
  return Math.max(core.log.lastTimeMs, leader.clock.timeMs)
}

function medianClockMs({ configurations, self, moment }: Core, leader: Leader): number {
  const { voters } = present(configurations.current, 'configuration of a leader')
  // What more than half have reached, so the lower one of two in the middle.
  const medianMs = reachedByMost(voters, (voter) => {
    if (voter === self) return moment.wallMs
    const ahead = leader.progress.get(voter)?.wallAheadMs
    return ahead === undefined ? 0 : moment.nowMs + ahead
  })
  return Math.floor(medianMs)
}
