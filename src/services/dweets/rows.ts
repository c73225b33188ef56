/** Rows of dweets, as JSON. Where they stand says `places.ts`. */
import { Type, type Static } from 'typebox'

import { Visibility } from '../../wire/api-dweets.ts'

const Text = Type.String()
const TimeMs = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 0 })
const Address = Type.Object({ id: Text, nick: Text })

/** When it was written its row id tells. */
export const DweetRow = Type.Object({
  kind: Type.Literal('dweet'),
  author: Text,
  text: Text,
  warning: Type.Optional(Text),
  visibility: Visibility,
  replyTo: Type.Optional(Address),
  /** Folded nicks of people who are there. */
  mentions: Type.Array(Text),
  /** As written. */
  tags: Type.Array(Text),
  editedAtMs: Type.Optional(TimeMs),
  edits: Count,
  replies: Count,
  redweets: Count,
  likes: Count,
})
export type DweetRow = Readonly<Static<typeof DweetRow>>

export const RedweetRow = Type.Object({
  kind: Type.Literal('redweet'),
  author: Text,
  /** The original, never another redweet. */
  of: Address,
})
export type RedweetRow = Readonly<Static<typeof RedweetRow>>

export const PublicationRow = Type.Union([DweetRow, RedweetRow])
export type PublicationRow = DweetRow | RedweetRow

export const ProfileRow = Type.Object({
  bio: Text,
  dweets: Count,
  following: Count,
  followers: Count,
  /** Dweets since then, for their bound. */
  period: Type.Object({ sinceMs: TimeMs, dweets: Count }),
})
export type ProfileRow = Readonly<Static<typeof ProfileRow>>

export const FollowRow = Type.Object({
  sinceMs: TimeMs,
  /** Their redweets are shown as well. */
  redweets: Type.Boolean(),
})
export type FollowRow = Readonly<Static<typeof FollowRow>>

/**
 * Of each nick that is followed the row ids between which all was seen, ends included. Newly
 * followed: both ends at the 20th newest, so that what is older counts as seen and is read last.
 */
export const SeenRow = Type.Object({
  bounds: Type.Record(Text, Type.Object({ low: Text, high: Text })),
})
export type SeenRow = Readonly<Static<typeof SeenRow>>

export const NoteRow = Type.Object({
  kind: Type.Union([
    Type.Literal('mention'),
    Type.Literal('reply'),
    Type.Literal('redweet'),
    Type.Literal('like'),
    Type.Literal('follow'),
  ]),
  by: Text,
  /** Public id. */
  dweet: Type.Optional(Text),
})
export type NoteRow = Readonly<Static<typeof NoteRow>>

export const EditRow = Type.Object({
  text: Text,
  warning: Type.Optional(Text),
  writtenAtMs: TimeMs,
})
export type EditRow = Readonly<Static<typeof EditRow>>
