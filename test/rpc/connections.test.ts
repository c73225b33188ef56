/** Connections between members: shared, settled, found dead, opened again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { LOSSY } from '../../sim/world/links.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import { DEAD_AFTER_MS, HEART_BEAT_MS, PING_AFTER_MS } from '../../src/rpc/limits.ts'
import type { OutOfDate } from '../../src/rpc/link.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import type { Method } from '../../src/wire/method.ts'
import { memberIdOf, methodOf } from './members.test-helper.ts'
import { MemberPair } from './pair.test-helper.ts'

const WHO = methodOf('test.who', { idempotent: true, timeoutMs: 1_000 })
const RENEW = methodOf('test.renew', { idempotent: true, timeoutMs: 1_000 })

class Pair extends MemberPair {
  static of(seed: number): Promise<Pair> {
    return new Pair(seed).startBoth()
  }

  protected override furnish(node: RpcNode): void {
    node.handle(WHO, (_, { caller }) => caller)
    node.handle(RENEW, (_, { caller }) => caller)
  }

  ask(from: 0 | 1): Promise<unknown> {
    const to = from === 0 ? 1 : 0
    return this.node(from).call({ addresses: [this.node(to).address] }, WHO, 0)
  }

  opened(index: 0 | 1): number {
    return this.node(index).counters.connectionsOpened
  }
}

test('one connection serves both directions', async () => {
  const pair = await Pair.of(1)
  await pair.within(pair.ask(0))
  // The other member knows its caller by id: to call back it needs no connection of its own.
  const [one, two] = [pair.node(0), pair.node(1)]
  const back = { addresses: [one.address], id: (await pair.within(pair.ask(0))) as never }
  await pair.within(two.call(back, WHO, 0))
  assert.equal(pair.opened(0), 1)
  assert.equal(pair.opened(1), 1)
})

test('both open at once: one is kept, the same on both sides, and no call is lost', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const pair = await Pair.of(seed)
    const calls = Promise.all([pair.ask(0), pair.ask(1), pair.ask(0), pair.ask(1)])
    await pair.within(calls)
    const { streams } = pair.world.net
    await pair.world.until(() => streams.size <= 2, 'one connection is left', 10_000)
    await pair.within(Promise.all([pair.ask(0), pair.ask(1)]))
    assert.equal(streams.size, 2, `seed ${seed}: both ends of one connection`)
    assert.ok(pair.opened(0) <= 2, `seed ${seed}`)
  }
})

test('a member that was started again is reached by a new connection at once', async () => {
  const pair = await Pair.of(2)
  await pair.within(pair.ask(0))
  pair.machines[1].losePower()
  pair.machines[1].givePower()
  await pair.start(1)
  // The old connection is dead without the other member knowing; the new one's hello tells.
  await pair.within(pair.ask(1))
  await pair.within(pair.ask(0))
})

test('a connection that went silent is found dead by pings, also with nothing to say', async () => {
  const pair = await Pair.of(3)
  await pair.within(pair.ask(0))
  const { links, net } = pair.world
  pair.wall()
  const startMs = pair.world.nowMs
  await pair.world.until(() => net.streams.size === 0, 'both ends give up', 20_000)
  const tookMs = pair.world.nowMs - startMs
  assert.ok(tookMs >= PING_AFTER_MS && tookMs <= DEAD_AFTER_MS + 2 * HEART_BEAT_MS, `${tookMs} ms`)
  links.heal()
  await pair.world.pass(2_000)
  await pair.within(pair.ask(0))
})

test('a quiet connection stays open for as long as it is answered', async () => {
  const pair = await Pair.of(4)
  await pair.within(pair.ask(0))
  await pair.world.pass(120_000)
  assert.equal(pair.world.net.streams.size, 2)
  assert.equal(pair.opened(0), 1)
})

test('a member that stood still does not hold the silence against the others', async () => {
  const pair = await Pair.of(5)
  await pair.within(pair.ask(0))
  pair.machines[0].pause()
  await pair.world.pass(8_000)
  pair.machines[0].resume()
  await pair.world.pass(3_000)
  await pair.within(pair.ask(0))
  assert.equal(pair.opened(0), 1)
})

test('calls get through a bad link by being repeated, and none waits for ever', async () => {
  const pair = await Pair.of(6)
  pair.world.links.setQuality({ ...LOSSY, breakChance: 0.02 })
  let answered = 0
  for (let i = 0; i < 200; i++) {
    try {
      await pair.within(pair.ask(i % 2 === 0 ? 0 : 1))
      answered++
    } catch (error) {
      assert.ok(isAnilloError(error), String(error))
    }
  }
  assert.ok(answered >= 150, `${answered} of 200`)
  assert.ok(pair.opened(0) > 1, 'connections did break')
})

test('the same seed gives the same trace', async () => {
  const traceOf = async (): Promise<string> => {
    const pair = await Pair.of(7)
    pair.world.links.setQuality(LOSSY)
    for (let i = 0; i < 20; i++) await pair.within(pair.ask(0)).catch(() => undefined)
    return pair.world.trace.hash
  }
  assert.equal(await traceOf(), await traceOf())
})

test('dropRefused() ends connections with a removed member, and no other can be opened', async () => {
  const removed = new Set<string>()
  const pair = new Pair(11)
  await pair.start(0, { isAllowed: (member) => !removed.has(member) })
  await pair.start(1)
  const [first, second] = pair.nodes
  assert.ok(first !== undefined && second !== undefined)
  const call = (): Promise<unknown> =>
    pair.within(second.call({ addresses: [first.address] }, WHO, null))
  assert.equal(await call(), memberIdOf(2))
  removed.add(memberIdOf(2))
  first.dropRefused()
  await assert.rejects(call(), (error) => isAnilloError(error, 'MEMBER_REMOVED'))
  const back = pair.within(first.call({ addresses: [second.address] }, WHO, null))
  await assert.rejects(back, (error) => isAnilloError(error, 'RPC_UNREACHABLE'))
})

test('a certificate out of date opens the door for who is enrolled alone, and for what keeps the ring together', async () => {
  const enrolled = new Set([memberIdOf(2)])
  const outOfDate: OutOfDate = {
    mayConnect: (member) => enrolled.has(member),
    mayAsk: (method) => method === RENEW.name,
  }
  for (const isOutOfDate of [true, false]) {
    const pair = new Pair(12)
    await pair.start(0, { outOfDate })
    const certificateForMs = isOutOfDate ? DAY_MS / 2 : 2 * DAY_MS
    await pair.start(1, { certificateForMs })
    const [first, second] = [pair.node(0), pair.node(1)]
    const ask = (method: Method): Promise<unknown> =>
      pair.within(second.call({ addresses: [first.address] }, method, null))
    assert.equal(await ask(RENEW), memberIdOf(2))
    const other = ask(WHO)
    if (isOutOfDate) {
      await assert.rejects(other, (error) => isAnilloError(error, 'CERTIFICATE_EXPIRED'))
    } else assert.equal(await other, memberIdOf(2))
    // The other way the papers are good.
    const target = { addresses: [second.address] }
    assert.equal(await pair.within(first.call(target, WHO, null)), memberIdOf(1))
  }
  const stranger = new Pair(13)
  await stranger.start(0, { outOfDate: { ...outOfDate, mayConnect: () => false } })
  await stranger.start(1, { certificateForMs: DAY_MS / 2 })
  const target = { addresses: [stranger.node(0).address] }
  await assert.rejects(stranger.within(stranger.node(1).call(target, RENEW, null)), (error) =>
    isAnilloError(error, 'CERTIFICATE_EXPIRED'),
  )
})

test('renewConnections() opens them anew at either side, and no call is lost or cut off', async () => {
  for (let seed = 20; seed < 40; seed++) {
    const pair = await Pair.of(seed)
    await pair.within(pair.ask(seed % 2 === 0 ? 0 : 1))
    const before = new Set(pair.world.net.streams)
    const calls: Promise<unknown>[] = []
    for (const index of [0, 1] as const) {
      calls.push(pair.ask(0), pair.ask(1))
      pair.node(index).renewConnections(DEAD_AFTER_MS)
      calls.push(pair.ask(0), pair.ask(1))
    }
    await pair.within(Promise.all(calls))
    const { streams } = pair.world.net
    await pair.world.until(
      () => streams.size <= 2 && ![...streams].some((stream) => before.has(stream)),
      'the old connection is gone',
      2 * DEAD_AFTER_MS,
    )
    await pair.within(Promise.all([pair.ask(0), pair.ask(1)]))
  }
})

test('renewConnections() breaks off what another member does not open anew, after the grace', async () => {
  const pair = await Pair.of(41)
  await pair.within(pair.ask(1))
  const before = new Set(pair.world.net.streams)
  pair.node(0).renewConnections(5_000)
  await pair.world.pass(4_000)
  assert.ok([...before].every((stream) => pair.world.net.streams.has(stream)))
  await pair.world.pass(2_000)
  assert.ok(![...before].some((stream) => pair.world.net.streams.has(stream)))
  await pair.within(Promise.all([pair.ask(0), pair.ask(1)]))
})
