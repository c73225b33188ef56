/** What members ask of one another about pages. */
import { Type, type Static, type TSchema } from 'typebox'

import { Failure, MemberRef, Page } from './api.ts'
import { defineMethod, reader } from './method.ts'

const Hex64 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Count = Type.Integer({ minimum: 0 })
const DurationMs = Type.Number({ minimum: 0 })
const Address = Type.String({ minLength: 1, maxLength: 2_048 })
/** Pages offered in one call: about 25 KiB. */
export const OFFER_PAGES_MAX = 256

const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>(Type.Unknown()),
  (value) => value instanceof Uint8Array,
)

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
const Known = Type.Object({
  kind: Type.Literal('known'),
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  how: Type.Union([Type.Literal('hit'), Type.Literal('fetched'), Type.Literal('coalesced')]),
  record: Type.Optional(PageRecord),
  /** Since the copy was made, by the owner's clock. */
  ageMs: Type.Optional(DurationMs),
  /** Bytes so far, while running. */
  received: Type.Optional(Count),
  owner: MemberRef,
  /** Who ought to hold a copy, the owner first. */
  holders: Type.Array(MemberRef, { maxItems: 16 }),
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
  Type.Object({ url: Address, maxAgeMs: DurationMs, waitMs: DurationMs }),
)

/** Asks the owner what is known, and starts nothing. */
export const findPage = ownerMethod('pages.find', Type.Object({ id: Hex64, waitMs: DurationMs }))

/** Asks any member what it holds itself; `running`: it is downloading the page at this moment. */
export const peekPage = defineMethod({
  name: 'pages.peek',
  question: Type.Object({ id: Hex64, waitMs: DurationMs }),
  answer: Type.Object({ running: Type.Boolean(), record: Type.Optional(PageRecord) }),
  timeoutMs: 5_000,
  idempotent: true,
})

/** A body by the hash of its content, from an offset to its end. @throws AnilloError NOT_FOUND */
export const readBody = defineMethod({
  name: 'pages.body',
  kind: 'stream',
  question: Type.Object({ hash: Hex64, offset: Count }),
  answer: Type.Object({ bytes: Bytes }),
  timeoutMs: 5_000,
  idempotent: true,
})

/**
 * “Keep a copy of this”: the other member fetches the body from `from` and answers when all is on
 * its disk.
 */
export const takePage = defineMethod({
  name: 'pages.take',
  question: Type.Object({ record: PageRecord, from: MemberRef }),
  answer: Type.Object({ bytes: Count }),
  timeoutMs: 5_000,
  idempotent: true,
})

export const PageSummary = Type.Object({ id: Hex64, changedAtMs: Type.Number() })
export type PageSummary = Static<typeof PageSummary>

/**
 * “I hold these”: the other member names those that it lacks and ought to have, as their owner or
 * as a copy.
 */
export const offerPages = defineMethod({
  name: 'pages.offer',
  question: Type.Object({
    as: Type.Union([Type.Literal('owner'), Type.Literal('copy')]),
    pages: Type.Array(PageSummary, { maxItems: OFFER_PAGES_MAX }),
  }),
  answer: Type.Object({ wanted: Type.Array(Hex64, { maxItems: OFFER_PAGES_MAX }) }),
  timeoutMs: 5_000,
  idempotent: true,
})

function ownerMethod<Q extends TSchema>(name: string, question: Q) {
  return defineMethod({ name, question, answer: OwnerReply, timeoutMs: 5_000, idempotent: true })
}
