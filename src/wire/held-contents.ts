/**
 * Contents of files that services beside the tree hold, and count for accounts: by messages, each
 * carried out once in effect, from the partition that decides to those of content and account.
 */
import { nickKey } from './file-people.ts'
import { partitionOf, type PartitionId } from './partition.ts'

export const CONTENTS_TABLE = 'files.contents'
export const USAGE_TABLE = 'files.usage'

/** Procedures that take word of it. */
export const HOLD_CONTENT = 'content.hold'
export const RELEASE_CONTENT = 'content.release'
export const ADD_USAGE = 'usage.add'

export interface HeldContent {
  /** 32 hex digits. */
  readonly content: string
  /** Holding twice is holding once: a name of its own for each who holds. */
  readonly holder: string
}

interface Word {
  readonly to: PartitionId
  readonly procedure: string
  readonly input: unknown
}

export function partitionOfContent(id: string): PartitionId {
  return partitionOf(CONTENTS_TABLE, id)
}

/** It stays from now on, whoever else lets it go. */
export function wordOfHold(held: HeldContent): Word {
  return { to: partitionOfContent(held.content), procedure: HOLD_CONTENT, input: held }
}

/** Held by nobody any more, it goes a day later. */
export function wordOfRelease(held: HeldContent): Word {
  return { to: partitionOfContent(held.content), procedure: RELEASE_CONTENT, input: held }
}

/** Beside the tree of files: what an account uses is told apart by them. */
export const CHARGING_SERVICES = ['dweets', 'shares'] as const
export type ChargingService = (typeof CHARGING_SERVICES)[number]

/** @param more `claim`: of the room that was promised for it, 32 hex digits: it ends */
export function wordOfUsage(
  nick: string,
  more: {
    readonly service: ChargingService
    readonly bytes: number
    readonly files: number
    readonly claim?: string
  },
): Word {
  const to = partitionOf(USAGE_TABLE, nickKey(nick))
  return { to, procedure: ADD_USAGE, input: { nick, ...more } }
}
