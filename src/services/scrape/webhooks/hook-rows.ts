/**
 * Webhooks in the store. One belongs to a crawl or to a schedule, and has its id. What is to be
 * told waits in its partition, in order.
 *
 *     crawls.hooks      ID   hook      where to, the secret, and how deliveries go
 *                            wait/SEQ  an event that is not delivered
 *     crawls.hooksOpen  all  ID        nothing: a crawl runs that tells it, or something waits
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import { parsePosition, type Position } from '../../../base/ids.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { WebhookEvent } from '../../../wire/api-webhooks.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { WEBHOOK_PAGES_MAX } from '../../../wire/webhook-bounds.ts'
import { Url } from '../crawl/rows.ts'
import { UNUSED_KEPT_MS } from './limits.ts'

export const HOOKS_TABLE = 'crawls.hooks'
export const OPEN_HOOKS_TABLE = 'crawls.hooksOpen'
export const OPEN_HOOKS_PK = 'all'
export const WAIT_PREFIX = 'wait/'

export const HookSpec = {
  url: Url,
  events: Type.Array(WebhookEvent),
  secret: Type.String({ maxLength: 200 }),
}

export const Told = Type.Object({
  status: Type.Optional(Type.Integer()),
  code: Type.Optional(Type.String({ maxLength: 64 })),
})

const HookRow = Type.Object({
  ...HookSpec,
  /** Crawls that run and tell it. */
  running: Count,
  /** Whose it was is deleted: it goes when nothing waits any more. */
  isLeaving: Type.Boolean(),
  isGone: Type.Boolean(),
  /** Of the event that comes next. */
  seq: Count,
  /** The last one that was handed out to be sent. */
  taken: Count,
  waiting: Count,
  delivered: Count,
  givenUp: Count,
  leftOut: Count,
  /** In a row, and since when; logged time. */
  failures: Count,
  failingSinceMs: Type.Optional(Count),
  nextTryMs: Type.Optional(Count),
  last: Type.Optional(Type.Object({ atMs: Count, type: Type.String(), ...Told.properties })),
})
export type HookRow = Readonly<Static<typeof HookRow>>

export const ChangedPage = Type.Object({
  url: Url,
  /** For `/v1/pages/{id}`. */
  id: Hex64,
  /** Nothing was held before, or something else. */
  change: Type.Union([Type.Literal('new'), Type.Literal('changed')]),
  status: Type.Optional(Type.Integer()),
  hash: Type.Optional(Hex64),
  /** Of what was held before. */
  before: Type.Optional(Hex64),
  title: Type.Optional(Type.String({ maxLength: 300 })),
})
export type ChangedPage = Readonly<Static<typeof ChangedPage>>

const EventRow = Type.Object({
  type: Type.String({ maxLength: 64 }),
  crawl: Type.Optional(Hex32),
  atMs: Count,
  /** As JSON, without the pages. */
  data: Type.String({ maxLength: 4_096 }),
  pages: Type.Optional(Type.Array(ChangedPage, { maxItems: WEBHOOK_PAGES_MAX })),
})
export type EventRow = Readonly<Static<typeof EventRow>>

export const readHookRow = rowReader(HookRow)
export const readEventRow = rowReader(EventRow)

export function partitionOfHook(id: string): PartitionId {
  return partitionOf(HOOKS_TABLE, id)
}

/** Who owns it on the ring delivers. */
export function positionOfHook(id: string): Position {
  return parsePosition(sha256Hex(`${HOOKS_TABLE} ${id}`))
}

export function hookKey(id: string): RecordKey {
  return { table: HOOKS_TABLE, pk: id, sk: 'hook' }
}

export function eventKey(id: string, seq: number): RecordKey {
  return { table: HOOKS_TABLE, pk: id, sk: WAIT_PREFIX + String(seq).padStart(SEQ_DIGITS, '0') }
}

export function seqOf(sk: string): number {
  return Number(sk.slice(WAIT_PREFIX.length))
}

const SEQ_DIGITS = 12

export function hookIn(work: PartitionWork, id: string): HookRow | undefined {
  const record = work.get(hookKey(id))
  return record === undefined ? undefined : readHookRow(record)
}

export function isOpen({ isGone, running, waiting }: HookRow): boolean {
  return !isGone && (running > 0 || waiting > 0)
}

/** @param isUsed it belongs to something by now; else it goes by itself */
export function putHook(work: PartitionWork, id: string, row: HookRow, isUsed = true): void {
  work.put(hookKey(id), rowBytes(row), isUsed ? undefined : work.timeMs + UNUSED_KEPT_MS)
}
