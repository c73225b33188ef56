import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { hexOf } from '../../base/hex.ts'
import { platformEffects } from '../../platform/effects.ts'
import type { OutsideValue } from '../../services/share/outside.ts'
import { EMPTY_STATE } from './node-state.ts'
import { openOutsideNode, type NodeMemory, type OutsideNode } from './outside-node.ts'

const DAY_S = 86_400

function memory(): NodeMemory {
  let state = EMPTY_STATE
  return {
    read: async () => state,
    write: async (written) => {
      state = written
    },
  }
}

async function open(
  t: TestContext,
  more: {
    readonly bootstrap?: readonly { readonly host: string; readonly port: number }[]
    readonly memory?: NodeMemory
    readonly port?: number
  } = {},
): Promise<OutsideNode> {
  const { close, effects } = platformEffects({ path: t.name, logLevel: 'error' })
  const node = await openOutsideNode(effects, {
    endpoint: { host: '127.0.0.1', port: more.port ?? 0 },
    movedBy: '--port',
    key: effects.signing.makeKey(),
    values: 'one',
    bootstrap: more.bootstrap ?? [],
    memory: more.memory ?? memory(),
  })
  t.after(async () => {
    await node[Symbol.asyncDispose]()
    await close()
  })
  return node
}

async function all(values: AsyncIterable<OutsideValue>): Promise<readonly OutsideValue[]> {
  const found: OutsideValue[] = []
  for await (const value of values) found.push(value)
  return found
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('nodes find one another by name, set, get, publish and take back', async (t) => {
  const first = await open(t)
  const bootstrap = [{ host: 'localhost', port: first.endpoint.port }]
  const [second, third] = [await open(t, { bootstrap }), await open(t, { bootstrap })]
  await until(() => [first, second, third].every((node) => node.contacts === 2))
  assert.equal(await second.set('ñandú', 'http://127.0.0.1:1/ñ'), 3)
  assert.deepEqual(await all(third.get('ñandú')), [{ kind: 'text', value: 'http://127.0.0.1:1/ñ' }])
  const pair = platformEffects({ path: t.name, logLevel: 'error' }).effects.signing.makeKey()
  const network = second.publishedBy({ key: async () => pair })
  const record = {
    name: 'f',
    sequence: 1,
    expiresAtS: Math.floor(Date.now() / 1_000) + DAY_S,
    urls: ['http://127.0.0.1:9400/share/n/f'],
    size: 3,
    root: '11'.repeat(32),
  }
  assert.equal(await network.publish(record), 3)
  const [found] = await all(third.get('f'))
  assert.ok(found?.kind === 'record')
  assert.equal(found.record.publisher, hexOf(pair.publicKey))
  assert.deepEqual(found.record.urls, record.urls)
  assert.equal(await network.withdraw('f', 2), 3)
  const [after] = await all(first.get('f'))
  assert.ok(after?.kind === 'record' && after.record.urls.length === 0)
  assert.equal(await network.publish(record), 0)
  const number = await third.trace('ñandú')
  const traced = third.describe().lookups.find((one) => one.number === number)
  assert.deepEqual(
    traced?.hops.map(({ has, round, state }) => [has, round, state]),
    [
      ['value', 1, 'answered'],
      ['value', 1, 'answered'],
    ],
  )
  const picture = third.describe()
  assert.equal(picture.port, third.endpoint.port)
  assert.ok(picture.lookups.length > 0 && picture.buckets[0]?.contacts.length === 2)
})

test('what cannot be set or published is refused in words', async (t) => {
  const node = await open(t)
  await assert.rejects(node.set('', 'x'), { code: 'BAD_REQUEST' })
  await assert.rejects(node.set('n'.repeat(256), 'x'), { code: 'BAD_REQUEST' })
  await assert.rejects(node.set('n', 'x'.repeat(9_000)), { code: 'TOO_LARGE' })
})

test('a node comes back with what it knew, at another port too', async (t) => {
  const kept = memory()
  const first = await open(t)
  const bootstrap = [{ host: '127.0.0.1', port: first.endpoint.port }]
  const second = await open(t, { bootstrap, memory: kept })
  await until(() => first.contacts === 1 && second.contacts === 1)
  await second.set('a', 'b')
  await second[Symbol.asyncDispose]()
  const back = await open(t, { memory: kept })
  await until(() => back.contacts === 1)
  assert.deepEqual(await all(back.get('a')), [{ kind: 'text', value: 'b' }])
})

test('a port in use is told, with what moves it', async (t) => {
  const first = await open(t)
  await assert.rejects(open(t, { port: first.endpoint.port }), /UDP.*--port/)
})

test('an answer that nobody waits for any more ends', async (t) => {
  const node = await open(t)
  const values = node.get('x', { signal: AbortSignal.abort() })
  assert.deepEqual(await all(values), [])
  const waiting = all(node.get('y'))
  await node[Symbol.asyncDispose]()
  assert.deepEqual(await waiting, [])
})
