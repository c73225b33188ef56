import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RingClient, RingTrouble, UNREADABLE } from './ring-client.ts'

type Answer = () => Response | Promise<Response>

const dead: Answer = () => Promise.reject(new TypeError('Failed to fetch'))
const ok =
  (value: unknown): Answer =>
  () =>
    Response.json(value)
const problem =
  (status: number, code: string): Answer =>
  () =>
    Response.json(
      { code, detail: `It is ${code}.`, details: { host: 'a.test', n: 7, odd: [] } },
      { status },
    )

/** A client over scripted doors `http://a`, `http://b`, ..., and what was asked of them. */
function clientOver(answers: Readonly<Record<string, Answer>>): {
  client: RingClient
  asked: { url: string; init: RequestInit }[]
  moves: string[]
} {
  const asked: { url: string; init: RequestInit }[] = []
  const moves: string[] = []
  const client = new RingClient({
    door: 'http://a',
    doors: Object.keys(answers),
    onDoor: (door) => moves.push(door),
    fetch: async (url, init) => {
      asked.push({ url, init })
      return (answers[new URL(url).origin] ?? dead)()
    },
  })
  return { client, asked, moves }
}

test('json() asks the door in use and stays there', async () => {
  const { client, asked, moves } = clientOver({ 'http://a': ok({ x: 1 }), 'http://b': ok({}) })
  assert.deepEqual(await client.json({ path: '/v1/ring' }), { x: 1 })
  assert.deepEqual(
    asked.map((one) => one.url),
    ['http://a/v1/ring'],
  )
  assert.deepEqual(moves, [])
})

test('json() repeats the same request at the next door when one is dead, and stays there', async () => {
  const { client, asked, moves } = clientOver({
    'http://a': dead,
    'http://b': dead,
    'http://c': ok(5),
  })
  const question = {
    path: '/v1/scrapes',
    method: 'POST',
    body: { url: 'u' },
    waitSeconds: 20,
  } as const
  assert.equal(await client.json(question), 5)
  assert.equal(client.door, 'http://c')
  assert.deepEqual(moves, ['http://c'])
  assert.equal(asked.length, 3)
  const key = new Headers(asked[0]?.init.headers).get('idempotency-key') ?? ''
  assert.match(key, /^[0-9a-f-]{36}$/)
  for (const { init } of asked) {
    assert.deepEqual(init.headers, {
      prefer: 'wait=20',
      'idempotency-key': key,
      'content-type': 'application/json',
    })
    assert.equal(init.body, '{"url":"u"}')
  }
  await client.json({ path: '/v1/ring' })
  assert.equal(asked[3]?.url, 'http://c/v1/ring')
  assert.deepEqual(asked[3].init.headers, {})
  await client.json(question)
  assert.notEqual(new Headers(asked[4]?.init.headers).get('idempotency-key'), key)
})

test('json() asks elsewhere when a member is not ready, but not when the request itself is wrong', async () => {
  const { client } = clientOver({
    'http://a': problem(503, 'RING_NOT_READY'),
    'http://b': ok('here'),
  })
  assert.equal(await client.json({ path: '/' }), 'here')
  const wrong = clientOver({
    'http://a': problem(400, 'URL_SCHEME'),
    'http://b': ok('never asked'),
  })
  await assert.rejects(wrong.client.json({ path: '/' }), (thrown) => {
    assert.ok(thrown instanceof RingTrouble)
    assert.equal(thrown.code, 'URL_SCHEME')
    assert.equal(thrown.text, 'It is URL_SCHEME.')
    assert.deepEqual(thrown.details, { host: 'a.test', n: 7 })
    return true
  })
  assert.equal(wrong.asked.length, 1)
})

test('json() says that no member answers after trying each door once', async () => {
  const { client, asked } = clientOver({ 'http://a': dead, 'http://b': dead })
  await assert.rejects(client.json({ path: '/' }), { code: 'RING_NOT_REACHABLE' })
  assert.equal(asked.length, 2)
})

test('json() calls an answer that is not JSON unreadable', async () => {
  const { client } = clientOver({ 'http://a': () => new Response('<html>') })
  await assert.rejects(client.json({ path: '/' }), { code: UNREADABLE })
  const failing = clientOver({ 'http://a': () => new Response('<html>', { status: 500 }) })
  await assert.rejects(failing.client.json({ path: '/' }), { code: UNREADABLE })
})

test('open() stops at once when the asker leaves', async () => {
  const stop = new AbortController()
  const { client, asked } = clientOver({
    'http://a': () => {
      stop.abort()
      return dead()
    },
    'http://b': ok(1),
  })
  await assert.rejects(client.open({ path: '/', signal: stop.signal }), { name: 'AbortError' })
  assert.equal(asked.length, 1)
})

test('learn() adds doors, leave() goes on to the next one', () => {
  const { client, moves } = clientOver({ 'http://a': ok(1) })
  client.learn(['http://c', 'http://a'])
  assert.deepEqual(client.doors, ['http://c', 'http://a'])
  client.leave('http://elsewhere')
  assert.deepEqual(moves, [])
  client.leave('http://a')
  assert.equal(client.door, 'http://c')
})

test('json() takes a door that hangs for dead, after the wait that it was asked for', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const begun = Promise.withResolvers<void>()
  const client = new RingClient({
    door: 'http://a',
    doors: ['http://b'],
    onDoor: () => undefined,
    fetch: async (url, { signal }) => {
      if (url.startsWith('http://b')) return Response.json('from b')
      begun.resolve()
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')))
      })
    },
  })
  const answer = client.json({ path: '/', waitSeconds: 20 })
  await begun.promise
  t.mock.timers.tick(25_999)
  assert.equal(client.door, 'http://a')
  t.mock.timers.tick(1)
  assert.equal(await answer, 'from b')
  assert.equal(client.door, 'http://b')
})
