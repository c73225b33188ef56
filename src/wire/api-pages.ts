/** The JSON of `/v1/pages` beside the page itself: its versions. */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })

/** What a list tells of a version. */
export const PageVersion = Type.Object({
  /** When its content was first seen: its name. */
  at: Instant,
  /** When it was last seen. */
  fetchedAt: Instant,
  status: Type.Integer(),
  hash: Text,
  bytes: Count,
  contentType: Text,
  title: Type.Union([Text, Type.Null()]),
  /** It is the newest, which the page shows. */
  isHeld: Type.Boolean(),
  /** When somebody imported it; absent: the ring got it from the site. */
  importedAt: Type.Optional(Instant),
})
export type PageVersion = Static<typeof PageVersion>

/** Newest first. */
export const PageVersions = Type.Object({
  items: Type.Array(PageVersion),
  /** There is more; give it again to go on. */
  cursor: Type.Optional(Text),
})
export type PageVersions = Static<typeof PageVersions>

/** What was taken away of a page. */
export const PageRemoved = Type.Object({
  /** Contents: the newest and its versions. */
  versions: Type.Integer({ minimum: 1 }),
})
export type PageRemoved = Static<typeof PageRemoved>

/** `text`: as people read it; `source`: as it was sent. */
export const DiffOf = Type.Union([Type.Literal('text'), Type.Literal('source')])
export type DiffOf = Static<typeof DiffOf>

const DiffLine = Type.Object({
  kind: Type.Union([Type.Literal('same'), Type.Literal('removed'), Type.Literal('added')]),
  /** Together the line; those that are in the other text, too, and those that are not. */
  parts: Type.Array(Type.Object({ text: Text, isChanged: Type.Optional(Type.Boolean()) })),
})
export type DiffLine = Static<typeof DiffLine>

/** A change, and a few lines around it. */
const DiffHunk = Type.Object({
  /** Number of its first line in either text, from 1. */
  from: Count,
  to: Count,
  lines: Type.Array(DiffLine),
})
export type DiffHunk = Static<typeof DiffHunk>

const DiffSide = Type.Pick(PageVersion, ['at', 'fetchedAt', 'status', 'hash', 'bytes', 'title'])

/** What differs between two versions. */
export const PageDiff = Type.Object({
  of: DiffOf,
  from: DiffSide,
  to: DiffSide,
  /** Lines. */
  added: Count,
  removed: Count,
  /** None: they are the same, as far as it was compared. */
  hunks: Type.Array(DiffHunk),
})
export type PageDiff = Static<typeof PageDiff>
