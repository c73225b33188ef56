import assert from 'node:assert/strict'
import { test } from 'node:test'

import { tryText, utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { LOSSY } from './links.ts'
import { connectPair, type End } from './pair.test-helper.ts'
import { World } from './world.ts'

const LONG_MS = 3_600_000

/** How an attempt to connect ends. */
async function outcome(world: World, dial: () => Promise<End>): Promise<string> {
  const ended = dial().then(
    () => 'connected',
    (error: unknown) => (isAnilloError(error) ? String(error.details['problem']) : 'another error'),
  )
  return world.settle(ended, 'the attempt ends', LONG_MS)
}

test('VirtualNet: a wall delays bytes until it falls, in both directions', async () => {
  const world = new World({ seed: 1 })
  const { from, to, caller, callee } = await connectPair(world)
  const route = { from: from.address, to: to.address }
  world.links.block(route)
  caller.stream.write(utf8('held back'))
  callee.stream.write(utf8('gets through'))
  await world.pass(60_000)
  assert.equal(callee.pieces, 0)
  assert.equal(tryText(caller.bytes), 'gets through')
  world.links.open(route)
  await world.until(() => tryText(callee.bytes) === 'held back', 'the bytes come', 60_000)
})

test('VirtualNet: a connection over a wall times out, one behind it is not refused', async () => {
  const world = new World({ seed: 2 })
  const { from, to, dial } = await connectPair(world)
  world.links.block({ from: to.address, to: from.address })
  assert.match(await outcome(world, dial), /no handshake in 10000 ms/)
  world.links.heal()
  assert.equal(await outcome(world, dial), 'connected')
})

test('VirtualNet: data that nobody acknowledges breaks the sender’s end only', async () => {
  const world = new World({ seed: 3 })
  const { from, to, caller, callee } = await connectPair(world)
  world.links.block({ from: from.address, to: to.address })
  caller.stream.write(utf8('lost'))
  await world.until(() => caller.closed !== undefined, 'the sender gives up', LONG_MS)
  assert.deepEqual(caller.closed, { kind: 'broken', problem: 'ETIMEDOUT' })
  assert.equal(callee.closed, undefined)
})

test('Machine.kill() closes its connections and frees its port', async () => {
  const world = new World({ seed: 4 })
  const { to, caller, dial } = await connectPair(world)
  to.kill()
  await world.until(() => caller.closed !== undefined, 'the other end hears of it', 1_000)
  assert.notEqual(caller.closed?.kind, 'destroyed')
  assert.equal(await outcome(world, dial), 'ECONNREFUSED')
})

test('Machine.losePower() leaves half-open connections, reset once power is back', async () => {
  const world = new World({ seed: 5 })
  const { to, caller, dial } = await connectPair(world)
  to.losePower()
  caller.stream.write(utf8('anyone there?'))
  await world.pass(60_000)
  assert.equal(caller.closed, undefined)
  assert.match(await outcome(world, dial), /no handshake/)
  to.givePower()
  await world.until(() => caller.closed !== undefined, 'a reset comes', 60_000)
  assert.deepEqual(caller.closed, { kind: 'broken', problem: 'ECONNRESET' })
})

test('Machine.pause() keeps callers waiting and bytes until it goes on', async () => {
  const world = new World({ seed: 6 })
  const { to, caller, callee, dial } = await connectPair(world)
  to.pause()
  caller.stream.write(utf8('wake up'))
  assert.match(await outcome(world, dial), /no handshake/)
  assert.equal(callee.pieces, 0)
  to.resume()
  await world.until(() => tryText(callee.bytes) === 'wake up', 'it reads on', 1_000)
})

test('VirtualNet: bytes are cut anywhere and stay in order', async () => {
  const world = new World({ seed: 7 })
  const { caller, callee } = await connectPair(world)
  const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index & 0xff)
  for (let at = 0; at < sent.length; at += 100) caller.stream.write(sent.slice(at, at + 100))
  await world.until(() => callee.bytes.length === sent.length, 'all arrives', 10_000)
  assert.deepEqual(callee.bytes, sent)
  assert.ok(callee.pieces >= 5)
})

test('ByteStream.write() that had room does not take an owed drained() away', async () => {
  const world = new World({ seed: 12 })
  const { caller } = await connectPair(world)
  assert.equal(caller.stream.write(new Uint8Array(1_000_000)), false)
  for (let i = 0; i < 50; i++) {
    await world.pass(0.1)
    caller.stream.write(new Uint8Array(10_000))
  }
  await world.until(() => caller.drained > 0, 'drained() is told', 1_000)
})

test('VirtualNet: a bad link breaks connections now and then', async () => {
  const world = new World({ seed: 8 })
  world.links.setQuality({ ...LOSSY, breakChance: 0.05 })
  const { caller, callee } = await connectPair(world)
  let sent = ''
  for (let i = 0; i < 200 && caller.closed === undefined; i++) {
    const text = `piece ${i} `
    sent += text
    caller.stream.write(utf8(text))
    await world.pass(5)
  }
  await world.until(() => callee.closed !== undefined, 'both ends hear of it', 60_000)
  assert.equal(caller.closed?.kind, 'broken')
  assert.ok(sent.startsWith(tryText(callee.bytes) ?? 'no text'), 'no gap in what arrived')
})

test('VirtualNet: a broadcast is heard in its segment, by all who share the port', async () => {
  const world = new World({ seed: 9 })
  const near = [world.machine({ segment: 1 }), world.machine({ segment: 1 })]
  const inside = [...near, world.machine({ hostOf: near[1] ?? world.machine() })]
  const machines = [...inside, world.machine({ segment: 2 })]
  const heard: string[] = []
  const sockets = []
  for (const machine of machines) {
    const { net } = machine.effects()
    const opened = net.datagrams({
      endpoint: { host: '0.0.0.0', port: 9_299 },
      shared: true,
      received: (bytes, from) => heard.push(`${machine.name} ${tryText(bytes)} ${from.host}`),
    })
    sockets.push(await world.settle(opened, 'bind', 1_000))
  }
  sockets[0]?.send(utf8('DISCOVER'), { host: '10.0.1.255', port: 9_299 })
  await world.pass(1_000)
  assert.deepEqual(
    heard.toSorted(),
    ['m1', 'm2', 'm3'].map((name) => `${name} DISCOVER 10.0.1.1`),
  )
})

test('VirtualNet: datagrams are lost, doubled and overtaken on a bad link', async () => {
  const world = new World({ seed: 10 })
  world.links.setQuality(LOSSY)
  const [from, to] = [world.machine(), world.machine()]
  const heard: number[] = []
  const received = (bytes: Uint8Array): number => heard.push(bytes[0] ?? -1)
  const endpoint = { host: '0.0.0.0', port: 5_000 }
  const bound = to.effects().net.datagrams({ endpoint, shared: false, received })
  await world.settle(bound, 'bind', 1_000)
  const sending = from.effects().net.datagrams({ endpoint, shared: false, received: () => {} })
  const socket = await world.settle(sending, 'bind', 1_000)
  for (let n = 0; n < 200; n++) socket.send(new Uint8Array([n]), { host: to.address, port: 5_000 })
  await world.pass(60_000)
  const different = new Set(heard)
  assert.ok(different.size < 200, 'some are lost')
  assert.ok(heard.length > different.size, 'some come twice')
  assert.ok(
    heard.some((n, index) => index > 0 && n < (heard[index - 1] ?? 0)),
    'some overtake',
  )
})
