/** People and groups as the tree of files keeps them, for who tells it that they are gone. */
import { sha256Hex } from '../base/hash.ts'
import { partitionOf, type PartitionId } from './partition.ts'

/** Whom grants name. */
export interface Grantee {
  readonly kind: 'person' | 'group'
  /** Nick, or name of the group. */
  readonly name: string
}

/** What was shared with whom. */
export const SHARES_TABLE = 'files.shares'
/** Public links, by who made them. */
export const LINKS_TABLE = 'files.links'

/** Procedures that take word of who is gone. */
export const FORGET_GRANTEE = 'shares.forget'
export const FORGET_LINKS = 'links.forget'

const DIGITS = 32

/** Keys stand in clear on disk: none tells a name. */
export function granteeKey({ kind, name }: Grantee): string {
  return sha256Hex(`${kind}/${name}`).slice(0, DIGITS)
}

export function partitionOfGrantee(key: string): PartitionId {
  return partitionOf(SHARES_TABLE, key)
}

/** Of a maker of links. */
export function nickKey(nick: string): string {
  return sha256Hex(nick).slice(0, DIGITS)
}

export function partitionOfMaker(nick: string): PartitionId {
  return partitionOf(LINKS_TABLE, nickKey(nick))
}

interface Word {
  readonly to: PartitionId
  readonly procedure: string
  readonly input: unknown
}

/** Messages by which the tree hears that somebody, or a group, is gone for good. */
export function wordOfGone(grantee: Grantee): readonly Word[] {
  const key = granteeKey(grantee)
  const shares = { to: partitionOfGrantee(key), procedure: FORGET_GRANTEE, input: { grantee: key } }
  if (grantee.kind === 'group') return [shares]
  const nick = grantee.name
  return [shares, { to: partitionOfMaker(nick), procedure: FORGET_LINKS, input: { nick } }]
}
