import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS } from '../../src/base/limits.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

test('register(), logIn(), authenticate(), logOut() at any member', async () => {
  const ring = new AccountRing()
  const user = await ring.within(ring.at(1).register({ nick: 'Ana', password: PASSWORD }, HERE))
  assert.equal(user.nick, 'ana')
  assert.equal(user.role, 'member')
  const tokens = await ring.within(ring.at(2).logIn({ nick: 'ANA', password: PASSWORD }, HERE))
  for (const number of [1, 2, 3]) {
    const who = await ring.who(tokens, number)
    assert.equal(who.nick, 'ana')
    assert.equal(who.by.kind, 'session')
    assert.ok(who.permissions.has('account.own') && !who.permissions.has('ring.watch'))
  }
  await ring.within(ring.at(3).logOut(await ring.who(tokens)))
  await ring.isNobody(tokens)
})

test('register() has one winner', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const again = { nick: 'ＡNA', password: PASSWORD }
  await ring.refused('NICK_TAKEN', ring.at(2).register(again, HERE))
})

test('logIn() tells a wrong password and an unknown nick alike', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  await ring.refused('BAD_LOGIN', ring.at(1).logIn({ nick: 'ana', password: 'wrong one' }, HERE))
  await ring.refused('BAD_LOGIN', ring.at(1).logIn({ nick: 'eva', password: 'wrong one' }, HERE))
  await ring.pass(20 * MINUTE_MS)
  assert.ok(await ring.logIn('ana'))
})
