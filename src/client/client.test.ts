import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import type { RingEvent, Scrape } from '../wire/api.ts'
import { AnilloClient } from './client.ts'

const A = 'http://localhost:9100'
const B = 'http://localhost:9101'
const SELF = { name: 'n1', id: '1', address: '127.0.0.1:9300', position: '0' }
const RUNNING: Scrape = {
  id: 'ab',
  url: 'http://x/',
  state: 'running',
  how: 'fetched',
  owner: SELF,
  hops: [],
}
const DONE: Scrape = { ...RUNNING, state: 'done', how: 'coalesced' }

interface Asked {
  readonly door: string
  readonly path: string
  readonly key: string | null
}

/** A network of doors; each is a function of the path. What throws is a broken connection. */
function network(doors: Readonly<Record<string, (path: string, count: number) => Response>>) {
  const asked: Asked[] = []
  const counts = new Map<string, number>()
  let keys = 0
  const pauses: number[] = []
  return {
    asked,
    pauses,
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      init.signal?.throwIfAborted()
      const { origin, pathname, search } = new URL(url)
      const path = pathname + search
      const count = counts.get(origin) ?? 0
      counts.set(origin, count + 1)
      asked.push({ door: origin, path, key: new Headers(init.headers).get('idempotency-key') })
      const door = doors[origin]
      if (door === undefined) throw new TypeError('refused')
      return door(path, count)
    },
    pause: async (delayMs: number): Promise<void> => void pauses.push(delayMs),
    newKey: () => `key${++keys}`,
    start: 'npm start',
  }
}

const json = (value: unknown, status = 200) => Response.json(value, { status })
const problem = (code: string, status: number) =>
  json({ type: 't', title: 't', status, code, detail: 'd', details: { what: 'w' } }, status)
const broken = (): never => {
  throw new TypeError('connection reset')
}

test('scrape() follows a running download to its end and tells how it goes', async () => {
  const world = network({ [A]: (_path, count) => json(count < 3 ? RUNNING : DONE) })
  const seen: Scrape[] = []
  const client = new AnilloClient(world, [A])
  const scrape = await client.scrape({ url: 'x' }, { onProgress: (one) => void seen.push(one) })
  assert.equal(scrape.state, 'done')
  assert.equal(scrape.how, 'fetched')
  assert.equal(seen.length, 3)
  assert.deepEqual(
    world.asked.map(({ path }) => path),
    ['/v1/scrapes', '/v1/scrapes/ab', '/v1/scrapes/ab', '/v1/scrapes/ab'],
  )
})

test('a request goes on at another member with its key when a connection breaks', async () => {
  const world = network({ [A]: broken, [B]: () => json(DONE) })
  const client = new AnilloClient(world, [A, B])
  assert.equal((await client.scrape({ url: 'x' })).state, 'done')
  assert.deepEqual(
    world.asked.map(({ door, key }) => [door, key]),
    [
      [A, 'key1'],
      [B, 'key1'],
    ],
  )
  await client.scrape({ url: 'x' })
  assert.deepEqual(world.asked.at(-1), { door: B, path: '/v1/scrapes', key: 'key2' })
})

test('an answer that breaks off in its body is asked for again elsewhere', async () => {
  const half = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
        pull: (controller) => controller.error(new TypeError('terminated')),
      }),
    )
  const world = network({ [A]: half, [B]: () => json(DONE) })
  assert.equal((await new AnilloClient(world, [A, B]).scrape({ url: 'x' })).state, 'done')
})

test('an error that another member may not have is repeated there, others are told at once', async () => {
  const world = network({ [A]: () => problem('RPC_UNREACHABLE', 503), [B]: () => json(DONE) })
  await new AnilloClient(world, [A, B]).scrape({ url: 'x' })
  const never = network({ [A]: () => problem('URL_SCHEME', 400), [B]: () => json(DONE) })
  await assert.rejects(new AnilloClient(never, [A, B]).scrape({ url: 'x' }), (thrown) =>
    isAnilloError(thrown, 'URL_SCHEME'),
  )
  assert.equal(never.asked.length, 1)
})

test('repeating is bounded, and the last word of a member is what is told', async () => {
  const world = network({ [A]: () => problem('RING_NOT_READY', 503), [B]: broken })
  await assert.rejects(new AnilloClient(world, [A, B]).ring(), (thrown) =>
    isAnilloError(thrown, 'RING_NOT_READY'),
  )
  assert.equal(world.asked.length, 8)
})

test('no member at all is RING_NOT_REACHABLE with the addresses tried, soon', async () => {
  const world = network({})
  await assert.rejects(
    new AnilloClient(world, [A, B]).ring(),
    (thrown) => isAnilloError(thrown, 'RING_NOT_REACHABLE') && thrown.message.includes(B),
  )
  assert.equal(world.pauses.length, 1)
})

test('a door that is not of anillo is passed over, and told when there is no other', async () => {
  const world = network({ [A]: () => new Response('<html>'), [B]: () => json(DONE) })
  assert.equal((await new AnilloClient(world, [A, B]).scrape({ url: 'x' })).state, 'done')
  const alone = network({ [A]: () => json({ hello: 1 }) })
  await assert.rejects(new AnilloClient(alone, [A]).ring(), (thrown) =>
    isAnilloError(thrown, 'RPC_GARBLED'),
  )
})

test('a download that is no longer known is asked for again', async () => {
  const answers = [json(RUNNING), problem('NOT_FOUND', 404), json(DONE)]
  const world = network({ [A]: (_path, count) => answers[count] ?? broken() })
  assert.equal((await new AnilloClient(world, [A]).scrape({ url: 'x' })).state, 'done')
  assert.equal(world.asked.at(-1)?.path, '/v1/scrapes')
})

test('an unknown code of a newer member is INTERNAL with its words as the cause', async () => {
  const world = network({ [A]: () => problem('FROM_THE_FUTURE', 500) })
  await assert.rejects(
    new AnilloClient(world, [A]).ring(),
    (thrown) =>
      isAnilloError(thrown, 'INTERNAL') &&
      thrown.cause instanceof Error &&
      thrown.cause.message.startsWith('FROM_THE_FUTURE'),
  )
})

test('events() reads events over any cut of the bytes and goes on when the stream ends', async () => {
  const event = (kind: string): string =>
    `: beat\n\ndata: ${JSON.stringify({ at: '2026-11-21T00:00:00Z', member: SELF, kind })}\n\n`
  const bytes = new TextEncoder().encode(`retry: 500\n\n${event('joined')}${event('unheardOf')}`)
  const inPieces = () =>
    new Response(ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte))))
  const world = network({ [A]: inPieces, [B]: () => new Response(event('left')) })
  const stop = new AbortController()
  const kinds: RingEvent['kind'][] = []
  for await (const { kind } of new AnilloClient(world, [A, B]).events(20, stop.signal)) {
    kinds.push(kind)
    if (kinds.length === 2) stop.abort()
  }
  assert.equal(kinds[0], 'joined')
  assert.equal(world.asked[0]?.path, '/v1/ring/events?recent=20')
  assert.equal(world.asked[1]?.path, '/v1/ring/events?recent=0')
})

test('an address that is no door is refused before anything is asked', () => {
  assert.throws(
    () => new AnilloClient(network({}), ['ftp://x']),
    (thrown) => isAnilloError(thrown, 'USAGE'),
  )
})
