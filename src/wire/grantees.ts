/** People and groups as the grants of files name them. */
import { sha256Hex } from '../base/hash.ts'
import { partitionOf, type PartitionId } from './partition.ts'

export interface Grantee {
  readonly kind: 'person' | 'group'
  /** Nick, or name of the group. */
  readonly name: string
}

/** What was shared with whom. */
export const SHARES_TABLE = 'files.shares'

const DIGITS = 32

/** Keys stand in clear on disk: none tells a name. */
export function granteeKey({ kind, name }: Grantee): string {
  return sha256Hex(`${kind}/${name}`).slice(0, DIGITS)
}

export function partitionOfGrantee(key: string): PartitionId {
  return partitionOf(SHARES_TABLE, key)
}
