import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { ClientListener, openFilesMax } from '../../platform/client-listener.ts'
import type { Listener } from './door.ts'
import { recordsDoor } from './records-door.test-helper.ts'

const log = { warn: () => undefined }
const QUESTION = 'GET /v1/kv/t/p/s HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function opened(url: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

test('a connection above the bound is told so and closed; one of before goes on', async () => {
  const listener = new ClientListener({ log, connectionsMax: 8 })
  await using door = await recordsDoor({ listener })
  // One address may have six of eight.
  const held = await Promise.all(Array.from({ length: 6 }, () => opened(door.url)))
  await until(() => listener.connections === 6)
  const over = await opened(door.url)
  over.write(QUESTION)
  const told = await text(over)
  assert.match(told, /^HTTP\/1\.1 503 /)
  assert.match(told, /connection: close/i)
  assert.match(told, /retry-after: 1/i)
  assert.match(told, /"code":"BUSY"/)
  const elsewhere = await opened(door.url, '127.0.0.2')
  for (const socket of [elsewhere, ...held]) {
    socket.write(QUESTION)
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 404 /)
  }
  for (const socket of [elsewhere, ...held]) socket.destroy()
  await until(() => listener.connections === 0)
  const after = await fetch(`${door.url}/v1/kv/t/p/s`)
  assert.equal(after.status, 404)
})

test('a change asked for above the bound is surely not carried out', async () => {
  const listener = new ClientListener({ log, connectionsMax: 1 })
  await using door = await recordsDoor({ listener })
  const held = await opened(door.url)
  await until(() => listener.connections === 1)
  const answer = await fetch(`${door.url}/v1/kv/t/p/s`, { method: 'PUT', body: 'x' })
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('anillo-applied'), 'no')
  assert.equal(door.store.contents, '[]')
  held.destroy()
})

test('connections far above the bound are closed at once, those that ask nothing soon', async () => {
  const listener = new ClientListener({ log, connectionsMax: 4 })
  await using door = await recordsDoor({ listener })
  const sockets = await Promise.all(Array.from({ length: 400 }, () => opened(door.url)))
  let closed = 0
  for (const socket of sockets) socket.resume().once('close', () => closed++)
  // Three of one address are within the bound, 256 are told if they ask.
  await until(() => closed >= 400 - 3 - 256)
  assert.ok(listener.connections <= 3 + 256, `${listener.connections}`)
  await until(() => closed === 400 - 3)
  for (const socket of sockets) socket.destroy()
})

test('a connection that cannot be accepted is told to the log, and the door goes on', async () => {
  const warned: unknown[] = []
  const listener = new ClientListener({ log: { warn: (_text, told) => warned.push(told) } })
  await using door = await recordsDoor({ listener })
  const error = Object.assign(new Error('too many open files'), { code: 'EMFILE' })
  door.server.server.emit('error', error)
  assert.deepEqual(warned, [{ error }])
  assert.equal((await fetch(`${door.url}/v1/kv/t/p/s`)).status, 404)
})

test('the bound leaves open files for the log, and for members', () => {
  assert.ok(new ClientListener({ log }).connectionsMax <= openFilesMax() / 2)
})

test('a request whose body does not come in time is told so, whichever way it goes', async () => {
  const real = new ClientListener({ log })
  const listener: Listener = {
    isOver: (socket) => real.isOver(socket),
    makeServer: (handler, timeouts) => real.makeServer(handler, { ...timeouts, requestMs: 150 }),
  }
  await using door = await recordsDoor({ listener })
  for (const query of ['', '?']) {
    const slow = await opened(door.url)
    slow.write(
      `PUT /v1/kv/t/p/s${query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc`,
    )
    const told = await text(slow)
    assert.match(told, /^HTTP\/1\.1 400 /)
    assert.match(told, /anillo-applied: no/)
    assert.match(told, /took too long/)
  }
  assert.equal(door.store.contents, '[]')
})
