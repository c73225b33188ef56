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

/** In a joint configuration both majorities are needed (dissertation 4.3). */
export function neededFor(group: PartitionId, parts: NeededParts): NeededInWords {
  const configuration = parts.router.whereabouts(group)?.configuration
  if (configuration === undefined)
    return { hasMajority: true, problem: 'no member knows where it is' }
  const { nameOf, peers, self } = parts
  const isLost = (id: MemberId): boolean => id !== self && peers.isLost(id)
  const { voters, outgoing } = configuration
  const bodies = outgoing === undefined ? [voters] : [voters, outgoing]
  const hasMajority = bodies.every(
    (body) => body.filter((id) => !isLost(id)).length >= majorityOf(body),
  )
  const needs = bodies.map((body) => `${majorityOf(body)} of ${body.map(nameOf).join(', ')}`)
  const lost = [...new Set(bodies.flat())].filter(isLost)
  const silent = lost.length === 0 ? '' : `; not reached: ${lost.map(nameOf).join(', ')}`
  return { hasMajority, problem: `it needs ${needs.join(', and ')}${silent}` }
}

function majorityOf(body: readonly MemberId[]): number {
  return Math.floor(body.length / 2) + 1
}
