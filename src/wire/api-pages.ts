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
