/** What takes a while ends with the session that it was begun with. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import type { Backups } from './door.ts'
import { askedDoor, bearer } from './entrance.test-helper.ts'
import { ASK_AGAIN_MS } from './limits.ts'

type Door = Awaited<ReturnType<typeof askedDoor>>

interface Order {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly body: string
}

/** Sends the head of an order and one byte of its body. */
async function beginOrder(door: Door, { body, method, path, token }: Order) {
  await door.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: localhost',
    `authorization: ${bearer(token).authorization}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 1)}`)
  return { finish: () => socket.write(body.slice(1)), told: text(socket) }
}

async function checks({ accounts }: Door, count: number): Promise<void> {
  while (accounts.checks < count) await new Promise(setImmediate)
  await new Promise(setImmediate)
}

const ORDERS: readonly Omit<Order, 'token'>[] = [
  { method: 'PUT', path: '/v1/users/bob/role', body: '{"role":"administrator"}' },
  {
    method: 'POST',
    path: '/v1/kv/notes/anna',
    body: '{"writes":[{"kind":"put","sk":"a","value":""}]}',
  },
]

for (const order of ORDERS) {
  const name = `${order.method} ${order.path}`

  test(`${name}, whose body is held back until its session ended, is refused`, async () => {
    await using door = await askedDoor()
    const token = door.accounts.person('ana', 'administrator')
    door.accounts.person('bob', 'member')
    const { finish, told } = await beginOrder(door, { ...order, token })
    await checks(door, 1)
    door.accounts.people.get('ana')?.sessions.clear()
    finish()
    assert.match(await told, /^HTTP\/1\.1 401 /)
    assert.equal((await door.accounts.user('bob')).role, 'member')
  })

  test(`${name}, whose body comes late, is done for a session that goes on`, async () => {
    await using door = await askedDoor()
    const token = door.accounts.person('ana', 'administrator')
    door.accounts.person('bob', 'member')
    const { finish, told } = await beginOrder(door, { ...order, token })
    await checks(door, 1)
    finish()
    assert.match(await told, /^HTTP\/1\.1 200 /)
    assert.equal(door.accounts.checks, 2)
  })
}

test('a backup breaks off once who reads it may read no more', async () => {
  const clock = new ManualClock()
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>())
  const piece: BackupPiece = { kind: 'rows', rows: new Uint8Array(1) }
  const backups: Backups = {
    isOperator: () => false,
    async *collect() {
      for (const { promise } of gates) {
        yield piece
        await promise
      }
      yield { kind: 'end' }
    },
    hold: async () => undefined,
    chunk: async () => new Uint8Array(1),
  }
  await using door = await askedDoor({ more: { backups, clock } })
  const token = door.accounts.person('ana', 'operator')
  const url = await door.server.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${url}/v1/ring/backups`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: '{"known":[]}',
  })
  assert.equal(answer.status, 200)
  clock.advance(ASK_AGAIN_MS)
  gates[0]?.resolve()
  await checks(door, 2)
  door.accounts.people.get('ana')?.sessions.clear()
  clock.advance(ASK_AGAIN_MS)
  for (const { resolve } of gates) resolve()
  await assert.rejects(answer.bytes())
})

test('a lock that is waited for goes to nobody who logged out meanwhile', async () => {
  await using door = await askedDoor({ more: { clock: new ManualClock() } })
  const take = (token: string, payload: object) =>
    door.ask({ method: 'POST', url: '/v1/locks/a', payload, headers: bearer(token) })
  const bob = door.accounts.person('bob', 'operator')
  const { token: lock } = (await take(bob, { ttl: 30 })).json()
  const waiting = take(door.accounts.person('ana', 'operator'), { ttl: 30, wait: 10 })
  await checks(door, 3)
  door.accounts.people.get('ana')?.sessions.clear()
  const url = `/v1/locks/a?token=${lock}`
  const given = await door.ask({ method: 'DELETE', url, headers: bearer(bob) })
  assert.equal(given.statusCode, 204)
  assert.equal((await waiting).statusCode, 401)
})
