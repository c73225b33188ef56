import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../src/base/errors.ts'
import { DAY_MS, SECOND_MS } from '../../src/base/limits.ts'
import type { AuditEntry } from '../../src/wire/api-accounts.ts'
import { AccountRing, PASSWORD } from './account-ring.test-helper.ts'

const NOTHING = [undefined, undefined]

async function allOf(ring: AccountRing, limit = 100): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = []
  for (let cursor: string | undefined; ;) {
    const page = cursor === undefined ? { limit } : { limit, cursor }
    const told = await ring.within(ring.at(2).audit(page))
    entries.push(...told.items)
    cursor = told.cursor
    if (cursor === undefined) return entries
  }
}

test('audit() tells what was done, by whom, to whom, from where, newest first', async () => {
  const ring = new AccountRing()
  const from = { address: '203.0.113.9', client: '' }
  await ring.within(ring.at(1).register({ nick: 'ana', password: PASSWORD }, from))
  await ring.pass(SECOND_MS)
  const admin = await ring.administrator()
  await ring.pass(SECOND_MS)
  const rights = { role: 'operator' as const, grants: ['metrics.read' as const] }
  await ring.within(ring.at(1).setRole(admin, 'ana', rights))
  await ring.within(ring.at(1).setRole(admin, 'ana', rights))
  await ring.pass(SECOND_MS)
  await ring.refused('BAD_LOGIN', ring.at(1).logIn({ nick: 'ana', password: 'wrong one' }, from))
  await ring.within(ring.at(1).close())
  await ring.pass(SECOND_MS)
  await ring.within(ring.at(1).setState(admin, 'ana', 'suspended'))
  const told = (await allOf(ring)).map(({ address, by, detail, refused, to, what }) => [
    [by, what, to, ...(detail === undefined ? [] : [detail])],
    [refused, address],
  ])
  assert.deepEqual(told, [
    [['admin', 'user.suspended', 'ana'], NOTHING],
    [
      [null, 'session.begin', 'ana'],
      ['BAD_LOGIN', from.address],
    ],
    [['admin', 'user.rights', 'ana', '+metrics.read'], NOTHING],
    [['admin', 'user.role.operator', 'ana'], NOTHING],
    [['admin', 'session.begin', 'admin'], NOTHING],
    [[null, 'user.register', 'admin'], NOTHING],
    [
      ['ana', 'user.register', 'ana'],
      [undefined, from.address],
    ],
  ])
})

test('audit() has who was shut out, once a shut-out, and no nick that nobody has', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const tryOften = async (nick: string, address: string): Promise<void> => {
    const from = { address, client: '' }
    for (let number = 0; number < 9; number++) {
      const guess = { nick, password: `wrong ${number}` }
      await ring.within(
        ring
          .at(1)
          .logIn(guess, from)
          .catch(() => undefined),
      )
    }
  }
  await tryOften('ana', '203.0.113.9')
  await tryOften('nobody', '203.0.113.10')
  for (let number = 0; number < 3; number++) await tryOften(`nobody${number}`, '203.0.113.11')
  await ring.within(ring.at(1).close())
  const slowed = (await allOf(ring)).filter(({ refused }) => refused === 'SLOW_DOWN')
  const told = slowed.map(({ address, to, what }) => `${what} ${to ?? '-'} ${address ?? '-'}`)
  assert.deepEqual(told.toSorted(), [
    'session.begin - 203.0.113.11',
    'session.begin ana 203.0.113.9',
  ])
})

test('audit() pages through all of it, each entry once', async () => {
  const ring = new AccountRing()
  for (let number = 0; number < 25; number++) await ring.register(`user${number}`)
  const all = await allOf(ring)
  assert.equal(all.length, 25)
  assert.deepEqual(await allOf(ring, 4), all)
  assert.equal(new Set(all.map(({ to }) => to)).size, 25)
})

test('note() writes what other doors tell, soon, and never throws', async () => {
  const ring = new AccountRing()
  for (let number = 0; number < 100; number++) {
    ring.at(1).note({ by: 'ana', what: 'member.remove', to: `m${number}` })
  }
  await ring.within(ring.at(1).close())
  assert.equal((await allOf(ring)).length, 100)
  let isDown = true
  let tries = 0
  const broken = new AccountRing(1, (store) => ({
    ...store,
    call: (...asked) => {
      tries++
      if (isDown) throw new AnilloError('STORE_UNAVAILABLE', { partition: 0, problem: 'x' })
      return store.call(...asked)
    },
  }))
  for (let number = 0; number < 200; number++) {
    broken.at(1).note({ by: undefined, what: 'member.remove' })
  }
  await broken.within(broken.at(1).close())
  assert.equal(tries, 1)
  isDown = false
  broken.at(1).note({ by: undefined, what: 'member.drain' })
  await broken.within(broken.at(1).close())
  assert.deepEqual(
    (await allOf(broken)).map(({ what }) => what),
    ['member.drain'],
  )
})

test('what is older than a quarter of a year is forgotten', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  await ring.pass(90 * DAY_MS - SECOND_MS)
  assert.equal((await allOf(ring)).length, 1)
  await ring.pass(2 * SECOND_MS)
  assert.equal((await allOf(ring)).length, 0)
})

test('nothing secret is in the audit log', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const tokens = await ring.logIn('ana')
  const ana = await ring.who(tokens)
  const wanted = { name: 'k', permissions: ['pages.read' as const] }
  const { secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', wanted))
  const text = JSON.stringify(await allOf(ring))
  for (const hidden of [PASSWORD, tokens.accessToken, tokens.refreshToken, secret]) {
    assert.ok(!text.includes(hidden))
  }
})
