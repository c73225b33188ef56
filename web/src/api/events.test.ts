import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { RingEvent } from '../../../src/wire/api.ts'
import { watchEvents } from './events.ts'
import { RingClient } from './ring-client.ts'

const EVENT: RingEvent = {
  at: '2026-11-21T04:00:00.000Z',
  kind: 'joined',
  member: { name: 'm1', id: '1', address: 'a:1', position: '0'.repeat(64) },
}

/** A stream that a test writes to. */
function stream(): { readonly answer: Response; write(text: string): void; end(): void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made) })
  return {
    answer: new Response(body),
    write: (text) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
  }
}

/** Settles at each next call, in order. */
class Calls {
  readonly #seen: string[] = []
  #wake: () => void = () => undefined

  readonly add = (call: string): void => {
    this.#seen.push(call)
    this.#wake()
  }

  async next(): Promise<string> {
    while (this.#seen.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#seen.shift() ?? ''
  }
}

function watched(answers: (door: string) => Promise<Response>): {
  calls: Calls
  stop: AbortController
} {
  const calls = new Calls()
  const stop = new AbortController()
  const client = new RingClient({
    door: 'http://a',
    doors: ['http://b'],
    onDoor: () => undefined,
    fetch: (url) => answers(new URL(url).origin),
  })
  const watcher = {
    onOpen: (door: string) => calls.add(`open ${door}`),
    onEvents: (events: readonly RingEvent[]) => calls.add(events.map((event) => event.kind).join()),
    onLost: () => calls.add('lost'),
    onUnreachable: () => calls.add('unreachable'),
  }
  void watchEvents(client, watcher, stop.signal)
  return { calls, stop }
}

test('watchEvents() tells events as they come, and passes over what it cannot read', async () => {
  const open = stream()
  const { calls, stop } = watched(async () => open.answer)
  assert.equal(await calls.next(), 'open http://a')
  open.write(`data: nonsense\n\ndata: {"kind":"odd"}\n\ndata: ${JSON.stringify(EVENT)}\n\n`)
  assert.equal(await calls.next(), 'joined')
  stop.abort()
})

test('watchEvents() goes on at the next door when a stream breaks and its door is shut', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const [first, second] = [stream(), stream()]
  let isShut = false
  const { calls, stop } = watched(async (door) => {
    if (door === 'http://b') return second.answer
    if (isShut) throw new TypeError('refused')
    return first.answer
  })
  assert.equal(await calls.next(), 'open http://a')
  isShut = true
  first.end()
  assert.equal(await calls.next(), 'lost')
  t.mock.timers.tick(300)
  assert.equal(await calls.next(), 'open http://b')
  second.write(`data: ${JSON.stringify(EVENT)}\n\n`)
  assert.equal(await calls.next(), 'joined')
  stop.abort()
})

test('watchEvents() leaves a door whose stream falls silent; a comment is no silence', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const [first, second] = [stream(), stream()]
  const { calls, stop } = watched(async (door) => (door === 'http://a' ? first : second).answer)
  assert.equal(await calls.next(), 'open http://a')
  t.mock.timers.tick(15_000)
  first.write(`: beat\n\ndata: ${JSON.stringify(EVENT)}\n\n`)
  assert.equal(await calls.next(), 'joined')
  await new Promise(setImmediate)
  t.mock.timers.tick(15_000)
  await new Promise(setImmediate)
  t.mock.timers.tick(5_000)
  assert.equal(await calls.next(), 'lost')
  t.mock.timers.tick(300)
  assert.equal(await calls.next(), 'open http://b')
  stop.abort()
})

test('watchEvents() says that no door answers, and tries again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { calls, stop } = watched(() => Promise.reject(new TypeError('refused')))
  assert.equal(await calls.next(), 'unreachable')
  await new Promise(setImmediate)
  t.mock.timers.tick(300)
  assert.equal(await calls.next(), 'unreachable')
  stop.abort()
})
