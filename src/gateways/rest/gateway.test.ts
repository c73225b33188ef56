import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import type { InjectOptions } from 'fastify'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { fakeDoor, PAGE_ID, SELF, type FakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { EVENT_LAG_GRACE_MS } from './limits.ts'

async function ask(options: InjectOptions, door: FakeDoor = fakeDoor()) {
  const server = await createGateway(door)
  const host = options.headers?.host ?? 'localhost:9100'
  const answer = await server.inject({ ...options, headers: { ...options.headers, host } })
  await server.close()
  return answer
}

const post = (
  url: string,
  payload: object,
  headers: Record<string, string> = {},
): InjectOptions => ({
  method: 'POST',
  url,
  payload,
  headers,
})

test('POST /v1/scrapes answers 200 with what is held, its age and its place', async () => {
  const answer = await ask(post('/v1/scrapes', { url: ':8000' }))
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers.age, '7')
  assert.equal(answer.headers.location, `/v1/scrapes/${PAGE_ID}`)
  assert.equal(answer.json().page.title, 'Hello')
})

test('POST /v1/scrapes answers 202 while the download runs and hands the wait on', async () => {
  const door = fakeDoor()
  const answer = await ask(post('/v1/scrapes', { url: 'http://slow/' }, { prefer: 'wait=3' }), door)
  assert.equal(answer.statusCode, 202)
  assert.equal(answer.json().state, 'running')
  assert.deepEqual(door.waits, [3_000])
})

test('bad requests are problems with a code, and nothing was applied', async () => {
  const cases: readonly (readonly [InjectOptions, number, string])[] = [
    [post('/v1/scrapes', {}), 400, 'BAD_REQUEST'],
    [post('/v1/scrapes', { url: '' }), 400, 'BAD_REQUEST'],
    [post('/v1/scrapes', { url: 5 }), 400, 'BAD_REQUEST'],
    [post('/v1/scrapes', { url: 'x', surprise: 1 }), 400, 'BAD_REQUEST'],
    [post('/v1/scrapes', { url: 'x', maxAge: -1 }), 400, 'BAD_REQUEST'],
    [post('/v1/scrapes', { url: 'x'.repeat(70_000) }), 413, 'TOO_LARGE'],
    [post('/v1/scrapes', { url: 'http://busy/' }), 503, 'BUSY'],
    [{ method: 'GET', url: '/v1/scrapes/nonsense' }, 400, 'BAD_REQUEST'],
    [{ method: 'GET', url: `/v1/scrapes/${'0'.repeat(64)}` }, 404, 'NOT_FOUND'],
    [{ method: 'GET', url: '/v1/pages?url=' }, 400, 'BAD_REQUEST'],
    [{ method: 'GET', url: '/nowhere' }, 404, 'NOT_FOUND'],
    [{ method: 'GET', url: '/%ff%fe' }, 400, 'BAD_REQUEST'],
    [post('/v1/ring/waiting/999999/admit', {}), 404, 'ADMISSION_UNKNOWN'],
  ]
  for (const [request, status, code] of cases) {
    const answer = await ask(request)
    assert.equal(answer.statusCode, status, `${String(request.url)} ${answer.body}`)
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
    assert.equal(answer.json().code, code)
    assert.equal(answer.headers['anillo-applied'], 'no')
  }
})

test('a body that is not JSON is refused by its type, so that a foreign form cannot write', async () => {
  const answer = await ask({
    method: 'POST',
    url: '/v1/scrapes',
    payload: '{"url":"http://a/"}',
    headers: { 'content-type': 'text/plain' },
  })
  assert.ok(answer.statusCode >= 400 && answer.statusCode < 500)
})

test('only loopback names and loopback origins may use the door', async () => {
  const foreign: readonly Record<string, string>[] = [
    { host: 'evil.example' },
    { host: 'localhost.evil.example' },
    { host: 'localhost:9100', origin: 'http://evil.example' },
    { host: 'localhost:9100', origin: 'null' },
  ]
  for (const headers of foreign) {
    const answer = await ask({ method: 'GET', url: '/v1/ring', headers })
    assert.equal(answer.statusCode, 403, JSON.stringify(headers))
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  }
  const other = { host: 'localhost:9101', origin: 'http://localhost:9100' }
  const answer = await ask({ method: 'GET', url: '/v1/ring', headers: other })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers['access-control-allow-origin'], 'http://localhost:9100')
})

test('a preflight from another member of the ring is answered', async () => {
  const answer = await ask({
    method: 'OPTIONS',
    url: '/v1/scrapes',
    headers: { host: 'localhost:9101', origin: 'http://localhost:9100' },
  })
  assert.equal(answer.statusCode, 204)
  assert.match(String(answer.headers['access-control-allow-headers']), /content-type/)
})

test('a downloaded body is for saving on the API origin', async () => {
  const answer = await ask({ method: 'GET', url: `/v1/pages/${PAGE_ID}/content` })
  assert.equal(answer.body, 'hello')
  assert.match(String(answer.headers['content-disposition']), /^attachment/)
  assert.match(String(answer.headers['content-security-policy']), /^sandbox/)
  assert.equal(answer.headers['x-content-type-options'], 'nosniff')
})

test('a page is shown on the replay door, by the name under which the asker knows the machine', async () => {
  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    const headers = { host: `${name}:9100` }
    const answer = await ask({ method: 'GET', url: `/v1/pages/${PAGE_ID}/view`, headers })
    assert.equal(answer.statusCode, 302)
    const page = '20261121000000/http://localhost:8000/'
    assert.equal(answer.headers.location, `http://${name}:9500/${page}`)
    assert.equal(answer.headers['cache-control'], 'no-store')
  }
})

test('GET /v1/ring/events streams doings and ends when the door closes', async () => {
  const door = fakeDoor()
  const server = await createGateway(door)
  door.push({ at: '2026-11-21T00:00:00.000Z', member: SELF, kind: 'joined' })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${address}/v1/ring/events`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('"joined"')) text += (await reader?.read())?.value ?? ''
  assert.match(text, /^retry: 500\n\ndata: \{/)
  await server.close()
  assert.equal((await reader?.read())?.done, true)
})

/** A reader of doings that took what the sockets take, and then no more than may be unread. */
async function laggingReader(headers = '') {
  const clock = new ManualClock()
  let isLagging = false
  const after = (delayMs: number, run: () => void) => {
    isLagging ||= delayMs === EVENT_LAG_GRACE_MS
    return clock.after(delayMs, run)
  }
  const fake = fakeDoor()
  const door = { ...fake, clock: { ...fake.clock, after } }
  const server = await createGateway(door)
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  const connected = once(server.server, 'connection')
  const reader = connect(Number(new URL(address).port), '127.0.0.1').pause()
  reader.on('error', () => undefined)
  reader.write(`GET /v1/ring/events HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
  const [socket] = await connected
  const url = `http://x/${'x'.repeat(2_000)}`
  while (!isLagging) {
    for (let i = 0; i < 20; i++)
      door.push({ at: '2026-11-21T00:00:00.000Z', member: SELF, kind: 'downloadStarted', url })
    await new Promise(setImmediate)
  }
  return { clock, reader, server, socket }
}

test('a reader of doings that reads nothing loses its connection with all that is unread', async () => {
  const { clock, reader, server, socket } = await laggingReader()
  const closed = once(socket, 'close')
  clock.advance(EVENT_LAG_GRACE_MS)
  await closed
  reader.destroy()
  await server.close()
})

test('a reader of doings that lags and reads again is told so by the last event', async () => {
  const { clock, reader, server } = await laggingReader('Connection: close\r\n')
  const told = await text(reader)
  assert.match(told.slice(-300), /event: lagging\ndata: \{"code":"BUSY"/)
  assert.equal(clock.waiting, 0)
  await server.close()
})

test('readers that ask for the same doings share one source', async () => {
  const door = fakeDoor()
  let sources = 0
  const { ring } = door
  const counted: typeof ring = {
    ...ring,
    events: (recent, signal) => {
      sources++
      return ring.events(recent, signal)
    },
  }
  const server = await createGateway({ ...door, ring: counted })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  const open = async (recent: number) => {
    const { body } = await fetch(`${address}/v1/ring/events?recent=${recent}`)
    return body?.pipeThrough(new TextDecoderStream()).getReader()
  }
  const readers = [await open(5), await open(5)]
  assert.equal(sources, 1)
  door.push({ at: '2026-11-21T00:00:00.000Z', member: SELF, kind: 'joined' })
  const late = await open(5)
  for (const reader of [readers[0], readers[1], late]) {
    let told = ''
    while (!told.includes('"joined"')) told += (await reader?.read())?.value ?? ''
  }
  readers.push(await open(0))
  assert.equal(sources, 2)
  await server.close()
  for (const reader of [...readers, late]) await reader?.cancel().catch(() => undefined)
})

test('the description names every route of the contract', async () => {
  const answer = await ask({ method: 'GET', url: '/v1/openapi.json' })
  const description = answer.json()
  assert.equal(description.openapi, '3.1.0')
  const paths = Object.keys(description.paths)
  for (const path of ['/v1/scrapes', '/v1/pages/{id}/content', '/v1/ring', '/v1/ring/lookup']) {
    assert.ok(paths.includes(path), path)
  }
  const docs = await ask({ method: 'GET', url: '/docs/' })
  assert.equal(docs.statusCode, 200)
})

test('the description bears the name of anillo, links back, and lets no stranger’s script in', async () => {
  const docs = await ask({ method: 'GET', url: '/docs/' })
  assert.match(docs.body, /<title>anillo: the API<\/title>/)
  const icon = await ask({ method: 'GET', url: '/docs/static/theme/ring.svg' })
  assert.match(String(icon.headers['content-type']), /^image\/svg\+xml/)
  const start = await ask({ method: 'GET', url: '/docs/static/swagger-initializer.js' })
  assert.match(start.body, /data:image\/svg\+xml;base64,/)
  const description = await ask({ method: 'GET', url: '/v1/openapi.json' })
  assert.equal(description.json().externalDocs.url, '/')
  for (const answer of [docs, icon, start]) {
    const policy = String(answer.headers['content-security-policy'])
    assert.match(policy, /^default-src 'self'; style-src 'self' 'unsafe-inline'; /)
    assert.doesNotMatch(policy, /script-src|https:|upgrade-insecure-requests/)
  }
})

test('operation routes answer at the root', async () => {
  assert.equal((await ask({ method: 'GET', url: '/healthz' })).statusCode, 200)
  assert.equal((await ask({ method: 'GET', url: '/readyz' })).statusCode, 200)
  assert.match((await ask({ method: 'GET', url: '/metrics' })).body, /anillo_up 1/)
  const unready = await ask(
    { method: 'GET', url: '/readyz' },
    { ...fakeDoor(), ready: () => false },
  )
  assert.equal(unready.json().code, 'RING_NOT_READY')
})

test('bytes that are no request are answered by a problem with a code, and the door stays', async () => {
  const server = await createGateway(fakeDoor())
  try {
    const door = await server.listen({ host: '127.0.0.1', port: 0 })
    const port = Number(new URL(door).port)
    const said = async (bytes: string | Uint8Array): Promise<string> => {
      const socket = connect(port, '127.0.0.1')
      socket.write(bytes)
      return text(socket)
    }
    const long = `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'x'.repeat(20_000)}`
    for (const [bytes, status, code] of [
      [Uint8Array.from({ length: 300 }, (_, at) => (at * 37) & 0xff), 400, 'BAD_REQUEST'],
      ['FOO / HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'],
      [long, 413, 'TOO_LARGE'],
    ] as const) {
      const [head = '', body = ''] = (await said(bytes)).split('\r\n\r\n')
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(head, /content-type: application\/problem\+json/)
      assert.equal(JSON.parse(body).code, code)
    }
    const asked = await fetch(`${door}/v1/ring`)
    assert.equal(asked.status, 200)
  } finally {
    await server.close()
  }
})
