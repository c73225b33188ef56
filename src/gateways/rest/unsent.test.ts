import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'

import { MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import {
  PIPELINED_MAX,
  UNSENT_BYTES_MAX,
  UNSENT_BYTES_PER_CONNECTION_MAX,
  UNSENT_LOOK_MS,
  UNSENT_STALL_MS,
} from './limits.ts'
import { recordsDoor, type RecordsDoor } from './records-door.test-helper.ts'

const LIST = 'GET /v1/kv/t/p HTTP/1.1\r\nHost: localhost\r\n\r\n'
const LAST = LIST.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
const LIST_BYTES = 1.4 * MIB

/** A list of a MiB, 1.4 as JSON. */
async function withRecords(door: RecordsDoor): Promise<void> {
  const value = new Uint8Array(60_000)
  for (let sk = 0; sk < 17; sk++) {
    const writes = [{ kind: 'put', sk: `k${sk}`, value }] as const
    await door.store.transact({ table: 't', pk: 'p', conditions: [], writes })
  }
}

/** Asks, and never reads an answer; resolves once all answers are made. */
async function asker(door: RecordsDoor, questions: number): Promise<Socket> {
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1').pause()
  socket.on('error', () => undefined)
  const answers: ServerResponse[] = []
  const asked = ({ socket: { remotePort } }: IncomingMessage, answer: ServerResponse): void => {
    if (remotePort === socket.localPort) answers.push(answer)
  }
  door.server.server.on('request', asked)
  await once(socket, 'connect')
  socket.write(LIST.repeat(questions - 1) + LAST)
  await until(() => answers.filter((answer) => answer.writableEnded).length === questions)
  door.server.server.off('request', asked)
  return socket
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

test('a connection that takes nothing is refused more than its bound, and reads so once it reads', async () => {
  await using door = await recordsDoor()
  await withRecords(door)
  const socket = await asker(door, PIPELINED_MAX)
  assert.ok(door.unsentBytes() > 0)
  let text = ''
  for await (const piece of socket) text += String(piece)
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)
  assert.equal(statuses.length, PIPELINED_MAX)
  const whole = statuses.filter((status) => status === '200').length
  assert.equal(statuses.filter((status) => status === '503').length, PIPELINED_MAX - whole)
  // What the system's own buffers took is not unsent.
  assert.ok(whole * LIST_BYTES < 3 * UNSENT_BYTES_PER_CONNECTION_MAX, `${whole}`)
  await until(() => door.unsentBytes() === 0)
})

test('connections that take nothing leave no more than the bound, and others are answered', async () => {
  await using door = await recordsDoor()
  await withRecords(door)
  const sockets: Socket[] = []
  let mostBytes = 0
  for (let count = 0; count < 80; count++) {
    const socket = await asker(door, 4)
    sockets.push(socket)
    mostBytes = Math.max(mostBytes, door.unsentBytes())
    const { status } = await fetch(`${door.url}/v1/kv/t/p/k1`)
    assert.equal(status, 200)
  }
  assert.ok(mostBytes <= UNSENT_BYTES_MAX, `${mostBytes}`)
  assert.ok(mostBytes > UNSENT_BYTES_MAX / 2, `too tame: ${mostBytes}`)
  for (const socket of sockets) socket.destroy()
  await until(() => door.unsentBytes() === 0)
})

/** More than the system's own buffers take of 1.4 MB each. */
const QUESTIONS = 12

test('a connection that takes no answer whole in time is closed, one that does stays', async () => {
  const clock = new ManualClock()
  await using door = await recordsDoor({ clock })
  await withRecords(door)
  const connected = once(door.server.server, 'connection')
  const stuck = await asker(door, QUESTIONS)
  const [served] = await connected
  const closed = once(served, 'close')
  const ofStuck = door.unsentBytes()
  clock.advance(UNSENT_STALL_MS / 2)
  const moving = await asker(door, QUESTIONS)
  assert.ok(ofStuck > 0 && door.unsentBytes() > ofStuck)
  clock.advance(UNSENT_STALL_MS / 2 + UNSENT_LOOK_MS)
  await closed
  let text = ''
  for await (const piece of moving) text += String(piece)
  assert.equal(text.split('HTTP/1.1 ').length, QUESTIONS + 1)
  await until(() => door.unsentBytes() === 0)
  stuck.destroy()
})
