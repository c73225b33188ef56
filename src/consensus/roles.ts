/** How a member becomes a follower, and what it owes those who relied on what it was before. */
import { assert, unreachable } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { Term } from '../wire/raft.ts'
import type { Core } from './core.ts'
import type { Follower, Leader, Standing } from './standing.ts'

/** Of `term`, which may be the present one; `leader` where it is known. */
export function becomeFollower(core: Core, term: Term, leader: MemberId | undefined): void {
  assert(leader !== core.self, 'nobody follows itself')
  leaveStanding(core)
  if (term > core.term) core.setTerm(term, undefined)
  core.leader = leader
  core.heardAtMs = leader === undefined ? -Infinity : core.moment.nowMs
  core.lostAtMs = -Infinity
  core.setLeaderSilent(false)
  core.standing = core.newFollower(core.drawElectionMs())
  core.output.changed()
}

/** A message of this term's leader came. @returns this member as its follower. */
export function followLeader(core: Core, from: MemberId): Follower {
  const { standing } = core
  assert(core.leader === undefined || core.leader === from, 'a term has at most one leader')
  if (standing.kind !== 'follower' || core.leader === undefined) {
    becomeFollower(core, core.term, from)
  }
  core.heardAtMs = core.moment.nowMs
  core.setLeaderSilent(false)
  return follower(core)
}

export function follower({ standing }: Core): Follower {
  assert(standing.kind === 'follower', 'this member follows')
  return standing
}

/** Reads that wait are refused: who asked finds out whom to ask instead. */
export function leaveStanding(core: Core): void {
  const { standing } = core
  switch (standing.kind) {
    case 'follower':
      refuseFollowerReads(core, standing)
      break
    case 'leader':
      refuseLeaderReads(core, standing)
      break
    case 'preCandidate':
    case 'candidate':
      break
    default:
      unreachable(standing)
  }
}

function refuseFollowerReads(core: Core, { reads }: Follower): void {
  for (const token of reads.gathered) core.output.read({ kind: 'refused', token })
  for (const { tokens } of reads.asked.values()) {
    for (const token of tokens) core.output.read({ kind: 'refused', token })
  }
}

function refuseLeaderReads(core: Core, { reads }: Leader): void {
  for (const { tokens, remote } of reads) {
    for (const token of tokens) core.output.read({ kind: 'refused', token })
    for (const { follower: to, token } of remote) {
      core.send(to, { kind: 'readAnswer', term: core.term, token, index: undefined })
    }
  }
}

export function isLeader(standing: Standing): standing is Leader {
  return standing.kind === 'leader'
}
