/** What is told of a page that a browser drew. Instants are ISO 8601 in UTC. */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })

/** Why a request of the page was not made, or its answer not given. */
export const RefusedWhy = Type.Union([
  /** Another method than GET. */
  Type.Literal('method'),
  /** The page wanted to go elsewhere. */
  Type.Literal('navigation'),
  /** No http or https, or not to be downloaded from. */
  Type.Literal('address'),
  /** A page from outside asked for something of this computer. */
  Type.Literal('loopback'),
  Type.Literal('robots'),
  /** Too many requests, or too many bytes. */
  Type.Literal('limit'),
])
export type RefusedWhy = Static<typeof RefusedWhy>

export const Picture = Type.Object({
  contentType: Type.Literal('image/webp'),
  /** Hex SHA-256 of the file. */
  hash: Text,
  bytes: Count,
  width: Count,
  height: Count,
  /** The page is longer than that. */
  isCut: Type.Boolean(),
})
export type Picture = Static<typeof Picture>

/** One version of a page as a browser drew it. */
export const Render = Type.Object({
  /** When it was drawn. */
  at: Instant,
  /** Name of the member whose browser it was. */
  by: Text,
  browser: Text,
  durationMs: Type.Number(),
  /** The instant that names the version. */
  since: Instant,
  title: Type.Union([Text, Type.Null()]),
  /** Of the document, UTF-8. */
  hash: Text,
  bytes: Count,
  screenshot: Type.Union([Picture, Type.Null()]),
  /** It came to rest in time. */
  isSettled: Type.Boolean(),
  /** What the page asked for, refused and failed ones among them. */
  requests: Count,
  refused: Count,
  /** Could not be had from their sites. */
  failed: Count,
  /** The first of those refused. */
  refusals: Type.Array(Type.Object({ url: Text, why: RefusedWhy }), { maxItems: 20 }),
  /** Errors of the page's scripts. */
  complaints: Count,
  /** Windows, dialogs and workers that it wanted, and did not get. */
  denied: Count,
})
export type Render = Static<typeof Render>
