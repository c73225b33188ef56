/**
 * What a request about one record is answered with, by whichever way it came in: through the router
 * (records.ts) or directly (direct.ts). Names are checked by the store.
 */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type { RecordKey, StoredRecord } from '../../store/partition/procedure.ts'
import type { RecordWrite, TransactOutcome } from '../../store/types.ts'
import type { Records } from './door.ts'
import { etagText, judgeRead, writeConditions } from './etags.ts'
import { DOWNLOAD_POLICY } from './headers.ts'
import { writeOptionsOf, type RepeatableRequest } from './idempotency.ts'
import { readTtl } from './record-query.ts'

export type RecordDoor = Pick<Records, 'store' | 'isReserved'>

export interface RecordRequest extends RepeatableRequest {
  readonly key: RecordKey
  /** Of a put. */
  readonly query: unknown
  readonly body: Uint8Array
}

/** Headers go out with a refusal, too. */
export type RecordAnswer =
  | {
      readonly status: number
      readonly headers: AnswerHeaders
      readonly body: Uint8Array | undefined
    }
  | { readonly refusal: AnilloError; readonly headers: AnswerHeaders }

export type AnswerHeaders = Readonly<Record<string, string>>

/** Bytes of others on the API's origin: to be read by programs, never shown. */
const VALUE_HEADERS = {
  'content-type': 'application/octet-stream',
  'content-security-policy': DOWNLOAD_POLICY,
  'cache-control': 'no-cache',
} as const

const NO_HEADERS: AnswerHeaders = {}

/** @throws AnilloError */
export async function answerGet(door: RecordDoor, request: RecordRequest): Promise<RecordAnswer> {
  const { headers: asked, key } = request
  refuseReserved(door, key.table)
  const record = await door.store.get(key)
  if (record === undefined) throw noRecord()
  const headers = recordHeaders(record)
  switch (judgeRead(asked, record.etag)) {
    case 'conditionFailed':
      return { refusal: new AnilloError('CONDITION_FAILED'), headers }
    case 'notModified':
      return { status: 304, headers, body: undefined }
    case 'send':
      return { status: 200, headers: { ...VALUE_HEADERS, ...headers }, body: record.value }
  }
}

/** @throws AnilloError */
export async function answerPut(door: RecordDoor, request: RecordRequest): Promise<RecordAnswer> {
  const { body: value, headers, key, query } = request
  refusePart(headers)
  const outcome = await change(door, request, { kind: 'put', sk: key.sk, value, ...readTtl(query) })
  if (outcome.kind === 'conflict') return refused(outcome)
  const status = outcome.existed[0] === true ? 204 : 201
  return { status, headers: { etag: etagText(outcome.etag) }, body: undefined }
}

/** @throws AnilloError */
export async function answerDelete(
  door: RecordDoor,
  request: RecordRequest,
): Promise<RecordAnswer> {
  const outcome = await change(door, request, { kind: 'delete', sk: request.key.sk })
  if (outcome.kind === 'conflict') return refused(outcome)
  if (outcome.existed[0] !== true) throw noRecord()
  return { status: 204, headers: NO_HEADERS, body: undefined }
}

function change(
  door: RecordDoor,
  request: RecordRequest,
  write: RecordWrite,
): Promise<TransactOutcome> {
  const { body, headers, key } = request
  const { pk, sk, table } = key
  refuseReserved(door, table)
  const conditions = writeConditions(headers, sk)
  const options = writeOptionsOf(request, body)
  return door.store.transact({ table, pk, conditions, writes: [write] }, options)
}

/**
 * What a client sends as a part of a value would take the place of all of it (RFC 9110, 14.5).
 * @throws AnilloError BAD_REQUEST
 */
function refusePart(headers: RecordRequest['headers']): void {
  if (headers['content-range'] === undefined) return
  const problem = 'a record is written whole, without Content-Range'
  throw new AnilloError('BAD_REQUEST', { problem })
}

/** CONDITION_FAILED, with the ETag of what is there in the header. */
export function refused(
  conflict: Extract<TransactOutcome, { kind: 'conflict' }>,
): Extract<RecordAnswer, { refusal: AnilloError }> {
  const { condition, etag } = conflict
  if (etag === undefined) {
    return { refusal: new AnilloError('CONDITION_FAILED', { condition }), headers: NO_HEADERS }
  }
  const text = etagText(etag)
  const refusal = new AnilloError('CONDITION_FAILED', { condition, etag: text })
  return { refusal, headers: { etag: text } }
}

/** @throws AnilloError TABLE_RESERVED */
export function refuseReserved(door: RecordDoor, table: string): void {
  if (door.isReserved(table)) throw new AnilloError('TABLE_RESERVED', { table })
}

function recordHeaders({ etag, expiresAtMs }: StoredRecord): AnswerHeaders {
  const text = etagText(etag)
  if (expiresAtMs === undefined) return { etag: text }
  return { etag: text, 'anillo-expires-at': instant(expiresAtMs) }
}

function noRecord(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'record of this name' })
}
