/**
 * The JSON of what people take along and bring, and of how long what they published stays.
 *
 *     GET    /dweets/export       a ZIP (docs/spec/own-data.md)
 *     POST   /dweets/import       ImportStep -> ImportAnswer; the same again changes nothing
 *     GET    /dweets/retention    RetentionAnswer;  PUT Retention;  DELETE
 *     DELETE /users/{nick}/dweets 202: all of one's own
 */
import { Type, type Static } from 'typebox'

import { NewDweetList } from './api-dweet-lists.ts'
import { NewDweet, Visibility } from './api-dweets.ts'
import {
  ATTACHMENTS_MAX,
  DESCRIPTION_CHARS_MAX,
  EDITS_MAX,
  IMPORT_ID_CHARS_MAX,
  IMPORT_ITEMS_MAX,
  RETENTION_DAYS_MAX,
} from './dweet-limits.ts'

const CLOSED = { additionalProperties: false } as const
const Instant = Type.String({ format: 'date-time', maxLength: 40 })
/** Longer than any nick, so that there simply is no such person. */
const Nick = Type.String({ minLength: 1, maxLength: 120 })
const ForeignId = Type.String({ minLength: 1, maxLength: IMPORT_ID_CHARS_MAX })
const Reference = Type.Object({ id: ForeignId, nick: Nick }, CLOSED)
const { text, warning } = NewDweet.properties

const Attached = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{32}$' }),
    description: Type.Optional(Type.String({ maxLength: 16 * DESCRIPTION_CHARS_MAX })),
  },
  CLOSED,
)

const ImportedDweet = Type.Object(
  {
    kind: Type.Literal('dweet'),
    /** Where it was: the same id is imported once. */
    id: ForeignId,
    createdAt: Instant,
    editedAt: Type.Optional(Instant),
    text,
    warning,
    visibility: Visibility,
    replyTo: Type.Optional(Reference),
    /** Sent before, as for a new dweet. */
    attachments: Type.Optional(Type.Array(Attached, { maxItems: ATTACHMENTS_MAX })),
    /** What it said before, oldest first. */
    history: Type.Optional(
      Type.Array(Type.Object({ text, warning, writtenAt: Instant }, CLOSED), {
        maxItems: EDITS_MAX,
      }),
    ),
  },
  CLOSED,
)
const ImportedRedweet = Type.Object(
  { kind: Type.Literal('redweet'), id: ForeignId, createdAt: Instant, of: Reference },
  CLOSED,
)
const ImportedLike = Type.Object({ kind: Type.Literal('like'), id: ForeignId }, CLOSED)
const ImportedBookmark = Type.Object({ kind: Type.Literal('bookmark'), id: ForeignId }, CLOSED)
const ImportedFollow = Type.Object(
  { kind: Type.Literal('follow'), nick: Nick, redweets: Type.Optional(Type.Boolean()) },
  CLOSED,
)
const ImportedMute = Type.Object({ kind: Type.Literal('mute'), nick: Nick }, CLOSED)
const ImportedBlock = Type.Object({ kind: Type.Literal('block'), nick: Nick }, CLOSED)
/** A list of people, and somebody in it; without one, the list alone. */
const ImportedList = Type.Object(
  {
    kind: Type.Literal('list'),
    name: NewDweetList.properties.name,
    nick: Type.Optional(Nick),
  },
  CLOSED,
)
const ImportedProfile = Type.Object(
  { kind: Type.Literal('profile'), bio: Type.String({ maxLength: 4_000 }) },
  CLOSED,
)

export const ImportItem = Type.Union([
  ImportedDweet,
  ImportedRedweet,
  ImportedLike,
  ImportedBookmark,
  ImportedFollow,
  ImportedMute,
  ImportedBlock,
  ImportedList,
  ImportedProfile,
])
export type ImportItem = Static<typeof ImportItem>

export const ImportStep = Type.Object(
  {
    /** The nick that it was exported from; absent: not from a ring. */
    from: Type.Optional(Nick),
    /** Dweets oldest first, what is answered before what answers it. */
    items: Type.Array(ImportItem, { minItems: 1, maxItems: IMPORT_ITEMS_MAX }),
  },
  CLOSED,
)
export type ImportStep = Static<typeof ImportStep>

/** Why something is not there after an import. */
export const IMPORT_PROBLEMS = [
  /** More than 225 characters: a text is never cut. */
  'tooLong',
  'empty',
  /** Control characters, a warning of several lines, a time that is none. */
  'unfit',
  /** Of a time that has not come. */
  'ahead',
  /** Before 2014. */
  'tooOld',
  /** Of another author. */
  'notYours',
  /** A dweet that is not on this ring, or not for who asks. */
  'notHere',
  /** Nobody here has that nick. */
  'noUser',
  /** Oneself, or a block between both. */
  'notPossible',
  /** Moderators removed it. */
  'removed',
  /** As many as one may have. */
  'full',
] as const
export type ImportProblem = (typeof IMPORT_PROBLEMS)[number]

export const ImportOutcome = Type.Union([
  /** `id`: of a dweet, on this ring. */
  Type.Object({ outcome: Type.Literal('imported'), id: Type.Optional(Type.String()) }),
  /** It was there before. */
  Type.Object({ outcome: Type.Literal('there'), id: Type.Optional(Type.String()) }),
  Type.Object({
    outcome: Type.Literal('skipped'),
    why: Type.Unsafe<ImportProblem>(Type.Union(IMPORT_PROBLEMS.map((why) => Type.Literal(why)))),
  }),
])
export type ImportOutcome = Static<typeof ImportOutcome>

export const ImportAnswer = Type.Object({
  /** In the order of the items. */
  items: Type.Array(ImportOutcome),
})
export type ImportAnswer = Static<typeof ImportAnswer>

const Least = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }))

export const Retention = Type.Object(
  {
    /** Dweets and redweets that are older are deleted. */
    afterDays: Type.Integer({ minimum: 1, maximum: RETENTION_DAYS_MAX }),
    /** But not what one likes oneself, */
    keepLiked: Type.Optional(Type.Boolean()),
    /** or keeps a bookmark of, */
    keepBookmarked: Type.Optional(Type.Boolean()),
    /** or what so many like, */
    keepLikes: Least,
    /** or redweeted. */
    keepRedweets: Least,
  },
  CLOSED,
)
export type Retention = Static<typeof Retention>

export const RetentionAnswer = Type.Object({
  /** `null`: everything stays. */
  retention: Type.Union([Retention, Type.Null()]),
})
export type RetentionAnswer = Static<typeof RetentionAnswer>
