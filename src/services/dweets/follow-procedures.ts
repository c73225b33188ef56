/**
 * Who follows, mutes and blocks whom. The row of who follows is the truth; the row of who is
 * followed comes after it by messages, which arrive in order. Whoever drops the first sends word,
 * so that both agree once no message is under way, whatever crossed (docs/spec/dweets.md, *Races*).
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { BLOCKS_MAX, FOLLOWS_MAX, MUTES_MAX } from '../../wire/dweet-limits.ts'
import { reader } from '../../wire/method.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import { USERS_TABLE, userPk } from '../../wire/users.ts'
import { ownKey, ownPrefix, partitionOfNick, type OwnKind } from './places.ts'
import {
  readFollow,
  readReaction,
  RowId,
  type FollowRow,
  type ReactionRow,
  type SinceRow,
} from './rows.ts'
import {
  count,
  DWEET_TABLES,
  isApart,
  isUser,
  Nick,
  notify,
  profileIn,
  requireUnsuspended,
  requireUser,
  takeBack,
} from './work.ts'

const tables = DWEET_TABLES

const Two = { nick: Nick, whom: Nick }

const FollowInput = Type.Object({
  ...Two,
  redweets: Type.Optional(Type.Boolean()),
  /** What was published up to there counts as seen. */
  from: RowId,
})
type FollowInput = Readonly<Static<typeof FollowInput>>

/** Done again it changes at most whether redweets are shown. */
export const follow = defineProcedure({
  name: 'dweets.follow',
  tables,
  readInput: reader(FollowInput),
  run: (work, { from, nick, redweets, whom }: FollowInput): null => {
    requireUnsuspended(work, nick)
    const key = ownKey(nick, 'ing', whom)
    const record = work.get(key)
    if (record !== undefined) {
      const before = readFollow(record)
      work.put(key, rowBytes({ ...before, redweets: redweets ?? before.redweets }))
      return null
    }
    if (isApart(work, nick, whom)) work.refuse('FORBIDDEN', { problem: BLOCKED })
    if (profileIn(work, nick).following >= FOLLOWS_MAX) {
      work.refuse('FOLLOWS_FULL', { max: FOLLOWS_MAX })
    }
    const row = { sinceMs: work.timeMs, redweets: redweets ?? true, low: from, high: from }
    work.put(key, rowBytes(row satisfies FollowRow))
    count(work, nick, { following: 1 })
    tellFollowed(work, { nick: whom, by: nick, isThere: true })
    return null
  },
})

const BLOCKED = 'one of you has blocked the other'

const UnfollowInput = Type.Object(Two)
type UnfollowInput = Readonly<Static<typeof UnfollowInput>>

/** Also a message: the account of who was to be followed is gone. */
export const unfollow = defineProcedure({
  name: 'dweets.unfollow',
  tables,
  readInput: reader(UnfollowInput),
  freesRoom: () => true,
  run: (work, { nick, whom }: UnfollowInput): null => {
    dropFollow(work, nick, whom)
    return null
  },
})

export function dropFollow(work: PartitionWork, nick: string, whom: string): void {
  const key = ownKey(nick, 'ing', whom)
  if (!work.has(key)) return
  work.delete(key)
  count(work, nick, { following: -1 })
  tellFollowed(work, { nick: whom, by: nick, isThere: false })
}

const FollowedInput = Type.Object({ nick: Nick, by: Nick, isThere: Type.Boolean() })
type FollowedInput = Readonly<Static<typeof FollowedInput>>

/** A message to who is followed, or no more. */
export const followed = defineProcedure({
  name: 'dweets.followed',
  tables,
  readInput: reader(FollowedInput),
  freesRoom: ({ isThere }: FollowedInput) => !isThere,
  run: (work, { by, isThere, nick }: FollowedInput): null => {
    if (!isThere) dropFollower(work, nick, by)
    else if (!isUser(work, nick)) sendUnfollow(work, by, nick)
    else if (!work.has(ownKey(nick, 'er', by))) {
      const note = notify(work, nick, { kind: 'follow', by })
      const row = { sinceMs: work.timeMs, ...(note === undefined ? {} : { note }) }
      work.put(ownKey(nick, 'er', by), rowBytes(row satisfies ReactionRow))
      count(work, nick, { followers: 1 })
    }
    return null
  },
})

function tellFollowed(work: PartitionWork, input: FollowedInput): void {
  work.send({ to: partitionOfNick(input.nick), procedure: followed.name, input })
}

export function dropFollower(work: PartitionWork, nick: string, by: string): void {
  const key = ownKey(nick, 'er', by)
  const record = work.get(key)
  if (record === undefined) return
  takeBack(work, nick, readReaction(record).note)
  work.delete(key)
  count(work, nick, { followers: -1 })
}

export function sendUnfollow(work: PartitionWork, nick: string, whom: string): void {
  const input: UnfollowInput = { nick, whom }
  work.send({ to: partitionOfNick(nick), procedure: unfollow.name, input })
}

const MuteInput = Type.Object({ ...Two, isMuted: Type.Boolean() })
type MuteInput = Readonly<Static<typeof MuteInput>>

/** Nobody else hears of it. */
export const mute = defineProcedure({
  name: 'dweets.mute',
  tables,
  readInput: reader(MuteInput),
  freesRoom: ({ isMuted }: MuteInput) => !isMuted,
  run: (work, { isMuted, nick, whom }: MuteInput): null => {
    const key = ownKey(nick, 'mute', whom)
    if (!isMuted) work.delete(key)
    else if (!work.has(key)) {
      if (isFull(work, nick, 'mute', MUTES_MAX)) work.refuse('MUTES_FULL', { max: MUTES_MAX })
      putSince(work, nick, key)
    }
    return null
  },
})

const BlockInput = Type.Object({ ...Two, isBlocked: Type.Boolean() })
type BlockInput = Readonly<Static<typeof BlockInput>>

export const block = defineProcedure({
  name: 'dweets.block',
  tables,
  readInput: reader(BlockInput),
  freesRoom: ({ isBlocked }: BlockInput) => !isBlocked,
  run: (work, { isBlocked, nick, whom }: BlockInput): null => {
    const key = ownKey(nick, 'block', whom)
    if (work.has(key) === isBlocked) return null
    if (isBlocked) {
      if (isFull(work, nick, 'block', BLOCKS_MAX)) work.refuse('BLOCKS_FULL', { max: BLOCKS_MAX })
      putSince(work, nick, key)
      dropFollow(work, nick, whom)
      dropFollower(work, nick, whom)
    } else work.delete(key)
    tellBlocked(work, { nick: whom, by: nick, isBlocked })
    return null
  },
})

const BlockedInput = Type.Object({ nick: Nick, by: Nick, isBlocked: Type.Boolean() })
type BlockedInput = Readonly<Static<typeof BlockedInput>>

/** A message to who is blocked, or no more. */
export const blocked = defineProcedure({
  name: 'dweets.blocked',
  tables,
  readInput: reader(BlockedInput),
  freesRoom: ({ isBlocked }: BlockedInput) => !isBlocked,
  run: (work, { by, isBlocked, nick }: BlockedInput): null => {
    const key = ownKey(nick, 'blocked', by)
    if (!isBlocked) work.delete(key)
    else if (isUser(work, nick)) {
      putSince(work, nick, key)
      dropFollow(work, nick, by)
    }
    return null
  },
})

export function tellBlocked(work: PartitionWork, input: BlockedInput): void {
  work.send({ to: partitionOfNick(input.nick), procedure: blocked.name, input })
}

function isFull(work: PartitionWork, nick: string, kind: OwnKind, max: number): boolean {
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix: ownPrefix(nick, kind) }
  return work.list({ ...range, limit: max }).length === max
}

function putSince(work: PartitionWork, nick: string, key: ReturnType<typeof ownKey>): void {
  requireUser(work, nick)
  work.put(key, rowBytes({ sinceMs: work.timeMs } satisfies SinceRow))
}

export const FOLLOW_PROCEDURES = [follow, unfollow, followed, mute, block, blocked]
