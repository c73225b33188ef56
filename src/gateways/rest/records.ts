/**
 * `/v1/kv`: records as they are. Bodies are raw bytes, nothing is checked by schemas, and names are
 * checked by the store itself.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { tryText } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import type { RecordKey, StoredRecord } from '../../store/partition/procedure.ts'
import type { Condition, RecordWrite, TransactOutcome, TransactRequest } from '../../store/types.ts'
import { Batch, BatchDone, ListQuestion, RecordList } from '../../wire/api-records.ts'
import { Problem } from '../../wire/api.ts'
import { reader } from '../../wire/method.ts'
import { VALUE_BYTES_MAX } from '../../wire/record-limits.ts'
import { etagText, parseEtag } from './etags.ts'
import { writeOptionsOf } from './idempotency.ts'
import { LISTS_AT_ONCE, LISTS_WAITING_MAX } from './limits.ts'
import {
  answerDelete,
  answerGet,
  answerPut,
  refused,
  refuseReserved,
  type RecordAnswer,
  type RecordDoor,
  type RecordRequest,
} from './record-answers.ts'
import { readRange } from './record-query.ts'
import { Turns } from './turns.ts'

/** A batch of a MiB in base64, and what frames it. */
const BATCH_BODY_BYTES_MAX = 2 * MIB

interface Keyed {
  readonly Params: RecordKey
}
interface Homed {
  readonly Params: { readonly table: string; readonly pk: string }
}

const NO_BYTES = new Uint8Array(0)

export function addRecords(server: FastifyInstance, door: RecordDoor): void {
  void server.register(async (scope) => {
    takeRawBodies(scope)
    addRecord(scope, door)
    addRange(scope, door)
  })
}

/** Bodies stay bytes, whatever they are called; the store checks what schemas would. */
export function takeRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  scope.setValidatorCompiler(() => () => true)
}

function addRecord(scope: FastifyInstance, door: RecordDoor): void {
  const path = '/v1/kv/:table/:pk/:sk'
  scope.get<Keyed>(path, { schema: DESCRIBED.get }, async (request, reply) =>
    send(reply, await answerGet(door, askedIn(request))),
  )
  const put = { schema: DESCRIBED.put, bodyLimit: VALUE_BYTES_MAX }
  scope.put<Keyed>(path, put, async (request, reply) =>
    send(reply, await answerPut(door, askedIn(request))),
  )
  const remove = { schema: DESCRIBED.delete, bodyLimit: VALUE_BYTES_MAX }
  scope.delete<Keyed>(path, remove, async (request, reply) =>
    send(reply, await answerDelete(door, { ...askedIn(request), body: NO_BYTES })),
  )
}

function askedIn(request: FastifyRequest<Keyed>): RecordRequest {
  const { asker, headers, method, params: key, query, url } = request
  return { asker, method, url, headers, key, query, body: bodyOf(request) }
}

/** @throws AnilloError what it is refused with */
function send(reply: FastifyReply, answer: RecordAnswer): FastifyReply {
  void reply.headers(answer.headers)
  if ('refusal' in answer) throw answer.refusal
  return reply.code(answer.status).send(answer.body)
}

function addRange(scope: FastifyInstance, door: RecordDoor): void {
  const { store } = door
  const lists = new Turns({ atOnce: LISTS_AT_ONCE, waitingMax: LISTS_WAITING_MAX, what: 'lists' })
  scope.get<Homed>('/v1/kv/:table/:pk', { schema: DESCRIBED.list }, async (request) => {
    const { pk, table } = homeOf(request, door)
    const wanted = { table, pk, ...readRange(request.query) }
    const page = await lists.take(() => store.list(wanted))
    const cursor = page.cursor === undefined ? {} : { cursor: page.cursor }
    return { items: page.items.map(itemOf), ...cursor }
  })

  const batch = { schema: DESCRIBED.batch, bodyLimit: BATCH_BODY_BYTES_MAX }
  scope.post<Homed>('/v1/kv/:table/:pk', batch, async (request, reply) => {
    const { pk, table } = homeOf(request, door)
    const body = bodyOf(request)
    const transaction = { table, pk, ...readBatch(body) }
    const outcome = await store.transact(transaction, writeOptionsOf(request, body))
    const { etag, existed } = doneOrFailed(outcome, reply)
    return { etag: etagText(etag), existed }
  })
}

function homeOf({ params }: FastifyRequest<Homed>, door: RecordDoor): Homed['Params'] {
  refuseReserved(door, params.table)
  return params
}

/** No body at all is an empty one. */
export function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : NO_BYTES
}

/** @throws AnilloError CONDITION_FAILED, with the ETag of what is there in the header */
function doneOrFailed(
  outcome: TransactOutcome,
  reply: FastifyReply,
): Extract<TransactOutcome, { kind: 'done' }> {
  if (outcome.kind === 'done') return outcome
  const { headers, refusal } = refused(outcome)
  void reply.headers(headers)
  throw refusal
}

function itemOf({ sk, value, etag, expiresAtMs }: StoredRecord) {
  const { buffer, byteLength, byteOffset } = value
  const expiry = expiresAtMs === undefined ? {} : { expiresAt: instant(expiresAtMs) }
  const base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
  return { sk, etag: etagText(etag), value: base64, ...expiry }
}

const checkBatch = reader(Batch)

/** @throws AnilloError BAD_REQUEST */
function readBatch(body: Uint8Array): Pick<TransactRequest, 'conditions' | 'writes'> {
  const batch = checkBatch(readJson(body))
  if (batch === undefined) throw bad('it is no list of conditions and of at least one write')
  return {
    conditions: (batch.conditions ?? []).map(conditionOf),
    writes: batch.writes.map(writeOf),
  }
}

type BatchCondition = NonNullable<Batch['conditions']>[number]

function conditionOf({ sk, pk, is }: BatchCondition): Condition {
  const place = pk === undefined ? { sk } : { sk, pk }
  if (is === 'absent' || is === 'present') return { ...place, is }
  const etag = parseEtag(is.etag)
  if (etag === undefined) throw bad(`${is.etag} is no ETag of a record`)
  return { ...place, is: etag }
}

function writeOf(write: Batch['writes'][number]): RecordWrite {
  const { pk, sk } = write
  const place = pk === undefined ? { sk } : { sk, pk }
  if (write.kind === 'delete') return { kind: 'delete', ...place }
  const value = bytesOf(write.value)
  const { ttl } = write
  const expiry = ttl === undefined ? {} : { expiresInMs: ttl * SECOND_MS }
  return { kind: 'put', ...place, value, ...expiry }
}

/** What is left out or added by a lenient reader of base64 would be stored wrongly. */
function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw bad('a value is not base64')
  return bytes
}

/** @throws AnilloError BAD_REQUEST */
export function readJson(body: Uint8Array): unknown {
  const text = tryText(body)
  if (text === undefined) throw bad('its body is not UTF-8')
  try {
    return JSON.parse(text)
  } catch {
    throw bad('its body is not JSON')
  }
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}

const NAME = { description: 'percent-encoded, “/” as %2F; text without NUL' }
const Home = {
  table: Type.String({ ...NAME, examples: ['notes'] }),
  pk: Type.String({ ...NAME, examples: ['anna'] }),
}
const Named = Type.Object({ ...Home, sk: Type.String({ ...NAME, examples: ['shopping'] }) })
const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })
const Conditions = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'an ETag, or * for: there is one', examples: ['"1-42"'] }),
  ),
  'if-none-match': Type.Optional(
    Type.String({ description: '* for: there is none', examples: ['*'] }),
  ),
})
const WriteHeaders = Type.Object({
  ...Conditions.properties,
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'Sent again with it within a day, the change is carried out once and answered as the first ' +
        'time. It is kept with the partition key that is changed: for each change a key of its own.',
    }),
  ),
})
const tags = ['records']

/** For OpenAPI alone; nothing is checked by them. */
const DESCRIBED = {
  get: {
    summary: 'The value of a record',
    description: 'Linearizable: it shows every change that was answered before. Bears an ETag.',
    tags,
    params: Named,
    headers: Conditions,
    produces: ['application/octet-stream'],
    response: { 200: Bytes, 304: Type.Null(), 404: Problem, 412: Problem, 503: Problem },
  },
  put: {
    summary: 'Write a record, up to 64 KiB of any bytes',
    description:
      'Answered when it is on disk on a majority. 201: there was none, 204: it took the place of ' +
      'one. The ETag is that of the new value.',
    tags,
    params: Named,
    headers: WriteHeaders,
    querystring: Type.Object({
      ttl: Type.Optional(
        Type.Integer({ minimum: 1, description: 'seconds after which the record is gone' }),
      ),
    }),
    consumes: ['application/octet-stream'],
    body: Bytes,
    response: { 201: Type.Null(), 204: Type.Null(), 403: Problem, 412: Problem, 413: Problem },
  },
  delete: {
    summary: 'Delete a record',
    tags,
    params: Named,
    headers: WriteHeaders,
    response: { 204: Type.Null(), 404: Problem, 412: Problem },
  },
  list: {
    summary: 'The records of a partition key, in byte order of their sort keys',
    description:
      'A page holds up to `limit` records and about a MiB. A cursor goes on as long as nothing ' +
      'under the partition key has changed; then it answers 410 CURSOR_STALE.',
    tags,
    params: Type.Object(Home),
    querystring: ListQuestion,
    response: { 200: RecordList, 410: Problem },
  },
  batch: {
    summary: 'Several writes under conditions, all or nothing',
    description:
      'With a condition that does not hold nothing is changed: 412, its number in `condition`.',
    tags,
    params: Type.Object(Home),
    headers: WriteHeaders,
    body: Batch,
    response: { 200: BatchDone, 412: Problem, 413: Problem },
  },
}
