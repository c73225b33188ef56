import assert from 'node:assert/strict'
import { test } from 'node:test'

import Type from 'typebox'

import { present } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { Peers } from '../../src/store/peers.ts'
import { defineMethod } from '../../src/wire/method.ts'
import type { Bundle } from '../../src/wire/raft.ts'
import { memberIdOf } from '../world/credentials.ts'
import { LOSSY } from '../world/links.ts'
import type { Machine } from '../world/machine.ts'
import { World } from '../world/world.ts'
import { PeerNetwork } from './virtual-peers.ts'

const greet = defineMethod({
  name: 'test.greet',
  question: Type.Object({ name: Type.String() }),
  answer: Type.Object({ text: Type.String() }),
  timeoutMs: 1_000,
  idempotent: true,
})

interface Standing {
  readonly machine: Machine
  readonly id: MemberId
  peers: Peers
  readonly arrived: number[]
  readonly lost: MemberId[]
}

/** Machines on which somebody listens. */
function stand(
  seed: number,
  count: number,
): { world: World; members: Standing[]; network: PeerNetwork } {
  const world = new World({ seed })
  const network = new PeerNetwork(world)
  const members = Array.from({ length: count }, (_, index) => {
    const machine = world.machine()
    const id = memberIdOf(index)
    return { machine, id, ...listen(network, machine, id) }
  })
  return { world, members, network }
}

function listen(network: PeerNetwork, machine: Machine, id: MemberId) {
  const peers = network.join(machine, machine.effects(), id)
  const arrived: number[] = []
  const lost: MemberId[] = []
  peers.onBundle((_, bundle) => arrived.push(bundle.generation))
  peers.onLost((member) => lost.push(member))
  peers.handle(greet, ({ name }) => ({ text: `hello ${name}` }))
  return { peers, arrived, lost }
}

const numbered = (generation: number): Bundle => ({ generation, messages: [] })
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

function two(seed: number) {
  const { world, members, network } = stand(seed, 2)
  return {
    world,
    network,
    one: present(members[0], 'first'),
    other: present(members[1], 'second'),
  }
}

test('VirtualPeers.send() delivers in order on a calm link', async () => {
  const { world, one, other } = two(1)
  for (const number of numbers(100)) one.peers.send(other.id, numbered(number))
  await world.pass(100)
  assert.deepEqual(other.arrived, numbers(100))
})

test('VirtualPeers.send() loses, doubles and reorders on a lossy link', async () => {
  const { world, one, other } = two(2)
  world.links.setQuality(LOSSY)
  for (const number of numbers(500)) one.peers.send(other.id, numbered(number))
  await world.pass(1_000)
  const different = new Set(other.arrived)
  assert.ok(different.size < 500)
  assert.ok(other.arrived.length > different.size)
  assert.notDeepEqual(
    other.arrived,
    other.arrived.toSorted((a, b) => a - b),
  )
})

test('VirtualPeers.send() gets nothing through a wall, in the walled direction only', async () => {
  const { world, one, other } = two(3)
  world.links.block({ from: one.machine.address, to: other.machine.address })
  one.peers.send(other.id, numbered(1))
  other.peers.send(one.id, numbered(2))
  await world.pass(100)
  assert.deepEqual([one.arrived, other.arrived], [[2], []])
})

test('VirtualPeers cut what is under way when the machine ends, at some point of its order', async () => {
  const kept = new Set<number>()
  for (let seed = 1; seed <= 30; seed++) {
    const { world, one, other } = two(seed)
    for (const number of numbers(10)) one.peers.send(other.id, numbered(number))
    one.machine.losePower()
    await world.pass(100)
    assert.deepEqual(other.arrived, numbers(other.arrived.length))
    kept.add(other.arrived.length)
  }
  assert.ok(kept.size > 3)
})

test('Peers.onLost() is told of a killed member, not of one that lost power or is back', async () => {
  const { world, one, other, network } = two(4)
  other.machine.kill()
  await world.pass(100)
  assert.deepEqual(one.lost, [other.id])
  listen(network, other.machine, other.id)
  other.machine.kill()
  listen(network, other.machine, other.id)
  await world.pass(100)
  other.machine.losePower()
  await world.pass(100)
  assert.deepEqual(one.lost, [other.id])
})

test('PeerNetwork.breakConnections() loses what is under way and tells who is walled off', async () => {
  const { world, one, other, network } = two(5)
  one.peers.send(other.id, numbered(1))
  assert.equal(
    network.breakConnections(() => true),
    1,
  )
  await world.pass(100)
  assert.deepEqual([other.arrived, one.lost], [[], []])
  world.links.block({ from: one.machine.address, to: other.machine.address })
  network.breakConnections(() => true)
  assert.deepEqual(one.lost, [other.id])
})

test('VirtualPeers.ask() is answered, also over a lossy link', async () => {
  const { world, one, other } = two(6)
  world.links.setQuality(LOSSY)
  const asking = one.peers.ask(other.id, greet, { name: 'Ana' })
  assert.deepEqual(await world.settle(asking, 'answer', 2_000), { text: 'hello Ana' })
})

test('VirtualPeers.ask() fails with RPC_TIMEOUT behind a wall, RPC_UNREACHABLE at nobody', async () => {
  const { world, one, other } = two(7)
  world.links.block({ from: other.machine.address, to: one.machine.address })
  const failed = async (): Promise<unknown> => {
    try {
      return await world.settle(one.peers.ask(other.id, greet, { name: 'Ana' }), 'end', 5_000)
    } catch (error) {
      return error
    }
  }
  assert.ok(isAnilloError(await failed(), 'RPC_TIMEOUT'))
  other.machine.kill()
  assert.ok(isAnilloError(await failed(), 'RPC_UNREACHABLE'))
})

test('VirtualPeers wait while their machine is paused', async () => {
  const { world, one, other } = two(8)
  other.machine.pause()
  one.peers.send(other.id, numbered(1))
  await world.pass(1_000)
  assert.deepEqual(other.arrived, [])
  other.machine.resume()
  await world.pass(1)
  assert.deepEqual(other.arrived, [1])
})
