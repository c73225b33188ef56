/** Each request over a socket, where the plain ones go the direct way, and through the router. */
import assert from 'node:assert/strict'
import { request as ask, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { VALUE_BYTES_MAX } from '../../wire/record-limits.ts'
import { recordsDoor, type RecordsDoor } from './records-door.test-helper.ts'

interface Question {
  readonly method: 'GET' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answered {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Of the connection, and of the moment. */
const OF_CONNECTION = ['connection', 'keep-alive', 'date', 'transfer-encoding']

async function directly(door: RecordsDoor, question: Question): Promise<Answered> {
  const { body = '', headers, method, path } = question
  const length = method === 'PUT' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  const asked = ask(new URL(door.url), { method, path, headers: { ...length, ...headers } })
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  asked.on('error', reject)
  asked.on('response', (response) => {
    void buffer(response).then((bytes) => {
      resolve(shown(response.statusCode, response.headers, bytes.toString('latin1')))
    }, reject)
  })
  asked.end(method === 'PUT' ? body : undefined)
  return promise
}

async function routed({ server }: RecordsDoor, question: Question): Promise<Answered> {
  const { body, headers, method, path } = question
  const answer = await server.inject({
    method,
    url: path,
    headers: { host: 'localhost', ...headers },
    ...(body === undefined ? {} : { payload: body }),
  })
  const told = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return shown(answer.statusCode, Object.fromEntries(told), answer.rawPayload.toString('latin1'))
}

function shown(status: number | undefined, headers: IncomingHttpHeaders, body: string): Answered {
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name))
  return { status, headers: Object.fromEntries(kept), body }
}

const type = { 'content-type': 'application/octet-stream' }
const QUESTIONS: readonly Question[] = [
  { method: 'GET', path: '/v1/kv/t/p/s' },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'one', headers: type },
  { method: 'GET', path: '/v1/kv/t/p/s' },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'two' },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: '', headers: type },
  { method: 'GET', path: '/v1/kv/t/p/s' },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'if-none-match': '*' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'if-match': '"9-9"' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'if-match': 'nonsense' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'content-range': 'bytes 0-0/9' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'idempotency-key': 'a' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'idempotency-key': 'a' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'y', headers: { 'idempotency-key': 'a' } },
  { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x', headers: { 'idempotency-key': 'a b' } },
  { method: 'GET', path: '/v1/kv/t/p/s', headers: { 'if-none-match': '*' } },
  { method: 'GET', path: '/v1/kv/t/p/s', headers: { 'if-match': '"9-9"' } },
  { method: 'GET', path: '/v1/kv/t/p/none' },
  { method: 'GET', path: '/v1/kv/ring/p/s' },
  { method: 'PUT', path: '/v1/kv/ring/p/s', body: 'x' },
  { method: 'PUT', path: `/v1/kv/${'t'.repeat(65)}/p/s`, body: 'x' },
  { method: 'GET', path: `/v1/kv/${'t'.repeat(65)}/p/s` },
  { method: 'PUT', path: '/v1/kv/t/p/long', body: 'x'.repeat(VALUE_BYTES_MAX) },
  { method: 'PUT', path: '/v1/kv/t/p/long', body: 'x'.repeat(VALUE_BYTES_MAX + 1) },
  { method: 'GET', path: '/v1/kv/t/p/long' },
  { method: 'PUT', path: '/v1/kv/t/p/s?ttl=60', body: 'x' },
  { method: 'GET', path: '/v1/kv/t/p/%73' },
  { method: 'GET', path: '/v1/kv/t/p/s', headers: { host: 'example.org' } },
  { method: 'GET', path: '/v1/kv/t/p/s', headers: { origin: 'http://localhost:1' } },
  { method: 'GET', path: '/v1/kv/t/p/s', headers: { origin: 'https://example.org' } },
]

test('a record is answered the same whichever way its request comes in', async () => {
  await using one = await recordsDoor()
  await using other = await recordsDoor()
  const statuses = new Set<number | undefined>()
  for (const question of QUESTIONS) {
    const direct = await directly(one, question)
    assert.deepEqual(direct, await routed(other, question), `${question.method} ${question.path}`)
    statuses.add(direct.status)
  }
  assert.deepEqual(
    statuses,
    new Set([404, 201, 200, 204, 412, 400, 422, 304, 403, 413]),
    'the questions meet every answer',
  )
})

test('a failure of the store is told the same whichever way its request comes in', async () => {
  for (const failure of [
    new AnilloError('BUSY', { what: 'writes' }),
    new AnilloError('OUTCOME_UNKNOWN', { partition: 1, problem: 'nobody answers' }),
    new Error('a fault'),
  ]) {
    const store = new MemoryStore()
    store.transact = () => Promise.reject(failure)
    await using door = await recordsDoor({ store })
    const question = { method: 'PUT', path: '/v1/kv/t/p/s', body: 'x' } as const
    assert.deepEqual(await directly(door, question), await routed(door, question))
  }
})
