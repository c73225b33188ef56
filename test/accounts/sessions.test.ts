import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SESSIONS_MAX } from '../../src/services/accounts/limits.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

async function anaLoggedIn() {
  const ring = new AccountRing()
  await ring.register('ana')
  return { ring, tokens: await ring.logIn('ana') }
}

test('refresh() gives other tokens of the same session', async () => {
  const { ring, tokens } = await anaLoggedIn()
  await ring.pass(9 * MINUTE_MS)
  const next = await ring.within(ring.at(2).refresh(tokens.refreshToken, HERE))
  assert.notEqual(next.refreshToken, tokens.refreshToken)
  assert.notEqual(next.accessToken, tokens.accessToken)
  assert.deepEqual((await ring.who(next)).by, (await ring.who(tokens)).by)
})

test('refresh() answers a token alike that is shown again within seconds', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const first = await ring.within(ring.at(2).refresh(tokens.refreshToken, HERE))
  await ring.pass(5 * SECOND_MS)
  const again = await ring.within(ring.at(3).refresh(tokens.refreshToken, HERE))
  assert.equal(again.refreshToken, first.refreshToken)
  const both = [1, 2].map((number) => ring.at(number).refresh(first.refreshToken, HERE))
  const [one, other] = await ring.within(Promise.all(both))
  assert.equal(one?.refreshToken, other?.refreshToken)
  assert.ok(await ring.who(again))
})

test('refresh() with a token that was used before ends the session everywhere', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const next = await ring.within(ring.at(2).refresh(tokens.refreshToken, HERE))
  await ring.pass(11 * SECOND_MS)
  await ring.refused('LOGIN_FIRST', ring.at(3).refresh(tokens.refreshToken, HERE))
  await ring.isNobody(tokens)
  await ring.isNobody(next)
  await ring.refused('LOGIN_FIRST', ring.at(1).refresh(next.refreshToken, HERE))
  const { items } = await ring.within(ring.at(1).audit({ limit: 1 }))
  assert.equal(items[0]?.what, 'session.stolen')
  assert.equal(items[0]?.to, 'ana')
})

test('refresh() knows a token as used many uses later', async () => {
  const { ring, tokens } = await anaLoggedIn()
  let last = tokens
  for (let use = 0; use < 20; use++) {
    last = await ring.within(ring.at(1).refresh(last.refreshToken, HERE))
  }
  await ring.refused('LOGIN_FIRST', ring.at(2).refresh(tokens.refreshToken, HERE))
  await ring.isNobody(last)
})

test('refresh() refuses what is no token of the session, which goes on', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const { refreshToken } = tokens
  const changed = refreshToken.slice(0, -2) + (refreshToken.endsWith('AA') ? 'BB' : 'AA')
  const parts = refreshToken.split('.')
  const ofEva = [parts[0], 'eva', ...parts.slice(2)].join('.')
  const asKey = refreshToken.replace('anillo-r', 'anillo-k')
  for (const text of [changed, ofEva, asKey, '', 'x', `${refreshToken}.`, ` ${refreshToken}`]) {
    await ring.refused('LOGIN_FIRST', ring.at(1).refresh(text, HERE))
  }
  await ring.refused('LOGIN_FIRST', ring.at(1).authenticate(refreshToken))
  assert.ok(await ring.who(tokens))
})

test('a session ends when it is idle for a month, and goes on when it is used', async () => {
  const { ring, tokens } = await anaLoggedIn()
  await ring.pass(29 * DAY_MS)
  const next = await ring.within(ring.at(1).refresh(tokens.refreshToken, HERE))
  await ring.pass(29 * DAY_MS)
  const last = await ring.within(ring.at(1).refresh(next.refreshToken, HERE))
  await ring.pass(31 * DAY_MS)
  await ring.refused('LOGIN_FIRST', ring.at(1).refresh(last.refreshToken, HERE))
})

test('logOut({ everywhere }) ends all sessions at each member, before it resolves', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const others = [await ring.logIn('ana'), await ring.logIn('ana')]
  await ring.register('eva')
  const ofEva = await ring.logIn('eva')
  const who = await ring.who(tokens)
  await ring.within(ring.at(2).logOut(who, { everywhere: true }))
  for (const each of [tokens, ...others]) {
    await ring.isNobody(each)
    await ring.refused('LOGIN_FIRST', ring.at(3).refresh(each.refreshToken, HERE))
  }
  assert.equal((await ring.who(ofEva)).nick, 'eva')
  await ring.within(ring.at(2).logOut(who))
})

test('logOut() ends one session and no other', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const other = await ring.logIn('ana')
  await ring.within(ring.at(2).logOut(await ring.who(tokens)))
  await ring.isNobody(tokens)
  assert.equal((await ring.who(other)).nick, 'ana')
})

test('sessions() lists them with what they are used from; endSession() ends one', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const phone = { ...HERE, client: `phone\u0007\u202e${'x'.repeat(300)}` }
  const other = await ring.logIn('ana', PASSWORD, phone)
  const who = await ring.who(tokens)
  const listed = await ring.within(ring.at(3).sessions(who, 'ana'))
  assert.equal(listed.length, 2)
  const here = listed.find(({ isThis }) => isThis)
  const there = listed.find(({ isThis }) => !isThis)
  assert.equal(here?.client, 'a test')
  assert.match(there?.client ?? '', /^phone +x+$/)
  await ring.within(ring.at(1).endSession(who, 'ana', there?.id ?? ''))
  await ring.isNobody(other)
  await ring.refused('NOT_FOUND', ring.at(1).endSession(who, 'ana', there?.id ?? ''))
  await ring.refused('NOT_FOUND', ring.at(1).endSession(who, 'ana', '../account'))
  assert.ok(await ring.who(tokens))
})

test('a further session than an account may have ends the one used longest ago', async () => {
  const { ring, tokens: first } = await anaLoggedIn()
  const all = [first]
  for (let number = 1; number < SESSIONS_MAX; number++) {
    await ring.pass(SECOND_MS)
    all.push(await ring.logIn('ana'))
  }
  const used = await ring.within(ring.at(1).refresh(first.refreshToken, HERE))
  const further = await ring.logIn('ana')
  assert.ok(await ring.who(used))
  assert.ok(await ring.who(further))
  const second = all[1]
  assert.ok(second !== undefined)
  await ring.isNobody(second)
  const { length } = await ring.within(ring.at(1).sessions(await ring.who(used), 'ana'))
  assert.equal(length, SESSIONS_MAX)
})

test('copiesKey() is one for each session, stays as its tokens change, and ends with it', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const key = await ring.within(ring.at(1).copiesKey(await ring.who(tokens)))
  assert.match(key, /^[\w-]{43}$/)
  const next = await ring.within(ring.at(2).refresh(tokens.refreshToken, HERE))
  const who = await ring.who(next)
  assert.equal(await ring.within(ring.at(3).copiesKey(who)), key)
  const other = await ring.who(await ring.logIn('ana'))
  const otherKey = await ring.within(ring.at(1).copiesKey(other))
  assert.notEqual(otherKey, key)
  await ring.within(ring.at(2).logOut(who))
  for (const accounts of ring.everywhere) await ring.refused('LOGIN_FIRST', accounts.copiesKey(who))
  assert.equal(await ring.within(ring.at(3).copiesKey(other)), otherKey)
})

test('copiesKey() is for sessions alone: keys of programs and guests have none', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const who = await ring.who(tokens)
  const made = ring.at(1).makeKey(who, 'ana', { name: 'k', permissions: ['account.own'] })
  const { secret } = await ring.within(made)
  const program = await ring.within(ring.at(2).authenticate(secret))
  await ring.refused('NOT_FOUND', ring.at(2).copiesKey(program))
  const guest = { ...who, nick: undefined, by: { kind: 'guest' } } as const
  await ring.refused('LOGIN_FIRST', ring.at(1).copiesKey(guest))
})
