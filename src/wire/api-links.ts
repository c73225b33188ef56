/**
 * The JSON of public links: schemas for the gateway and OpenAPI, types for clients and the page.
 *
 *     POST   /links            NewPublicLink -> PublicLink
 *     GET    /links            PublicLinkList
 *     GET    /links/{id}       PublicLink
 *     PATCH  /links/{id}       PublicLinkChange -> PublicLink
 *     DELETE /links/{id}
 *     GET    /s/{token}        what it leads to: LinkedEntry, LinkedList, a page, or bytes
 */
import { Type, type Static } from 'typebox'

import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './account-texts.ts'
import { DOWNLOADS_MAX } from './file-limits.ts'
import { LIST_ENTRIES_MAX, PATH_BYTES_MAX } from './file-limits.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const Kind = Type.Union([Type.Literal('file'), Type.Literal('folder')])
const LinkId = Type.String({ pattern: '^[0-9a-f]{32}$' })

/** At the root of a door: people copy it, and type it. */
export const LINK_ADDRESS = '/s/'

const Downloads = Type.Integer({ minimum: 1, maximum: DOWNLOADS_MAX })
/** What is too short or too long is refused with the same words as that of an account. */
const Password = Type.String({
  maxLength: 4 * PASSWORD_CHARS_MAX,
  description: `${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters`,
})

export const NewPublicLink = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: PATH_BYTES_MAX }),
    /** Absent: never. */
    expiresAt: Type.Optional(Instant),
    password: Type.Optional(Password),
    /** So many, then it opens no more. */
    downloadsMax: Type.Optional(Downloads),
  },
  { additionalProperties: false },
)
export type NewPublicLink = Readonly<Static<typeof NewPublicLink>>

/** What is not named stays; `null`: without one. */
export const PublicLinkChange = Type.Object(
  {
    expiresAt: Type.Optional(Type.Union([Instant, Type.Null()])),
    password: Type.Optional(Type.Union([Password, Type.Null()])),
    /** From now on. */
    downloadsMore: Type.Optional(Type.Union([Downloads, Type.Null()])),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type PublicLinkChange = Readonly<Static<typeof PublicLinkChange>>

/**
 * `expired`: its time is over. `spent`: it was downloaded as often as allowed. `gone`: what it led
 * to lies in a trash, is gone, or is not its maker’s to give any more.
 */
export const PublicLinkState = Type.Union([
  Type.Literal('open'),
  Type.Literal('expired'),
  Type.Literal('spent'),
  Type.Literal('gone'),
])

export const PublicLink = Type.Object({
  id: LinkId,
  /** At the door that was asked; every member’s opens it. */
  url: Text,
  /** Of that door, from its first slash on. */
  address: Text,
  by: Text,
  kind: Kind,
  name: Text,
  /** Where it leads now; absent: nowhere. */
  path: Type.Optional(Text),
  createdAt: Instant,
  expiresAt: Type.Optional(Instant),
  hasPassword: Type.Boolean(),
  downloads: Count,
  downloadsMax: Type.Optional(Count),
  state: PublicLinkState,
})
export type PublicLink = Readonly<Static<typeof PublicLink>>

export const PublicLinkList = Type.Object({
  /** Of each page the newest first. */
  items: Type.Array(PublicLink),
  cursor: Type.Optional(Type.String({ description: 'absent on the last page' })),
})
export type PublicLinkList = Readonly<Static<typeof PublicLinkList>>

export const LINKS_LISTED_MAX = 1_000

export const PublicLinkListQuestion = Type.Object({
  path: Type.Optional(Type.String({ description: 'those alone that lead there' })),
  everybody: Type.Optional(Type.Boolean({ description: 'of all makers; needs `files.manage`' })),
  cursor: Type.Optional(Text),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LINKS_LISTED_MAX })),
})

/** As a visitor sees it: its place in the tree is nobody’s but the maker’s. */
export const LinkedEntry = Type.Object({
  name: Text,
  kind: Kind,
  bytes: Count,
  modifiedAt: Instant,
  sha256: Type.Optional(Text),
})
export type LinkedEntry = Readonly<Static<typeof LinkedEntry>>

export const LinkedList = Type.Object({
  /** Of the folder within the link, `/` the link’s own. */
  path: Text,
  name: Text,
  items: Type.Array(LinkedEntry),
  cursor: Type.Optional(Text),
})

export const LinkQuestion = Type.Object({
  download: Type.Optional(
    Type.Boolean({ description: 'to be saved, also where a browser could show it' }),
  ),
  cursor: Type.Optional(Text),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIST_ENTRIES_MAX })),
})
