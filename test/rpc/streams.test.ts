/** Streams of items: order, credit, slow consumers, ends of every kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import { STREAM_WINDOW_BYTES } from '../../src/rpc/limits.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import { makeRing, methodOf, startMember } from './members.test-helper.ts'

const ITEMS = methodOf('test.items', { kind: 'stream', timeoutMs: 1_000 })
const ITEM_BYTES = 1 << 18

interface Pair {
  readonly world: World
  readonly machines: readonly [Machine, Machine]
  readonly asker: RpcNode
  readonly giver: RpcNode
  stream(question: unknown): AsyncIterator<unknown>
  within<T>(promise: Promise<T>): Promise<T>
}

async function pair(): Promise<Pair> {
  const world = new World({ seed: 11 })
  const machines = [world.machine(), world.machine()] as const
  const effects = [machines[0].effects(), machines[1].effects()] as const
  const ring = await makeRing(effects[0])
  const within = <T>(promise: Promise<T>): Promise<T> => world.settle(promise, 'promise', 60_000)
  const start = (index: 0 | 1): Promise<RpcNode> => {
    const host = machines[index].address
    return within(startMember(effects[index], ring, { number: index + 1, host, port: 9300 }))
  }
  const asker = await start(0)
  const giver = await start(1)
  const stream = (question: unknown): AsyncIterator<unknown> =>
    asker.stream({ addresses: [giver.address] }, ITEMS, question)[Symbol.asyncIterator]()
  return { world, machines, asker, giver, stream, within }
}

async function takeAll(iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    items.push(next.value)
  }
  return items
}

test('stream() gives all items in order, then the end', async () => {
  const { giver, stream, within } = await pair()
  giver.handleStream(ITEMS, async function* give(count) {
    for (let i = 0; i < Number(count); i++) yield { i }
  })
  const items = await within(takeAll(stream(1000)))
  assert.deepEqual(
    items,
    Array.from({ length: 1000 }, (_, i) => ({ i })),
  )
  assert.deepEqual(await within(takeAll(stream(0))), [])
})

test('a consumer that takes nothing holds the sender at the window, in memory too', async () => {
  const { world, giver, stream, within } = await pair()
  let sent = 0
  giver.handleStream(ITEMS, async function* give() {
    for (; sent < 30; sent++) yield new Uint8Array(ITEM_BYTES).fill(sent)
  })
  const iterator = stream(0)
  const first = await within(iterator.next())
  assert.equal(first.done, false)
  await world.pass(10_000)
  const ahead = sent
  assert.ok(ahead <= STREAM_WINDOW_BYTES / ITEM_BYTES + 3, `${ahead} items were sent`)
  await world.pass(10_000)
  assert.equal(sent, ahead)
  const rest = await within(takeAll(iterator))
  assert.equal(rest.length, 29)
  assert.ok(rest.every((item, i) => item instanceof Uint8Array && item[7] === i + 1))
})

test('leaving the loop stops the sender', async () => {
  const { world, asker, giver, within } = await pair()
  let ended = false
  giver.handleStream(ITEMS, async function* give() {
    try {
      for (let i = 0; ; i++) yield new Uint8Array(100_000).fill(i)
    } finally {
      ended = true
    }
  })
  const leave = async (): Promise<void> => {
    const items = asker.stream({ addresses: [giver.address] }, ITEMS, 0)
    for await (const item of items) if (item instanceof Uint8Array && item[0] === 5) break
  }
  await within(leave())
  await world.until(() => ended, 'the generator ends', 1_000)
})

test('an error in the middle arrives behind the items before it', async () => {
  const { giver, stream, within } = await pair()
  giver.handleStream(ITEMS, async function* give() {
    yield 1
    yield 2
    throw new AnilloError('NOT_FOUND', { what: 'third' })
  })
  const iterator = stream(0)
  assert.equal((await within(iterator.next())).value, 1)
  assert.equal((await within(iterator.next())).value, 2)
  await assert.rejects(within(iterator.next()), (error) => isAnilloError(error, 'NOT_FOUND'))
  assert.equal((await within(iterator.next())).done, true)
})

test('each wait for the next item has the time-out, the stream as a whole has none', async () => {
  const { machines, giver, stream, within } = await pair()
  const { clock } = machines[1].effects()
  const sleep = (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.after(ms, resolve)
    return promise
  }
  giver.handleStream(ITEMS, async function* give() {
    for (let i = 0; i < 5; i++) {
      await sleep(800)
      yield i
    }
    await sleep(1_500)
    yield 'late'
  })
  const iterator = stream(0)
  for (let i = 0; i < 5; i++) assert.equal((await within(iterator.next())).value, i)
  await assert.rejects(within(iterator.next()), (error) => isAnilloError(error, 'RPC_TIMEOUT'))
})

test('a sender that dies ends the stream with an error', async () => {
  const { machines, giver, stream, within } = await pair()
  giver.handleStream(ITEMS, async function* give() {
    yield 1
    await new Promise(() => undefined)
  })
  const iterator = stream(0)
  assert.equal((await within(iterator.next())).value, 1)
  const next = iterator.next()
  machines[1].kill()
  await assert.rejects(within(next), (error) => isAnilloError(error, 'RPC_UNREACHABLE'))
})
