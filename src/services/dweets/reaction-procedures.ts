/**
 * What others do with a dweet: they like, redweet and answer it. Each decides in their own
 * partition, and tells the author's by a message. The author's rows say who did, so that each
 * counts once whatever comes again; to a dweet that was deleted meanwhile nothing happens.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork, StoredRecord } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { placeOfPublicId, publicIdOf, type DweetPlace } from '../../wire/dweet-ids.ts'
import { reader } from '../../wire/method.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import {
  ownKey,
  partitionOfNick,
  partitionOfPk,
  publicationKey,
  reactionKey,
  reactionPrefix,
  type ReactionKind,
} from './places.ts'
import {
  readPublication,
  readReaction,
  RowId,
  type DweetRow,
  type ReactionRow,
  type SinceRow,
} from './rows.ts'
import {
  DWEET_TABLES,
  Nick,
  notify,
  Pk,
  PublicId,
  requireUnsuspended,
  requireUser,
  takeBack,
  touchHead,
} from './work.ts'

const tables = DWEET_TABLES

const ReactInput = Type.Object({
  kind: Type.Union([Type.Literal('like'), Type.Literal('redweet'), Type.Literal('reply')]),
  /** Of the dweet. */
  pk: Pk,
  row: RowId,
  by: Nick,
  /** Of the answer. */
  id: Type.Optional(PublicId),
  isThere: Type.Boolean(),
  /** The author is not told of it: they see no more of who did it, or it is of long ago. */
  isQuiet: Type.Optional(Type.Boolean()),
})
export type ReactInput = Readonly<Static<typeof ReactInput>>

const LETTERS = { like: 'l', redweet: 'r', reply: 'a' } as const satisfies Record<
  ReactInput['kind'],
  ReactionKind
>
const COUNTS = { like: 'likes', redweet: 'redweets', reply: 'replies' } as const

/** A message to the author's partition. */
export const reactTo = defineProcedure({
  name: 'dweets.react',
  tables,
  readInput: reader(ReactInput),
  freesRoom: ({ isThere }: ReactInput) => !isThere,
  run: (work, input: ReactInput): null => {
    const dweet = dweetIn(work, input)
    const { by, id, isQuiet, isThere, kind, pk, row } = input
    const key = reactionKey(pk, reactionPrefix(LETTERS[kind], row), id ?? by)
    const before = work.get(key)
    if (dweet === undefined) {
      if (isThere && kind === 'like') unlike(work, by, publicIdOf(input))
      return null
    }
    if (isThere === (before !== undefined)) return null
    const { author } = dweet
    if (before === undefined) {
      const told = { kind, by, dweet: id ?? publicIdOf(input) }
      const note = isQuiet === true ? undefined : notify(work, author, told)
      const reaction = { sinceMs: work.timeMs, ...(note === undefined ? {} : { note }) }
      work.put(key, rowBytes(reaction satisfies ReactionRow))
    } else {
      takeBack(work, author, readReaction(before).note)
      work.delete(key)
    }
    const counted = COUNTS[kind]
    const now = { ...dweet, [counted]: dweet[counted] + (isThere ? 1 : -1) }
    work.put(publicationKey(pk, row), rowBytes(now))
    touchHead(work, author)
    return null
  },
})

/** To the partition of the dweet with that id. */
export function sendReaction(
  work: PartitionWork,
  dweet: string,
  what: Omit<ReactInput, 'pk' | 'row'>,
): void {
  const place = placeOfPublicId(dweet)
  if (place === undefined) return
  const input: ReactInput = { ...what, ...place }
  work.send({ to: partitionOfPk(place.pk), procedure: reactTo.name, input })
}

const LikeInput = Type.Object({
  nick: Nick,
  id: PublicId,
  isLiked: Type.Boolean(),
  isQuiet: ReactInput.properties.isQuiet,
})
type LikeInput = Readonly<Static<typeof LikeInput>>

export const likeDweet = defineProcedure({
  name: 'dweets.like',
  tables,
  readInput: reader(LikeInput),
  freesRoom: ({ isLiked }: LikeInput) => !isLiked,
  run: (work, { id, isLiked, isQuiet, nick }: LikeInput): null => {
    const key = ownKey(nick, 'like', id)
    if (work.has(key) === isLiked) return null
    if (isLiked) {
      requireUnsuspended(work, nick)
      work.put(key, rowBytes({ sinceMs: work.timeMs } satisfies SinceRow))
    } else work.delete(key)
    const quiet = isQuiet === undefined ? {} : { isQuiet }
    sendReaction(work, id, { kind: 'like', by: nick, isThere: isLiked, ...quiet })
    return null
  },
})

const UnlikeInput = Type.Object({ nick: Nick, id: PublicId })
type UnlikeInput = Readonly<Static<typeof UnlikeInput>>

/** A message to who likes: the dweet is gone, or is not for them. */
export const forgetLike = defineProcedure({
  name: 'dweets.forgetLike',
  tables,
  readInput: reader(UnlikeInput),
  freesRoom: () => true,
  run: (work, { id, nick }: UnlikeInput): null => {
    work.delete(ownKey(nick, 'like', id))
    return null
  },
})

function unlike(work: PartitionWork, nick: string, id: string): void {
  const input: UnlikeInput = { nick, id }
  work.send({ to: partitionOfNick(nick), procedure: forgetLike.name, input })
}

const MarkInput = Type.Object({ nick: Nick, id: PublicId, isKept: Type.Boolean() })
type MarkInput = Readonly<Static<typeof MarkInput>>

/** Nobody else hears of it. */
export const markDweet = defineProcedure({
  name: 'dweets.mark',
  tables,
  readInput: reader(MarkInput),
  freesRoom: ({ isKept }: MarkInput) => !isKept,
  run: (work, { id, isKept, nick }: MarkInput): null => {
    const key = ownKey(nick, 'mark', id)
    if (!isKept) work.delete(key)
    else if (!work.has(key)) {
      requireUser(work, nick)
      work.put(key, rowBytes({ sinceMs: work.timeMs } satisfies SinceRow))
    }
    return null
  },
})

const MentionInput = Type.Object({ nick: Nick, by: Nick, id: PublicId })
type MentionInput = Readonly<Static<typeof MentionInput>>

/** A message to who is mentioned. */
export const mention = defineProcedure({
  name: 'dweets.mention',
  tables,
  readInput: reader(MentionInput),
  run: (work, { by, id, nick }: MentionInput): null => {
    notify(work, nick, { kind: 'mention', by, dweet: id })
    return null
  },
})

export function sendMention(work: PartitionWork, input: MentionInput): void {
  work.send({ to: partitionOfNick(input.nick), procedure: mention.name, input })
}

const SweepInput = Type.Object({ pk: Pk, row: RowId })
type SweepInput = Readonly<Static<typeof SweepInput>>

/** Rows that one entry deletes. */
const SWEPT_MAX = 50

/**
 * Of a dweet that is gone: who had liked it forgets it. Some in each entry, until none are left.
 */
export const sweepReactions = defineProcedure({
  name: 'dweets.sweep',
  tables,
  readInput: reader(SweepInput),
  freesRoom: () => true,
  run: (work, place: SweepInput): null => {
    const likes = reactionsIn(work, 'l', place)
    const prefix = reactionPrefix('l', place.row)
    for (const { sk } of likes) unlike(work, sk.slice(prefix.length), publicIdOf(place))
    const others = [...reactionsIn(work, 'r', place), ...reactionsIn(work, 'a', place)]
    for (const { sk } of [...likes, ...others]) work.delete(reactionKey(place.pk, sk, ''))
    if (likes.length + others.length > 0) sendSweep(work, place)
    return null
  },
})

export function sendSweep(work: PartitionWork, { pk, row }: DweetPlace): void {
  const input: SweepInput = { pk, row }
  work.send({ to: work.partition, procedure: sweepReactions.name, input })
}

function reactionsIn(
  work: PartitionWork,
  kind: ReactionKind,
  { pk, row }: DweetPlace,
): readonly StoredRecord[] {
  const { sk: prefix, table } = reactionKey(pk, reactionPrefix(kind, row), '')
  return work.list({ table, pk, prefix, limit: SWEPT_MAX })
}

/** What is there, unless it is a redweet. */
export function dweetIn(work: PartitionWork, { pk, row }: DweetPlace): DweetRow | undefined {
  const record = work.get(publicationKey(pk, row))
  const publication = record === undefined ? undefined : readPublication(record)
  return publication?.kind === 'dweet' ? publication : undefined
}

export const REACTION_PROCEDURES = [
  reactTo,
  likeDweet,
  forgetLike,
  markDweet,
  mention,
  sweepReactions,
]
