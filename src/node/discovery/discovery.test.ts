import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { fc } from '../../../test/properties.ts'
import { utf8 } from '../../base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { parseRingId } from '../../base/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import { DISCOVERY_BYTES, encodeDiscover, readDiscovery } from '../../wire/discovery.ts'
import { answerDiscovery, type AnswererOptions, type DiscoveryAnswerer } from './answerer.ts'
import { findRing, findRings, type FinderOptions } from './finder.ts'

const PORT = 9299
const FINGERPRINT = 'f'.repeat(64)
const NONCE = '0'.repeat(32)
const RING_A = parseRingId('a'.repeat(32))
const RING_B = parseRingId('b'.repeat(32))
const EVERYWHERE: FinderOptions = { port: PORT, askAt: [] }

function settle<T>(world: World, promise: Promise<T>): Promise<T> {
  return world.settle(promise, 'the step of the test', MINUTE_MS)
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isAnilloError(error, code))
}

function answering(
  world: World,
  machine: Machine,
  options: Partial<AnswererOptions> = {},
): Promise<DiscoveryAnswerer> {
  const whole: AnswererOptions = {
    port: PORT,
    ringId: RING_A,
    fingerprint: () => FINGERPRINT,
    selfAddress: `${machine.address}:9300`,
    liveAddresses: () => [],
    others: () => false,
    mayEnrol: () => true,
    ...options,
  }
  return settle(world, answerDiscovery(machine.effects(), whole))
}

/** A bare socket, and what came to it. */
async function socketOf(world: World, effects: Effects) {
  const heard: Uint8Array[] = []
  const received = (bytes: Uint8Array): void => void heard.push(bytes)
  const endpoint = { host: '0.0.0.0', port: 0 }
  const socket = await settle(world, effects.net.datagrams({ endpoint, shared: false, received }))
  return { socket, heard }
}

test('a member answers, hears and tells nothing on a network that is not the ring’s', async () => {
  const world = new World({ seed: 1 })
  const [member, client] = [world.machine(), world.machine()]
  let others = 0
  const answerer = await answering(world, member, {
    isHeard: () => false,
    others: () => {
      others++
      return true
    },
  })
  const { heard, socket } = await socketOf(world, client.effects())
  const to = { host: member.address, port: PORT }
  socket.send(encodeDiscover(NONCE), to)
  socket.send(utf8('another kind'), to)
  answerer.broadcast(utf8('who leads'))
  await world.pass(SECOND_MS)
  assert.deepEqual([heard.length, others], [0, 0])
  assert.deepEqual(answerer.counters, { answered: 0, garbled: 0, unanswered: 0, dropped: 2 })
})

test('findRing() hears the ring of its network and whom to ask', async () => {
  const world = new World({ seed: 1 })
  const member = world.machine()
  await answering(world, member, { liveAddresses: () => ['10.0.0.9:9300'] })
  const found = await settle(world, findRing(world.machine().effects(), EVERYWHERE))
  assert.deepEqual(found, {
    ringId: RING_A,
    fingerprint: FINGERPRINT,
    addresses: [`${member.address}:9300`, '10.0.0.9:9300'],
  })
})

test('findRing() finds it though most datagrams are lost, and one lost for good is given up', async () => {
  const world = new World({ seed: 2 })
  const member = world.machine()
  await answering(world, member)
  const newcomer = world.machine()
  world.links.block({ from: newcomer.address, to: member.address })
  const started = findRing(newcomer.effects(), EVERYWHERE)
  started.catch(() => undefined)
  await world.pass(3 * SECOND_MS)
  world.links.heal()
  assert.equal((await settle(world, started)).ringId, RING_A)
  world.links.block({ from: member.address, to: newcomer.address })
  await rejectsWith('RING_NOT_FOUND', settle(world, findRing(newcomer.effects(), EVERYWHERE)))
})

test('findRing() joins none of two rings unless one is named', async () => {
  const world = new World({ seed: 3 })
  await answering(world, world.machine())
  await answering(world, world.machine(), { ringId: RING_B })
  const { net, clock, random } = world.machine().effects()
  const effects = { net, clock, random }
  await assert.rejects(
    settle(world, findRing(effects, EVERYWHERE)),
    (thrown) =>
      isAnilloError(thrown, 'RING_AMBIGUOUS') &&
      [RING_A, RING_B].every((id) => new RegExp(`${id} at \\d+\\.`).test(thrown.message)),
  )
  const named = await settle(world, findRing(effects, { ...EVERYWHERE, ring: 'bb' }))
  assert.equal(named.ringId, RING_B)
  await rejectsWith(
    'RING_NOT_FOUND',
    settle(world, findRing(effects, { ...EVERYWHERE, ring: 'c' })),
  )
  assert.equal((await settle(world, findRings(effects, EVERYWHERE))).length, 2)
})

test('findRing() reaches beyond its network only where it is told a host', async () => {
  const world = new World({ seed: 4 })
  const member = world.machine({ segment: 1 })
  await answering(world, member)
  const effects = world.machine({ segment: 2 }).effects()
  await rejectsWith('RING_NOT_FOUND', settle(world, findRing(effects, EVERYWHERE)))
  const found = await settle(world, findRing(effects, { port: PORT, askAt: [member.address] }))
  assert.equal(found.ringId, RING_A)
})

test('findRing() ends when it is cancelled', async () => {
  const world = new World({ seed: 5 })
  const gone = new AbortController()
  const finding = findRing(world.machine().effects(), { ...EVERYWHERE, signal: gone.signal })
  finding.catch(() => undefined)
  gone.abort()
  await rejectsWith('RPC_CANCELLED', settle(world, finding))
})

test('a member that may not enrol, and a ring on loopback, stay silent to the network', async () => {
  const world = new World({ seed: 6 })
  const shut = await answering(world, world.machine(), { mayEnrol: () => false })
  const machine = world.machine()
  const inside = await answering(world, machine, { selfAddress: '127.0.0.1:9300' })
  await rejectsWith(
    'RING_NOT_FOUND',
    settle(world, findRing(world.machine().effects(), EVERYWHERE)),
  )
  for (const { counters } of [shut, inside]) {
    assert.equal(counters.answered, 0)
    assert.ok(counters.unanswered > 0)
  }
})

test('answerDiscovery() drops and counts what is no question, and never answers at greater length', async () => {
  const world = new World({ seed: 7 })
  const member = world.machine()
  const long = `${'x'.repeat(200)}.example:9300`
  const answerer = await answering(world, member, { liveAddresses: () => [long, long, long] })
  const effects = world.machine().effects()
  const { socket, heard } = await socketOf(world, effects)
  const to = { host: member.address, port: PORT }
  const garbage = [
    new Uint8Array(),
    utf8('DISCOVER'),
    utf8('{"anillo":1,"kind":"DISCOVER","nonce":"short"}'),
    utf8('[1,2,3]'),
    new Uint8Array(DISCOVERY_BYTES + 1).fill(0x20),
    effects.random.bytes(300),
  ]
  for (const bytes of garbage) socket.send(bytes, to)
  await world.pass(SECOND_MS)
  assert.equal(answerer.counters.garbled, garbage.length)
  assert.equal(heard.length, 0)

  const question = encodeDiscover(NONCE)
  socket.send(question, to)
  await world.pass(SECOND_MS)
  assert.equal(heard.length, 1)
  assert.ok((heard[0]?.length ?? 0) <= question.length)
  // Without its padding a question buys no answer.
  socket.send(utf8(`{"anillo":1,"kind":"DISCOVER","nonce":"${NONCE}"}`), to)
  await world.pass(SECOND_MS)
  assert.equal(heard.length, 1)
})

test('answerDiscovery() answers a flood at its own pace', async () => {
  const world = new World({ seed: 8 })
  const member = world.machine()
  const answerer = await answering(world, member)
  const { socket } = await socketOf(world, world.machine().effects())
  for (let i = 0; i < 500; i++)
    socket.send(encodeDiscover(NONCE), { host: member.address, port: PORT })
  await world.pass(SECOND_MS / 2)
  const { answered, unanswered } = answerer.counters
  assert.ok(answered <= 40 && unanswered >= 400, `${answered} answered, ${unanswered} not`)
})

test('a member that cannot have the port runs all the same', async () => {
  const world = new World({ seed: 9 })
  const machine = world.machine()
  const effects = machine.effects()
  const endpoint = { host: '0.0.0.0', port: PORT }
  const received = (): void => undefined
  await settle(world, effects.net.datagrams({ endpoint, shared: false, received }))
  const fingerprint = (): string => FINGERPRINT
  const options = { port: PORT, ringId: RING_A, fingerprint, selfAddress: 'm:1' }
  const whole = { ...options, liveAddresses: () => [], others: () => false, mayEnrol: () => true }
  const answerer = await settle(world, answerDiscovery(effects, whole))
  await answerer.close()
})

test('readDiscovery() takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => readDiscovery(bytes) === undefined),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (json) => readDiscovery(utf8(JSON.stringify(json))) === undefined),
  )
})

test('readDiscovery() takes no address that is none: newcomers print them', () => {
  const answer = (address: string) =>
    readDiscovery(
      utf8(
        JSON.stringify({
          anillo: 1,
          kind: 'ENTRY_POINT',
          nonce: '0'.repeat(32),
          ringId: '1'.repeat(32),
          fingerprint: FINGERPRINT,
          addresses: [address],
        }),
      ),
    )
  for (const address of ['m:1', '10.0.0.7:9300', 'ring-a.example:65535', '[fe80::1%eth0]:9300'])
    assert.notEqual(answer(address), undefined, address)
  for (const address of ['\u001b[2J:9300', 'a b:1', 'm', 'm:', 'm:999999', `${'m'.repeat(300)}:1`])
    assert.equal(answer(address), undefined, address)
})

test('DiscoveryAnswerer.broadcast() reaches all members of the network, and `others` takes its bytes', async () => {
  const world = new World({ seed: 10 })
  const heard: string[] = []
  const takes = (name: string) => (bytes: Uint8Array) => {
    heard.push(`${name} ${bytes.length}`)
    return true
  }
  const one = world.machine()
  const sender = await answering(world, one, { others: takes('one') })
  const second = await answering(world, world.machine(), { others: takes('two') })
  await answering(world, world.machine({ segment: 2 }), { others: takes('far') })
  // Another process of the first machine, whose ring is on loopback, hears and says nothing beyond.
  const inside = world.machine({ hostOf: one })
  const local = await answering(world, inside, { selfAddress: '127.0.0.1:9301' })
  sender.broadcast(utf8('four'))
  await world.pass(SECOND_MS)
  assert.deepEqual(new Set(heard), new Set(['one 4', 'two 4']))
  assert.equal(second.counters.garbled, 0)
  heard.length = 0
  local.broadcast(utf8('seven'))
  await world.pass(SECOND_MS)
  assert.deepEqual(new Set(heard), new Set(['one 5']))
})

test('a flood of other datagrams is dropped unread', async () => {
  const world = new World({ seed: 11 })
  const member = world.machine()
  let read = 0
  const others = (): boolean => {
    read++
    return false
  }
  const answerer = await answering(world, member, { others })
  const { socket } = await socketOf(world, world.machine().effects())
  for (let i = 0; i < 2_000; i++) socket.send(utf8('x'), { host: member.address, port: PORT })
  await world.pass(SECOND_MS / 2)
  assert.ok(read <= 1_000, `${read} were read`)
  assert.equal(answerer.counters.dropped, 2_000 - read)
  assert.equal(answerer.counters.garbled, read)
})
