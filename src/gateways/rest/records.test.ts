import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'

import type { FastifyInstance, InjectOptions } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { STALL_TIMEOUT_MS } from './limits.ts'

const LOOPBACK = { host: 'localhost:9100' }
const AT = '/v1/kv/notes/anna/list'

async function doorOf(store = new MemoryStore()) {
  const random = { u32: () => 1, fraction: () => 0, below: () => 0, bytes: chance() }
  const isReserved = (table: string): boolean => ['ring', 'locks', 'accounts'].includes(table)
  const listener = new ClientListener({ log: { warn: () => undefined } })
  const records = { store, random, isReserved }
  const server = await createGateway({ ...fakeDoor(), listener, records })
  const ask = (options: InjectOptions) =>
    server.inject({ ...options, headers: { ...LOOPBACK, ...options.headers } })
  return { ask, server, store }
}

function chance() {
  let count = 0
  return (length: number): Uint8Array => new Uint8Array(length).fill(++count)
}

type Ask = Awaited<ReturnType<typeof doorOf>>['ask']

async function putText(ask: Ask, url: string, text: string, headers = {}) {
  return ask({ method: 'PUT', url, payload: text, headers })
}

test('a record is made, replaced, read and deleted, with an ETag each time', async () => {
  const { ask } = await doorOf()
  assert.equal((await ask({ url: AT })).statusCode, 404)
  const made = await putText(ask, AT, 'one')
  assert.equal(made.statusCode, 201)
  const replaced = await putText(ask, AT, 'two')
  assert.equal(replaced.statusCode, 204)
  assert.notEqual(made.headers.etag, replaced.headers.etag)
  const read = await ask({ url: AT })
  assert.equal(read.statusCode, 200)
  assert.equal(read.payload, 'two')
  assert.equal(read.headers.etag, replaced.headers.etag)
  assert.equal(read.headers['content-type'], 'application/octet-stream')
  assert.equal(read.headers['x-content-type-options'], 'nosniff')
  assert.match(String(read.headers['content-security-policy']), /sandbox/)
  const head = await ask({ method: 'HEAD', url: AT })
  assert.equal(head.statusCode, 200)
  assert.equal(head.payload, '')
  assert.equal(head.headers['content-length'], '3')
  assert.equal(head.headers.etag, replaced.headers.etag)
  assert.equal((await ask({ method: 'DELETE', url: AT })).statusCode, 204)
  const gone = await ask({ method: 'DELETE', url: AT })
  assert.equal(gone.statusCode, 404)
  assert.equal(gone.json().code, 'NOT_FOUND')
})

test('any bytes are a value, whatever type they are called', async () => {
  const { ask } = await doorOf()
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const types = ['application/json', 'text/plain', 'application/octet-stream', 'x/y; charset=z']
  for (const type of types) {
    const headers = { 'content-type': type }
    await ask({ method: 'PUT', url: AT, payload: bytes, headers })
    assert.deepEqual((await ask({ url: AT })).rawPayload, bytes)
  }
  await ask({ method: 'PUT', url: AT })
  const empty = await ask({ url: AT })
  assert.equal(empty.statusCode, 200)
  assert.equal(empty.rawPayload.length, 0)
})

test('If-None-Match: * makes, If-Match replaces what it names, 412 tells what is there', async () => {
  const { ask, store } = await doorOf()
  const made = await putText(ask, AT, '1', { 'if-none-match': '*' })
  assert.equal(made.statusCode, 201)
  const again = await putText(ask, AT, '2', { 'if-none-match': '*' })
  assert.equal(again.statusCode, 412)
  assert.equal(again.json().code, 'CONDITION_FAILED')
  assert.equal(again.headers.etag, made.headers.etag)
  assert.equal(again.headers['anillo-applied'], 'no')
  const next = await putText(ask, AT, '3', { 'if-match': String(made.headers.etag) })
  assert.equal(next.statusCode, 204)
  for (const stale of [String(made.headers.etag), '"abc"', 'W/"1-2"', '"1-99999999999999999"']) {
    const refused = await putText(ask, AT, '4', { 'if-match': stale })
    assert.equal(refused.statusCode, 412, refused.payload)
  }
  assert.equal((await putText(ask, `${AT}2`, '4', { 'if-match': '*' })).statusCode, 412)
  const deleted = await ask({ method: 'DELETE', url: AT, headers: { 'if-match': '"1-1"' } })
  assert.equal(deleted.statusCode, 412)
  const key = { table: 'notes', pk: 'anna', sk: 'list' }
  assert.equal(Buffer.from((await store.get(key))?.value ?? []).toString(), '3')
})

test('of two clients that race to make one record one gets 201, the other 412', async () => {
  const { ask } = await doorOf()
  const race = ['a', 'b'].map((text) => putText(ask, AT, text, { 'if-none-match': '*' }))
  const codes = (await Promise.all(race)).map(({ statusCode }) => statusCode)
  assert.deepEqual(
    codes.toSorted((a, b) => a - b),
    [201, 412],
  )
})

test('conditions that are none are 400, and nothing is written', async () => {
  const { ask } = await doorOf()
  const wrong = [
    { 'if-match': 'abc' },
    { 'if-match': '' },
    { 'if-match': '"1-1", "1-2"' },
    { 'if-none-match': '"1-1"' },
    { 'if-none-match': 'x' },
  ]
  for (const headers of wrong) {
    const answer = await putText(ask, AT, '1', headers)
    assert.equal(answer.statusCode, 400, JSON.stringify(headers))
    assert.equal(answer.headers['anillo-applied'], 'no')
  }
  assert.equal((await ask({ url: AT })).statusCode, 404)
})

test('a part of a value does not take the place of all of it', async () => {
  const { ask } = await doorOf()
  await putText(ask, AT, 'whole')
  const answer = await putText(ask, AT, 'le', { 'content-range': 'bytes 3-4/5' })
  assert.equal(answer.statusCode, 400)
  assert.equal(answer.headers['anillo-applied'], 'no')
  assert.equal((await ask({ url: AT })).body, 'whole')
})

test('a read can be conditional: 304 for what the client has, 412 for what is no more', async () => {
  const { ask } = await doorOf()
  const etag = String((await putText(ask, AT, '1')).headers.etag)
  const read = (headers: Record<string, string>) => ask({ url: AT, headers })
  const same = await read({ 'if-none-match': `"x", W/${etag}` })
  assert.equal(same.statusCode, 304)
  assert.equal(same.payload, '')
  assert.equal(same.headers.etag, etag)
  assert.equal((await read({ 'if-none-match': '"1-999"' })).statusCode, 200)
  assert.equal((await read({ 'if-none-match': '*' })).statusCode, 304)
  assert.equal((await read({ 'if-match': etag })).statusCode, 200)
  assert.equal((await read({ 'if-match': '"1-999"' })).statusCode, 412)
})

test('names travel percent-encoded, a slash in them too', async () => {
  const { ask, store } = await doorOf()
  const names = ['a/b', 'ünï', '100%', 'a b+c', '%2F', '\u{1f600}', ':x', 'q?#&=', '*']
  for (const sk of names) {
    const url = `/v1/kv/t/${encodeURIComponent('p/q')}/${encodeURIComponent(sk)}`
    assert.equal((await putText(ask, url, sk)).statusCode, 201, sk)
    const record = await store.get({ table: 't', pk: 'p/q', sk })
    assert.equal(Buffer.from(record?.value ?? []).toString(), sk)
    assert.equal((await ask({ url })).payload, sk)
  }
})

test('hostile names are refused with a reason', async () => {
  const { ask } = await doorOf()
  const wrong: readonly (readonly [string, number])[] = [
    ['/v1/kv/t/p/%00', 400],
    ['/v1/kv/t/p/a%00b', 400],
    ['/v1/kv/t%00/p/s', 400],
    ['/v1/kv/t/p/%ff', 400],
    ['/v1/kv/t/p/%c3%28', 400],
    ['/v1/kv/t/p/%ed%a0%80', 400],
    ['/v1/kv/t/p/%', 400],
    ['/v1/kv/t/p/%zz', 400],
    ['/v1/kv/t//s', 400],
    ['/v1/kv//p/s', 400],
    [`/v1/kv/t/p/${'x'.repeat(1_025)}`, 413],
    [`/v1/kv/t/p/${'%C3%A9'.repeat(513)}`, 413],
    [`/v1/kv/${'t'.repeat(65)}/p/s`, 413],
    [`/v1/kv/t/${'p'.repeat(513)}/s`, 413],
  ]
  for (const [url, status] of wrong) {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await ask({ method, url, ...(method === 'PUT' ? { payload: 'x' } : {}) })
      assert.equal(answer.statusCode, status, `${method} ${url.slice(0, 40)}: ${answer.payload}`)
      assert.match(String(answer.headers['content-type']), /problem\+json/)
    }
  }
  const longest = `/v1/kv/t/p/${'%C3%A9'.repeat(512)}`
  assert.equal((await putText(ask, longest, 'x')).statusCode, 201)
})

test('tables of the services and the ring are refused, for reads too', async () => {
  const { ask } = await doorOf()
  for (const table of ['ring', 'locks', 'accounts', 'r%69ng']) {
    for (const url of [`/v1/kv/${table}/p/s`, `/v1/kv/${table}/p`]) {
      const answer = await ask({ url })
      assert.equal(answer.statusCode, 403)
      assert.equal(answer.json().code, 'TABLE_RESERVED')
    }
    assert.equal((await putText(ask, `/v1/kv/${table}/p/s`, 'x')).statusCode, 403)
    const payload = { writes: [{ kind: 'put', sk: 's', value: '' }] }
    assert.equal((await ask({ method: 'POST', url: `/v1/kv/${table}/p`, payload })).statusCode, 403)
  }
})

test('a value over 64 KiB is 413, and nothing is written', async () => {
  const { ask } = await doorOf()
  const most = Buffer.alloc(64 * 1024, 1)
  assert.equal((await ask({ method: 'PUT', url: AT, payload: most })).statusCode, 201)
  const over = await ask({ method: 'PUT', url: `${AT}2`, payload: Buffer.alloc(64 * 1024 + 1) })
  assert.equal(over.statusCode, 413)
  assert.equal(over.json().code, 'TOO_LARGE')
  assert.match(over.json().detail, /64 KiB/)
  assert.equal((await ask({ url: `${AT}2` })).statusCode, 404)
})

async function listening(server: FastifyInstance): Promise<number> {
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

test('a body that is cut off changes nothing', async () => {
  const { server, store } = await doorOf()
  const port = await listening(server)
  const heads = [
    'PUT /v1/kv/notes/anna/list HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf',
    'PUT /v1/kv/notes/anna/list HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  ]
  for (const head of heads) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const arrived = once(server.server, 'request')
    socket.write(head)
    await arrived
    socket.destroy()
    await once(socket, 'close')
  }
  // Everything sent before this answer has been dealt with.
  const answer = await fetch(`http://localhost:${port}/v1/kv/notes/anna/list`)
  assert.equal(answer.status, 404)
  await server.close()
  assert.equal(await store.get({ table: 'notes', pk: 'anna', sk: 'list' }), undefined)
})

test('the same Idempotency-Key is answered again and done once; with another request it is 422', async () => {
  const { ask, store } = await doorOf()
  const key = { 'idempotency-key': 'k-1' }
  const first = await putText(ask, AT, '1', key)
  await putText(ask, AT, '2')
  const again = await putText(ask, AT, '1', key)
  assert.equal(again.statusCode, 201)
  assert.equal(again.headers.etag, first.headers.etag)
  const others = [
    putText(ask, AT, '3', key),
    putText(ask, `${AT}?ttl=5`, '1', key),
    putText(ask, AT, '1', { ...key, 'if-none-match': '*' }),
    ask({ method: 'DELETE', url: AT, headers: key }),
  ]
  for (const other of await Promise.all(others)) {
    assert.equal(other.statusCode, 422)
    assert.equal(other.json().code, 'RETRY_MISMATCH')
  }
  const record = await store.get({ table: 'notes', pk: 'anna', sk: 'list' })
  assert.equal(Buffer.from(record?.value ?? []).toString(), '2')
  for (const bad of ['', 'x'.repeat(256), 'a b']) {
    const answer = await putText(ask, AT, '1', { 'idempotency-key': bad })
    assert.equal(answer.statusCode, 400, bad)
  }
})

test('?ttl= lets a record end, and its end is told', async () => {
  const { ask, store } = await doorOf()
  assert.equal((await putText(ask, `${AT}?ttl=60`, '1')).statusCode, 201)
  const read = await ask({ url: AT })
  assert.equal(Date.parse(String(read.headers['anillo-expires-at'])), store.nowMs + 60_000)
  store.nowMs += 61_000
  assert.equal((await ask({ url: AT })).statusCode, 404)
  for (const ttl of ['0', '-1', 'x', '1.5', '999999999999', '5&ttl=6']) {
    assert.equal((await putText(ask, `${AT}?ttl=${ttl}`, '1')).statusCode, 400, ttl)
  }
})

async function fill(ask: Ask, names: readonly string[]): Promise<void> {
  for (const name of names) await putText(ask, `/v1/kv/t/p/${encodeURIComponent(name)}`, name)
}

test('GET of a partition key lists it in pages', async () => {
  const { ask } = await doorOf()
  await fill(ask, ['b', 'a', 'ab', 'c/d'])
  const all = (await ask({ url: '/v1/kv/t/p' })).json()
  const names = (page: { items: readonly { sk: string }[] }) => page.items.map(({ sk }) => sk)
  assert.deepEqual(names(all), ['a', 'ab', 'b', 'c/d'])
  assert.equal(all.cursor, undefined)
  assert.equal(all.items[3].value, Buffer.from('c/d').toString('base64'))
  assert.match(all.items[0].etag, /^"\d+-\d+"$/)
  const list = async (query: string) => (await ask({ url: `/v1/kv/t/p?${query}` })).json()
  assert.deepEqual(names(await list('prefix=a')), ['a', 'ab'])
  assert.deepEqual(names(await list('start=ab&end=c')), ['ab', 'b'])
  assert.deepEqual(names(await list('reverse=true&limit=1')), ['c/d'])
  const first = await list('limit=3')
  const next = await list(`limit=3&cursor=${encodeURIComponent(first.cursor)}`)
  assert.deepEqual([...names(first), ...names(next)], ['a', 'ab', 'b', 'c/d'])
  await fill(ask, ['new'])
  const stale = await ask({ url: `/v1/kv/t/p?limit=3&cursor=${encodeURIComponent(first.cursor)}` })
  assert.equal(stale.statusCode, 410)
  assert.equal(stale.json().code, 'CURSOR_STALE')
  assert.deepEqual(names((await ask({ url: '/v1/kv/t/nobody' })).json()), [])
})

test('questions for a list that are none are 400', async () => {
  const { ask } = await doorOf()
  const wrong = ['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'reverse=maybe', 'cursor=x']
  for (const query of [
    ...wrong,
    'start=%00',
    'prefix=a&prefix=b',
    'cursor=',
    'end=%ff',
    'x=%c3%28',
  ]) {
    const answer = await ask({ url: `/v1/kv/t/p?${query}` })
    assert.equal(answer.statusCode, 400, query)
  }
  assert.equal((await ask({ url: `/v1/kv/t/p?prefix=${'x'.repeat(2_000)}` })).statusCode, 413)
})

test('a query that is no percent-encoded UTF-8 is 400 at every address, and harms nobody', async () => {
  const { ask } = await doorOf()
  const urls = [AT, '/v1/kv/t/p', '/v1/locks/x', '/v1/ring', '/v1/pages', '/healthz']
  for (const url of urls) {
    for (const query of ['start=%ff', '%ff', 'a=b&c=%', 'a=%zz', '%ed%a0%80=1']) {
      const answer = await ask({ url: `${url}?${query}` })
      assert.equal(answer.statusCode, 400, `${url}?${query}`)
      assert.equal(answer.json().code, 'BAD_REQUEST')
      assert.match(answer.json().detail, /percent-encoded UTF-8/)
    }
  }
  await putText(ask, '/v1/kv/t/p/a+b%20c', 'x')
  const found = await ask({ url: '/v1/kv/t/p?&prefix=a%2Bb+c&' })
  assert.equal(found.json().items.length, 1)
})

test('POST writes several records under conditions, all or nothing', async () => {
  const { ask } = await doorOf()
  const batch = (payload: unknown, headers = {}) =>
    ask({ method: 'POST', url: '/v1/kv/t/p', payload: payload as object, headers })
  const value = Buffer.from([1, 2, 255]).toString('base64')
  const first = await batch({
    conditions: [{ sk: 'a', is: 'absent' }],
    writes: [
      { kind: 'put', sk: 'a', value },
      { kind: 'delete', sk: 'b' },
    ],
  })
  assert.equal(first.statusCode, 200, first.payload)
  assert.deepEqual(first.json().existed, [false, false])
  const { etag } = first.json()
  assert.deepEqual((await ask({ url: '/v1/kv/t/p/a' })).rawPayload, Buffer.from([1, 2, 255]))
  const writes = [
    { kind: 'put', sk: 'b', value: '' },
    { kind: 'put', sk: 'a', value: '', ttl: 5 },
  ]
  const conflict = await batch({
    conditions: [
      { sk: 'a', is: { etag } },
      { sk: 'b', is: 'present' },
    ],
    writes,
  })
  assert.equal(conflict.statusCode, 412)
  assert.equal(conflict.json().details.condition, 1)
  assert.equal((await ask({ url: '/v1/kv/t/p/b' })).statusCode, 404)
  const done = await batch({ conditions: [{ sk: 'a', is: { etag } }], writes })
  assert.deepEqual(done.json().existed, [false, true])
})

test('batches that are none are 400 or 413, and change nothing', async () => {
  const { ask } = await doorOf()
  const put = { kind: 'put', sk: 'a', value: '' }
  const wrong: readonly (readonly [unknown, number])[] = [
    ['', 400],
    ['{', 400],
    [Buffer.from([0x22, 0xff, 0x22]), 400],
    ['[]', 400],
    ['null', 400],
    [{ writes: [] }, 400],
    [{ conditions: [{ sk: 'a', is: 'absent' }], writes: [] }, 400],
    [{ writes: 'x' }, 400],
    [{ writes: [{ kind: 'put', sk: 'a' }] }, 400],
    [{ writes: [{ ...put, value: 'no base64!' }] }, 400],
    [{ writes: [{ ...put, value: 'YQ' }] }, 400],
    [{ writes: [{ ...put, extra: 1 }] }, 400],
    [{ writes: [{ ...put, sk: 'a\0' }] }, 400],
    [{ writes: [{ ...put, sk: '\ud800' }] }, 400],
    [{ writes: [{ ...put, pk: 'another' }] }, 400],
    [{ writes: [{ ...put, ttl: 0 }] }, 400],
    [{ conditions: [{ sk: 'a', is: 'maybe' }], writes: [put] }, 400],
    [{ conditions: [{ sk: 'a', is: { etag: 'x' } }], writes: [put] }, 400],
    [{ writes: Array.from({ length: 300 }, () => put) }, 400],
    ['{"writes":[],"__proto__":{"x":1}}', 400],
    [{ writes: [{ ...put, value: Buffer.alloc(65_537).toString('base64') }] }, 413],
    [Buffer.alloc(3 << 20, 32), 413],
  ]
  for (const [payload, status] of wrong) {
    const answer = await ask({ method: 'POST', url: '/v1/kv/t/p', payload: payload as object })
    const told = JSON.stringify(payload).slice(0, 80)
    assert.equal(answer.statusCode, status, `${told}: ${answer.payload}`)
    assert.equal(answer.headers['anillo-applied'], 'no')
  }
  assert.deepEqual((await ask({ url: '/v1/kv/t/p' })).json().items, [])
})

test('errors say whether the change was surely not carried out', async () => {
  const store = new MemoryStore()
  const { ask } = await doorOf(store)
  const told = [
    ['STORE_UNAVAILABLE', 503, 'no'],
    ['BUSY', 503, 'no'],
    ['DISK_FULL', 507, 'no'],
    ['OUTCOME_UNKNOWN', 504, undefined],
  ] as const
  for (const [code, status, applied] of told) {
    store.failing = new AnilloError(code, { partition: 1, problem: 'x' })
    const answer = await putText(ask, AT, 'x')
    assert.equal(answer.statusCode, status)
    assert.equal(answer.headers['anillo-applied'], applied, code)
  }
})

test('pages of another member may use the headers of records; foreign pages may not', async () => {
  const { ask } = await doorOf()
  const url = AT
  const origin = 'http://localhost:9101'
  const preflight = await ask({ method: 'OPTIONS', url, headers: { origin } })
  assert.match(String(preflight.headers['access-control-allow-headers']), /if-none-match/)
  const answer = await putText(ask, url, 'x', { origin })
  assert.match(String(answer.headers['access-control-expose-headers']), /etag/)
  const foreign = await putText(ask, url, 'x', { origin: 'http://evil.example' })
  assert.equal(foreign.statusCode, 403)
})

test('the description has the paths of records and locks, with examples', async () => {
  const { ask } = await doorOf()
  const { paths } = (await ask({ url: '/v1/openapi.json' })).json()
  assert.deepEqual(
    Object.keys(paths['/v1/kv/{table}/{pk}/{sk}']).filter((method) => method !== 'head'),
    ['get', 'put', 'delete'],
  )
  assert.ok(paths['/v1/kv/{table}/{pk}'].post.requestBody)
  assert.ok(paths['/v1/locks/{name}'].post.requestBody)
  assert.match(JSON.stringify(paths['/v1/kv/{table}/{pk}/{sk}']), /shopping/)
})

test('a client that asks and never reads loses its connection, and others go on', async () => {
  const { ask, server } = await doorOf()
  for (let i = 0; i < 20; i++) {
    await ask({ method: 'PUT', url: `/v1/kv/t/p/k${i}`, payload: Buffer.alloc(50_000) })
  }
  const port = await listening(server)
  // The door's own bound is a minute; what it does then is the same after a moment.
  assert.equal(server.server.timeout, STALL_TIMEOUT_MS)
  server.server.setTimeout(200)
  const socket = connect(port, '127.0.0.1')
  const [served] = await once(server.server, 'connection')
  socket.pause()
  const question = 'GET /v1/kv/t/p HTTP/1.1\r\nHost: localhost\r\n\r\n'
  socket.write(question.repeat(50))
  socket.on('error', () => undefined)
  await once(served, 'close')
  server.server.setTimeout(STALL_TIMEOUT_MS)
  const answer = await fetch(`http://localhost:${port}/v1/kv/t/p/k1`)
  assert.equal(answer.status, 200)
  await answer.arrayBuffer()
  socket.destroy()
  await server.close()
})
