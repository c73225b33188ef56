/** A group as its host, placement and the page see it. */
import type { Core } from './core.ts'
import { isReady } from './leader-log.ts'
import { isChanging } from './membership.ts'
import type { Leader } from './standing.ts'
import type { Progress, RaftStatus } from './types.ts'

export function statusOf(core: Core): RaftStatus {
  const { standing, log, configurations } = core
  return {
    role: standing.kind,
    term: core.term,
    vote: core.vote,
    leader: core.knownLeader,
    configuration: configurations.current,
    isChanging: isChanging(core),
    commit: core.commit,
    applied: core.applied,
    last: log.last,
    base: log.base,
    isReady: standing.kind === 'leader' && isReady(core, standing),
    progress: standing.kind === 'leader' ? progressOf(core, standing) : [],
  }
}

function progressOf({ beats, group, term }: Core, leader: Leader): readonly Progress[] {
  const found: Progress[] = []
  for (const progress of leader.progress.values()) {
    const { member, match, state, lastAnswerAtMs, hasAnswered, leavesAtMs } = progress
    if (leavesAtMs !== Infinity) continue
    const confirmedAtMs = beats.confirmedAtMs(member, group, term)
    found.push({
      member,
      match,
      needsSnapshot: state === 'snapshot',
      lastAnswerAtMs: Math.max(lastAnswerAtMs, confirmedAtMs),
      hasAnswered: hasAnswered || confirmedAtMs > -Infinity,
    })
  }
  return found
}
