/** Where the list of what the ring shares with everybody stands, for who tells it who is gone. */
import { partitionOf, type PartitionId } from './partition.ts'

export const OUTSIDE_SHARES_TABLE = 'shares'
export const OUTSIDE_SHARES_PK = 'all'
export const OUTSIDE_SHARES_PARTITION: PartitionId = partitionOf(
  OUTSIDE_SHARES_TABLE,
  OUTSIDE_SHARES_PK,
)

/** The procedure that takes word of who is gone. */
export const FORGET_SHARER = 'share.forget'

interface Word {
  readonly to: PartitionId
  readonly procedure: string
  readonly input: unknown
}

/** The message by which the list hears that an account was deleted. */
export function wordOfSharerGone(nick: string): Word {
  return { to: OUTSIDE_SHARES_PARTITION, procedure: FORGET_SHARER, input: { nick } }
}
