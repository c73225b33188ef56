/** Words without an answer, and members that are lost, in the virtual world. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MemberId } from '../../src/base/ids.ts'
import {
  CONNECT_TIMEOUT_MS,
  NOTICES_WAITING_MAX,
  OUT_BUSY_BYTES,
  VERIFY_TIMEOUT_MS,
} from '../../src/rpc/limits.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import type { MemberTarget } from '../../src/rpc/types.ts'
import type { Notice } from '../../src/wire/method.ts'
import { memberIdOf, methodOf } from './members.test-helper.ts'
import { MemberPair } from './pair.test-helper.ts'

const NEWS: Notice<unknown> = { name: 'test.news', read: (value) => value }
const HANG = methodOf('test.hang', { timeoutMs: 400 })
const ECHO = methodOf('test.echo')

interface Heard {
  readonly from: MemberId
  readonly message: unknown
}

class Two extends MemberPair {
  readonly heard: Heard[] = []
  readonly lost: MemberId[] = []

  static async of(seed: number): Promise<Two> {
    const two = await new Two(seed).startBoth()
    two.node(0).onLost((member) => two.lost.push(member))
    return two
  }

  protected override furnish(node: RpcNode, index: 0 | 1): void {
    node.handle(ECHO, (question) => question)
    node.handle(HANG, () => new Promise(() => undefined))
    if (index === 1) node.hear(NEWS, (message, from) => this.heard.push({ from, message }))
  }

  /** The second member, as the first one speaks to it. */
  get target(): MemberTarget {
    return { addresses: [this.node(1).address], id: memberIdOf(2) }
  }

  tell(message: unknown): void {
    this.node(0).tell(this.target, NEWS, message)
  }

  until(condition: () => boolean, what: string, ms = 10_000): Promise<void> {
    return this.world.until(condition, what, ms)
  }
}

test('tell() connects where it must, keeps the order, and says who told', async () => {
  const two = await Two.of(1)
  const bytes = new Uint8Array([1, 2, 3])
  two.tell(bytes)
  bytes.fill(9)
  two.tell({ a: ['b'] })
  await two.until(() => two.heard.length === 2, 'both are heard')
  two.tell('later')
  await two.until(() => two.heard.length === 3, 'the third is heard')
  const messages = two.heard.map(({ message }) => message)
  assert.deepEqual(messages, [new Uint8Array([1, 2, 3]), { a: ['b'] }, 'later'])
  assert.ok(two.heard.every(({ from }) => from === memberIdOf(1)))
  assert.equal(two.node(0).counters.connectionsOpened, 1)
})

test('what is told to nobody, or to who cannot be reached, is dropped without a word', async () => {
  const two = await Two.of(2)
  two.node(0).tell(two.target, { ...NEWS, name: 'test.unheard' }, 1)
  two.machines[1].kill()
  await two.world.pass(100)
  two.tell('lost')
  await two.world.pass(3_000)
  await two.start(1)
  two.tell('after')
  await two.until(() => two.heard.length > 0, 'it is heard')
  assert.deepEqual(
    two.heard.map(({ message }) => message),
    ['after'],
  )
})

test('a tell() that waits for a connection waits within bounds', async () => {
  const two = await Two.of(3)
  for (let i = 0; i < NOTICES_WAITING_MAX + 50; i++) two.tell(i)
  await two.until(() => two.heard.length >= NOTICES_WAITING_MAX, 'all that waited is heard')
  await two.world.pass(1_000)
  assert.equal(two.heard.length, NOTICES_WAITING_MAX)
})

test('tell() drops what a member that does not read would let pile up', async () => {
  const two = await Two.of(4)
  two.tell('first')
  await two.until(() => two.heard.length === 1, 'it is heard')
  two.machines[1].pause()
  const megabyte = new Uint8Array(1 << 20)
  for (let i = 0; i < 200; i++) two.tell(megabyte)
  two.machines[1].resume()
  await two.world.pass(20_000)
  assert.ok(two.heard.length * megabyte.length <= 2 * OUT_BUSY_BYTES, `${two.heard.length} MiB`)
  two.tell('last')
  await two.until(() => two.heard.at(-1)?.message === 'last', 'the connection goes on')
  assert.equal(two.node(0).counters.connectionsOpened, 1)
})

test('a notice that is not of its shape ends the connection, and is counted', async () => {
  const two = await Two.of(5)
  const picky: Notice<never> = { name: 'test.picky', read: () => undefined }
  two.node(1).hear(picky, () => assert.fail('it was heard'))
  two.node(0).tell(two.target, { name: 'test.picky', read: (value: unknown) => value }, 'what')
  await two.until(() => two.node(1).counters.garbledFrames === 1, 'it is counted')
})

test('onLost() tells of a killed member at once, and once', async () => {
  const two = await Two.of(6)
  await two.within(two.node(0).call(two.target, ECHO, 1))
  two.machines[1].kill()
  await two.until(() => two.lost.length > 0, 'it is told', 200)
  await two.world.pass(5_000)
  assert.deepEqual(two.lost, [memberIdOf(2)])
})

test('isLost() holds from the first failed try until the member is reached again', async () => {
  const two = await Two.of(16)
  const { addresses, id } = two.target
  const isLost = (): boolean => two.node(0).isLost(id, () => addresses)
  assert.equal(isLost(), false, 'nobody has tried')
  await two.within(two.node(0).call(two.target, ECHO, 1))
  assert.equal(isLost(), false)
  two.machines[1].kill()
  await two.until(() => two.lost.length > 0, 'it is told', 200)
  assert.equal(isLost(), true)
  await two.world.pass(60_000)
  assert.equal(isLost(), true)
  await two.start(1)
  await two.until(() => !isLost(), 'asking tries again', 20_000)
})

test('onLost() tells nothing of a connection that broke and was opened again', async () => {
  const two = await Two.of(7)
  await two.within(two.node(0).call(two.target, ECHO, 1))
  two.machines[1].losePower()
  two.machines[1].givePower()
  await two.start(1)
  two
    .node(1)
    .call({ addresses: [two.node(0).address] }, ECHO, 1)
    .catch(() => undefined)
  await two.world.pass(20_000)
  assert.deepEqual(two.lost, [])
  assert.equal(await two.within(two.node(0).call(two.target, ECHO, 2)), 2)
})

test('a call that times out has its connection verified: a dead one is gone soon', async () => {
  const two = await Two.of(8)
  await two.within(two.node(0).call(two.target, ECHO, 1))
  two.wall()
  const startMs = two.world.nowMs
  await assert.rejects(two.within(two.node(0).call(two.target, ECHO, 2, { timeoutMs: 300 })))
  await two.until(() => two.lost.length > 0, 'the connection is given up')
  const tookMs = two.world.nowMs - startMs
  assert.ok(tookMs <= 300 + VERIFY_TIMEOUT_MS + CONNECT_TIMEOUT_MS + 200, `${tookMs} ms`)
  two.world.links.heal()
  await two.world.pass(2_500)
  assert.equal(await two.within(two.node(0).call(two.target, ECHO, 3)), 3)
})

test('a call that times out at a member that lives keeps its connection', async () => {
  const two = await Two.of(9)
  for (let i = 0; i < 5; i++) {
    await assert.rejects(two.within(two.node(0).call(two.target, HANG, 1)))
  }
  await two.world.pass(10_000)
  assert.equal(await two.within(two.node(0).call(two.target, ECHO, 1)), 1)
  assert.equal(two.node(0).counters.connectionsOpened, 1)
})
