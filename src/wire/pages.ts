/** What members ask of one another about pages, and how pages stand in their table. */
import { Type, type Static, type TSchema } from 'typebox'

import { KIB } from '../base/limits.ts'
import { Failure, MemberRef, Page } from './api.ts'
import { CHUNK_BYTES_MAX } from './chunks.ts'
import { defineMethod, reader } from './method.ts'
import { pack, unpack } from './packed.ts'
import { Bytes, Count, Hex64 } from './shapes.ts'
import { WITNESSES_MAX, WITNESSES_MIN } from './testimony.ts'
import { Vantage } from './vantage.ts'

/** Members that are to see a page together. */
const WitnessCount = Type.Integer({ minimum: WITNESSES_MIN, maximum: WITNESSES_MAX })
const DurationMs = Type.Number({ minimum: 0 })
const Address = Type.String({ minLength: 1, maxLength: 2_048 })

const Chunk = Type.Object({
  hash: Hex64,
  bytes: Type.Integer({ minimum: 1, maximum: CHUNK_BYTES_MAX }),
})

/** One try at a page, good (`status`) or bad (`code`). */
export const Attempt = Type.Object({
  at: Type.String(),
  by: Type.String(),
  status: Type.Optional(Type.Integer()),
  code: Type.Optional(Type.String()),
})
export type Attempt = Static<typeof Attempt>

/**
 * All that is kept of one address, without the body. At least one of `page` and `failure` is there.
 */
export const PageRecord = Type.Object({
  id: Hex64,
  url: Address,
  /** The newest copy. */
  page: Type.Optional(Page),
  /** The newest attempt, where it failed after the copy was made. */
  failure: Type.Optional(Failure),
  /** Oldest first. */
  history: Type.Array(Attempt, { maxItems: 100 }),
})
export type PageRecord = Static<typeof PageRecord>

/** `undefined` when the value is no such record. */
export const readPageRecord = reader(PageRecord)

const NotOwner = Type.Object({
  kind: Type.Literal('notOwner'),
  /** Whom the answering member takes for the owner. */
  hint: Type.Optional(MemberRef),
})
/** An address that a page names: absolute, canonical. */
export const PageLink = Type.Object({
  url: Address,
  /** The page needs it to look right. */
  isResource: Type.Boolean(),
  /** A sitemap or feed. */
  isList: Type.Optional(Type.Boolean()),
})
export type PageLink = Readonly<Static<typeof PageLink>>

const Known = Type.Object({
  kind: Type.Literal('known'),
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  how: Type.Union([Type.Literal('hit'), Type.Literal('fetched'), Type.Literal('coalesced')]),
  record: Type.Optional(PageRecord),
  /** Since the copy was made, by the clock of who answers. */
  ageMs: Type.Optional(DurationMs),
  /** Bytes so far, while running. */
  received: Type.Optional(Count),
  /** Where they were asked for, and known without reading the page again. */
  links: Type.Optional(Type.Array(PageLink)),
  owner: MemberRef,
})
export type Known = Static<typeof Known>
const Unknown = Type.Object({ kind: Type.Literal('unknown') })

export const OwnerReply = Type.Union([NotOwner, Known, Unknown])
export type OwnerReply = Static<typeof OwnerReply>

/**
 * Asks the owner for a page no older than `maxAgeMs` (0: download in any case). Asking again while
 * `maxAgeMs` grows with the time that has passed never starts a second download.
 */
export const askPage = ownerMethod(
  'pages.ask',
  Type.Object({
    url: Address,
    maxAgeMs: DurationMs,
    /** A copy of which the site says that it may be used again will do, too. */
    bySite: Type.Optional(Type.Boolean()),
    witnesses: Type.Optional(WitnessCount),
    vantage: Type.Optional(Vantage),
    waitMs: DurationMs,
    /** Whoever asks goes on with the links of the page. */
    links: Type.Optional(Type.Boolean()),
    /** The leave to ask the site is over then. */
    beginWithinMs: Type.Optional(DurationMs),
  }),
)

/** Asks the owner what is known, and starts nothing. */
export const findPage = ownerMethod('pages.find', Type.Object({ id: Hex64, waitMs: DurationMs }))

/** Of content that lies in its record itself, packed; beyond it, it lies in chunks. */
export const BODY_HERE_BYTES_MAX = 40 * KIB
/** Longer content is not tried to be packed: a page for people is smaller. */
export const BODY_PACKED_PLAIN_BYTES_MAX = 256 * KIB

/** Four times what the largest page has; the list of them fits a record, or a chunk. */
const BODY_CHUNKS_MAX = 1_024

/** Where the content is: in this record, as it is or deflated, or in chunks, in their order. */
export const StoredBody = Type.Union([
  Type.Object({ kind: Type.Literal('none') }),
  Type.Object({ kind: Type.Literal('here'), bytes: Bytes }),
  Type.Object({
    kind: Type.Literal('packed'),
    deflated: Bytes,
    plainBytes: Type.Integer({ minimum: 1, maximum: BODY_PACKED_PLAIN_BYTES_MAX }),
  }),
  Type.Object({
    kind: Type.Literal('chunks'),
    chunks: Type.Array(Chunk, { minItems: 1, maxItems: BODY_CHUNKS_MAX }),
  }),
])
export type StoredBody = Static<typeof StoredBody>

/** What is kept of one address: `body` is the content of `record.page`. */
const StoredPage = Type.Object({ record: PageRecord, body: StoredBody })
export type StoredPage = Static<typeof StoredPage>

/** A page whose facts do not fit a record: they are a chunk, which holds a `StoredPage`. */
const PageElsewhere = Type.Object({ facts: Chunk })
export type PageElsewhere = Static<typeof PageElsewhere>

/** What is counted of a page without reading all of it; absent where there is only a failure. */
const PageSum = Type.Object({ hash: Hex64, bytes: Count })
export type PageSum = Static<typeof PageSum>

const PageRow = Type.Object({
  sum: Type.Optional(PageSum),
  page: Type.Union([StoredPage, PageElsewhere]),
  /** Somebody imported it: told here, too, so that it is known without a chunk. */
  isImported: Type.Optional(Type.Literal(true)),
  /** Versions that are kept beside it; absent: none. */
  older: Type.Optional(Count),
  /** Those of them that somebody imported; absent: none. */
  imported: Type.Optional(Count),
})
export type PageRow = Static<typeof PageRow>

/** An order that was taken, until the page is kept or could not be had. */
const PageOrder = Type.Object({
  url: Address,
  maxAgeMs: DurationMs,
  bySite: Type.Optional(Type.Boolean()),
  witnesses: Type.Optional(WitnessCount),
  vantage: Type.Optional(Vantage),
  /** When it was given, ms since 1970 by the clock of whom it was given to. */
  atMs: DurationMs,
  /** Members that have begun with it. */
  tries: Type.Integer({ minimum: 1 }),
})
export type PageOrder = Static<typeof PageOrder>

const readRow = reader(PageRow)
const readStored = reader(StoredPage)
const readOrder = reader(PageOrder)

/** `undefined` when the bytes are no such row. */
export function readPageRow(value: Uint8Array): PageRow | undefined {
  return readRow(unpacked(value))
}

export function readStoredPage(value: Uint8Array): StoredPage | undefined {
  return readStored(unpacked(value))
}

export function readPageOrder(value: Uint8Array): PageOrder | undefined {
  return readOrder(unpacked(value))
}

/** The caller's to keep. */
export function packPage(value: PageRow | StoredPage | PageOrder): Uint8Array {
  return new Uint8Array(pack(value))
}

function unpacked(source: Uint8Array): unknown {
  const read = unpack({ source, start: 0, end: source.length })
  return read.kind === 'value' ? read.value : undefined
}

function ownerMethod<Q extends TSchema>(name: string, question: Q) {
  return defineMethod({ name, question, answer: OwnerReply, timeoutMs: 5_000, idempotent: true })
}
