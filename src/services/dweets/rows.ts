/** Rows of dweets, packed. Where they stand says `places.ts`. */
import { Type, type Static } from 'typebox'

import { Visibility } from '../../wire/api-dweets.ts'
import { DecisionKind, ReportReason } from '../../wire/api-reports.ts'
import { rowReader } from '../../wire/packed-rows.ts'
import { Bytes, Hex32, Hex64 } from '../../wire/shapes.ts'

const Text = Type.String()
const TimeMs = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 0 })
/** 16 hex digits. */
export const RowId = Type.String({ pattern: '^[0-9a-f]{16}$' })
export const Address = Type.Object({ id: Text, nick: Text })

/** Bytes that are shown with a dweet. */
export const AttachmentRow = Type.Object({
  id: Hex32,
  /** Media type. */
  type: Text,
  name: Text,
  bytes: Count,
  sha256: Hex64,
  /** Of a picture, in pixels. */
  width: Type.Optional(Count),
  height: Type.Optional(Count),
  description: Type.Optional(Text),
  /** Absent: few bytes, in a row of their own. */
  content: Type.Optional(Hex32),
})
export type AttachmentRow = Readonly<Static<typeof AttachmentRow>>

/** What is said of an attachment; without `description`: nothing. */
export const Described = Type.Object({ id: Hex32, description: Type.Optional(Text) })
export type Described = Readonly<Static<typeof Described>>

/** As it was, but for what is said of it. */
export function describedAs(row: AttachmentRow, description: string | undefined): AttachmentRow {
  const { description: _, ...bare } = row
  return { ...bare, ...(description === undefined ? {} : { description }) }
}

/** What a page said of itself when it was asked, as plain text. */
export const PreviewRow = Type.Object({
  url: Text,
  title: Text,
  description: Type.Optional(Text),
  site: Type.Optional(Text),
  picture: Type.Optional(AttachmentRow),
})
export type PreviewRow = Readonly<Static<typeof PreviewRow>>

/** Sent, and in no dweet yet; `here`: few bytes. */
export const UnusedRow = Type.Object({ file: AttachmentRow, here: Type.Optional(Bytes) })
export type UnusedRow = Readonly<Static<typeof UnusedRow>>

/** What its author brought along: when, and its id in what they brought. */
const Imported = Type.Object({ atMs: TimeMs, id: Text })
export type Imported = Readonly<Static<typeof Imported>>

/** When it was written its row id tells. */
export const DweetRow = Type.Object({
  kind: Type.Literal('dweet'),
  author: Text,
  text: Text,
  warning: Type.Optional(Text),
  /** What moderators have put before it: shown in place of the own warning. */
  imposed: Type.Optional(Text),
  visibility: Visibility,
  replyTo: Type.Optional(Address),
  /** Folded nicks of people who are there. */
  mentions: Type.Array(Text),
  /** As written. */
  tags: Type.Array(Text),
  attachments: Type.Optional(Type.Array(AttachmentRow)),
  /** Of which a preview is wanted. */
  link: Type.Optional(Text),
  /** As long as it is waited for: what its author’s quota keeps free for its picture. */
  room: Type.Optional(Hex32),
  preview: Type.Optional(PreviewRow),
  editedAtMs: Type.Optional(TimeMs),
  edits: Count,
  replies: Count,
  redweets: Count,
  likes: Count,
  imported: Type.Optional(Imported),
})
export type DweetRow = Readonly<Static<typeof DweetRow>>

export const RedweetRow = Type.Object({
  kind: Type.Literal('redweet'),
  author: Text,
  /** The original, never another redweet. */
  of: Address,
  imported: Type.Optional(Imported),
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
  /** Reports since then, for theirs. */
  reporting: Type.Optional(Type.Object({ sinceMs: TimeMs, reports: Count })),
  /** Of the dweets, for their bound. */
  imported: Type.Optional(Count),
})
export type ProfileRow = Readonly<Static<typeof ProfileRow>>

/**
 * `low` and `high`: row ids between which all of theirs was seen, ends included. Newly followed:
 * both at the newest but `UNSEEN_WHEN_FOLLOWED`, so that what is older counts as seen and is read
 * last.
 */
export const FollowRow = Type.Object({
  sinceMs: TimeMs,
  /** Their redweets are shown as well. */
  redweets: Type.Boolean(),
  low: RowId,
  high: RowId,
})
export type FollowRow = Readonly<Static<typeof FollowRow>>

/** Who follows, likes, redweeted or answers; `note`: the notification that told of it. */
export const ReactionRow = Type.Object({ sinceMs: TimeMs, note: Type.Optional(RowId) })
export type ReactionRow = Readonly<Static<typeof ReactionRow>>

/** Likes, bookmarks, those who are muted or blocked. */
export const SinceRow = Type.Object({ sinceMs: TimeMs })
export type SinceRow = Readonly<Static<typeof SinceRow>>

/** The redweet of a dweet. */
export const RedweetedRow = Type.Object({ row: RowId })
export type RedweetedRow = Readonly<Static<typeof RedweetedRow>>

/** The id given last. */
export const LastRow = Type.Object({ row: RowId })
export type LastRow = Readonly<Static<typeof LastRow>>

/** In the lists of a tag and of a partition. */
export const ListedRow = Type.Object({ by: Text })
export type ListedRow = Readonly<Static<typeof ListedRow>>

const Told = {
  reason: Type.Optional(ReportReason),
  message: Type.Optional(Text),
}
const Decided = {
  action: DecisionKind,
  ...Told,
  warning: Type.Optional(Text),
  untilMs: Type.Optional(TimeMs),
}

export const ModeratedRow = Type.Object({ ...Decided, text: Type.Optional(Text) })
export type ModeratedRow = Readonly<Static<typeof ModeratedRow>>

/** What moderators laid upon somebody; without `untilMs` until it is lifted. */
export const LimitRow = Type.Object({
  kind: Type.Union([Type.Literal('limited'), Type.Literal('suspended')]),
  untilMs: Type.Optional(TimeMs),
  ...Told,
})
export type LimitRow = Readonly<Static<typeof LimitRow>>

/** Of a dweet that a moderator removed: for whom it was. */
export const RemovedRow = Type.Object({
  author: Text,
  visibility: Visibility,
  mentions: Type.Array(Text),
})
export type RemovedRow = Readonly<Static<typeof RemovedRow>>

/** What somebody reported, and when. */
export const ReportedRow = Type.Object({ sinceMs: TimeMs, reason: ReportReason })
export type ReportedRow = Readonly<Static<typeof ReportedRow>>

export const ReportRow = Type.Object({
  sinceMs: TimeMs,
  reason: ReportReason,
  note: Type.Optional(Text),
})
export type ReportRow = Readonly<Static<typeof ReportRow>>

export const DecisionRow = Type.Object({ atMs: TimeMs, by: Text, ...Decided })
export type DecisionRow = Readonly<Static<typeof DecisionRow>>

export const CaseRow = Type.Object({
  /** Whom it is about. */
  nick: Text,
  state: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  /** In the list of those that are open, or closed. */
  row: RowId,
  openedAtMs: TimeMs,
  closedAtMs: Type.Optional(TimeMs),
  reports: Count,
  reasons: Type.Record(Text, Count),
  /** What the dweet said. */
  reported: Type.Optional(
    Type.Object({
      text: Text,
      warning: Type.Optional(Text),
      attachments: Type.Optional(
        Type.Array(Type.Object({ id: Hex32, name: Text, description: Type.Optional(Text) })),
      ),
    }),
  ),
  decisions: Type.Array(DecisionRow),
})
export type CaseRow = Readonly<Static<typeof CaseRow>>

export const NoteRow = Type.Object({
  /** Each has the next: how many there are at most is told by the first and the last. */
  number: Count,
  kind: Type.Union([
    Type.Literal('mention'),
    Type.Literal('reply'),
    Type.Literal('redweet'),
    Type.Literal('like'),
    Type.Literal('follow'),
    Type.Literal('moderated'),
  ]),
  /** Of `moderated`, whom it concerns: moderators stay unnamed. */
  by: Text,
  /** Public id. */
  dweet: Type.Optional(Text),
  moderated: Type.Optional(ModeratedRow),
})
export type NoteRow = Readonly<Static<typeof NoteRow>>

/** A list of people, its owner's alone. */
export const ListRow = Type.Object({ name: Text, people: Count })
export type ListRow = Readonly<Static<typeof ListRow>>
/** Up to which id a list was read; of each next one the version is one more. */
export const ReadMarkRow = Type.Object({ id: Text, version: Count, updatedAtMs: TimeMs })
export type ReadMarkRow = Readonly<Static<typeof ReadMarkRow>>

export const EditRow = Type.Object({
  text: Text,
  warning: Type.Optional(Text),
  /** Of attachments of which something else was said then. */
  described: Type.Optional(Type.Array(Described)),
  writtenAtMs: TimeMs,
})
export type EditRow = Readonly<Static<typeof EditRow>>

export const readUnused = rowReader(UnusedRow)
/** By when which own publications are deleted, and which never. */
export const RetentionRow = Type.Object({
  afterDays: Type.Integer({ minimum: 1 }),
  keepLiked: Type.Boolean(),
  keepBookmarked: Type.Boolean(),
  keepLikes: Type.Optional(Count),
  keepRedweets: Type.Optional(Count),
})
export type RetentionRow = Readonly<Static<typeof RetentionRow>>

export const readPublication = rowReader(PublicationRow)
export const readProfile = rowReader(ProfileRow)
export const readFollow = rowReader(FollowRow)
export const readReaction = rowReader(ReactionRow)
export const readRedweeted = rowReader(RedweetedRow)
export const readLast = rowReader(LastRow)
export const readEdit = rowReader(EditRow)
export const readListed = rowReader(ListedRow)
export const readList = rowReader(ListRow)
export const readLimit = rowReader(LimitRow)
export const readRemoved = rowReader(RemovedRow)
export const readReported = rowReader(ReportedRow)
export const readReport = rowReader(ReportRow)
export const readCase = rowReader(CaseRow)
export const readNote = rowReader(NoteRow)
export const readReadMark = rowReader(ReadMarkRow)
export const readRetention = rowReader(RetentionRow)
