import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../base/errors.ts'
import { askedDoor } from '../gateways/rest/entrance.test-helper.ts'
import { AnilloClient } from './client.ts'
import { KeyCredentials, SessionCredentials, sessionInMemory } from './credentials.ts'
import type { Credentials } from './request.ts'

const is =
  (code: ErrorCode) =>
  (thrown: unknown): boolean =>
    isAnilloError(thrown, code)

/** A real door with accounts in memory. */
async function accountsDoor(options?: Parameters<typeof askedDoor>[0]) {
  const door = await askedDoor(options)
  door.accounts.person('admin', 'administrator')
  door.accounts.person('ana', 'member')
  const url = await door.server.listen({ host: '127.0.0.1', port: 0 })
  const world = {
    fetch: (address: string, init: RequestInit) => fetch(address, init),
    pause: async () => undefined,
    newKey: () => crypto.randomUUID(),
    start: 'npm start',
  }
  const as = (credentials?: Credentials) => new AnilloClient(world, [url], credentials)
  return {
    as,
    known: door.accounts,
    async person(nick: string) {
      const password = async () => ({ nick, password: `${nick}-password` })
      return as(
        await SessionCredentials.open({ place: sessionInMemory(), client: 'test', password }),
      )
    },
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  }
}

test('a log-in, who one is, sessions and their ends, at a real door', async () => {
  await using door = await accountsDoor()
  const guest = await door.as().accounts.me()
  assert.deepEqual([guest.nick, guest.role], [null, 'guest'])
  const { accounts } = await door.person('ana')
  assert.equal((await accounts.me()).nick, 'ana')
  const [other, mine] = await accounts.sessions('ana')
  assert.ok(other && mine?.isThis)
  await accounts.endSession('ana', other.id)
  await assert.rejects(accounts.endSession('ana', other.id), is('NOT_FOUND'))
  await accounts.logOut({ everywhere: true })
  assert.equal(door.known.people.get('ana')?.sessions.size, 0)
  const wrong = door.as().accounts.logIn({ nick: 'ana', password: 'wrong' })
  await assert.rejects(wrong, is('BAD_LOGIN'))
})

test('accounts are made, listed, changed and deleted by whoever manages them', async () => {
  await using door = await accountsDoor({ isRegistrationOpen: false })
  const { accounts } = await door.person('admin')
  const made = await accounts.register({ nick: 'eva', password: 'long enough' })
  assert.equal(made.nick, 'eva')
  const again = accounts.register({ nick: 'Eva', password: 'long enough' })
  await assert.rejects(again, is('NICK_TAKEN'))
  const nicks: string[] = []
  for await (const { nick } of accounts.users()) nicks.push(nick)
  assert.deepEqual(nicks, ['admin', 'ana', 'eva'])
  assert.equal((await accounts.change('eva', { name: 'Eva' })).name, 'Eva')
  const granted = await accounts.setRole('eva', { role: 'member', grants: ['store.read'] })
  assert.deepEqual(granted.grants, ['store.read'])
  assert.equal((await accounts.setState('eva', 'suspended')).state, 'suspended')
  await accounts.remove('eva', undefined)
  await assert.rejects(accounts.user('eva'), is('NO_USER'))
  const closed = door.as().accounts.register({ nick: 'bob', password: 'long enough' })
  await assert.rejects(closed, is('REGISTRATION_CLOSED'))
  const { accounts: ofAna } = await door.person('ana')
  await assert.rejects(ofAna.user('admin'), is('PERMISSION_MISSING'))
})

test('a key is made, does what it may, and is taken back; the audit log is read', async () => {
  await using door = await accountsDoor()
  const admin = await door.person('admin')
  const { key, secret } = await admin.accounts.makeKey('admin', {
    name: 'reader',
    permissions: ['store.read'],
  })
  const { records } = door.as(new KeyCredentials(secret))
  assert.equal(await records.get({ table: 't', pk: 'p', sk: 's' }), undefined)
  const name = { table: 't', pk: 'p', sk: 's' }
  await assert.rejects(records.put(name, Uint8Array.of(1)), is('PERMISSION_MISSING'))
  const [listed] = await admin.accounts.keys('admin')
  assert.equal(listed?.id, key.id)
  await admin.accounts.removeKey('admin', key.id)
  await assert.rejects(records.get(name), is('LOGIN_FIRST'))
  door.known.audited.push({ at: '2026-11-21T19:05:00.000Z', by: 'admin', what: 'key.make' })
  const told: string[] = []
  for await (const { what } of admin.accounts.audit()) told.push(what)
  assert.deepEqual(told, ['key.make'])
})
