/** Which members a group cannot do without, and whether enough of them can be reached. */
import type { MemberId } from '../../base/ids.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Peers } from '../peers.ts'
import type { Router } from './router.ts'

export interface NeededParts {
  readonly self: MemberId
  readonly peers: Pick<Peers, 'isLost'>
  readonly router: Pick<Router, 'whereabouts'>
  /** How people call a member. */
  readonly nameOf: (member: MemberId) => string
}

export interface Needed {
  /** So many of its voters are not known to be lost that they can decide. */
  readonly hasMajority: boolean
}

export interface NeededInWords extends Needed {
  /** For a person: without a majority of these nothing can be written, or surely read. */
  readonly problem: string
}

export function neededFor(group: PartitionId, parts: NeededParts): NeededInWords {
  const voters = parts.router.whereabouts(group)?.configuration.voters
  if (voters === undefined) return { hasMajority: true, problem: 'no member knows where it is' }
  const { nameOf, peers, self } = parts
  const lost = voters.filter((id) => id !== self && peers.isLost(id))
  const majority = Math.floor(voters.length / 2) + 1
  const needs = `it needs ${majority} of ${voters.map(nameOf).join(', ')}`
  const hasMajority = voters.length - lost.length >= majority
  const silent = lost.length === 0 ? '' : `; not reached: ${lost.map(nameOf).join(', ')}`
  return { hasMajority, problem: `${needs}${silent}` }
}
