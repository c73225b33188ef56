/**
 * The JSON of what goes out of the archive and into it: schemas for the gateway and OpenAPI, types
 * for clients and the page. Instants are ISO 8601 in UTC.
 *
 *     GET  /pages?host=&prefix=&limit=&cursor=     HeldPages
 *     GET  /pages/export?format=&host=&url=&prefix=    the file
 *     GET  /crawls/{id}/export?format=                 the file
 *     POST /pages/import                               a WARC -> ImportResult
 */
import { Type, type Static } from 'typebox'

import { EXPORT_FORMATS } from './export-formats.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const ADDRESS_CHARS_MAX = 8_192

export const ExportFormat = Type.Unsafe<(typeof EXPORT_FORMATS)[number]>(
  Type.Union(EXPORT_FORMATS.map((name) => Type.Literal(name))),
)

/**
 * Goes on with an export that broke off: so many bytes of it are there, and this is their SHA-256.
 * Who exports makes it anew and leaves out what is there, if it still begins so.
 */
export const ExportResume = Type.Object({
  from: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
})

/** Which pages of those held; what is absent does not narrow. */
export const PageFilter = Type.Object({
  /** `example.org`, with its port where it has one. */
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  url: Type.Optional(Type.String({ minLength: 1, maxLength: ADDRESS_CHARS_MAX })),
  /** With what the address begins. */
  prefix: Type.Optional(Type.String({ minLength: 1, maxLength: ADDRESS_CHARS_MAX })),
})
export type PageFilter = Readonly<Static<typeof PageFilter>>

/** A page that is held, or that could not be had (`code`). */
export const HeldPage = Type.Object({
  id: Text,
  url: Text,
  finalUrl: Type.Optional(Text),
  status: Type.Optional(Type.Integer()),
  /** Why the newest attempt failed. */
  code: Type.Optional(Text),
  contentType: Type.Optional(Text),
  title: Type.Optional(Text),
  bytes: Type.Optional(Count),
  hash: Type.Optional(Text),
  /** Of the copy, else of the failure. */
  at: Instant,
})
export type HeldPage = Readonly<Static<typeof HeldPage>>

export const HeldPages = Type.Object({
  items: Type.Array(HeldPage),
  cursor: Type.Optional(
    Type.String({ description: 'absent on the last page; a page may be empty and not the last' }),
  ),
})
export type HeldPages = Readonly<Static<typeof HeldPages>>

/** What came of an import. */
export const ImportResult = Type.Object({
  /** Kept. */
  pages: Count,
  /** Held already, as they were in the archive. */
  same: Count,
  /** Records of answers that could not be kept, by why. */
  refused: Type.Record(Text, Count),
  /** Other records: requests, facts, other protocols. */
  passedOver: Count,
  /** Pages of which what a browser drew was kept as well. */
  renders: Count,
  /** Of the archive, as it came. */
  bytes: Count,
})
export type ImportResult = Readonly<Static<typeof ImportResult>>
