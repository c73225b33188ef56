import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../src/base/hash.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import { KEYS_MAX } from '../../src/services/accounts/limits.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

const REPEATABLE = {
  key: 'one',
  retry: { key: sha256Hex('key'), request: sha256Hex('request') },
}

async function anaLoggedIn() {
  const ring = new AccountRing()
  await ring.register('ana')
  const tokens = await ring.logIn('ana')
  return { ring, tokens, ana: await ring.who(tokens) }
}

test('register() takes no nick that looks like another, none too long, none empty', async () => {
  const ring = new AccountRing()
  const unfit = ['', ' ana', 'аna', 'anaı', 'an a', 'ana\u0000', 'ana/x', 'ñandú', 'a'.repeat(31)]
  for (const nick of [...unfit, 'ana\u200b', 'a\u0301na', '../ana', 'ana.', 'a'.repeat(10_000)]) {
    await ring.refused('NICK_UNFIT', ring.at(1).register({ nick, password: PASSWORD }, HERE))
  }
  for (const nick of ['a', 'A_1', 'a'.repeat(30)]) await ring.register(nick)
})

test('register() takes passwords of a length, and none that is the nick', async () => {
  const ring = new AccountRing()
  const unfit = [
    '',
    'short',
    '🐎'.repeat(7),
    'x'.repeat(201),
    'anabelen',
    'ANABELEN',
    '\ud800aaaaaaaa',
  ]
  for (const password of unfit) {
    const registering = ring.at(1).register({ nick: 'anabelen', password }, HERE)
    await ring.refused('PASSWORD_UNFIT', registering)
  }
  await ring.within(ring.at(1).register({ nick: 'anabelen', password: '🐎'.repeat(8) }, HERE))
  await ring.within(ring.at(1).register({ nick: 'eva', password: 'x'.repeat(200) }, HERE))
})

test('a password is the same in the composed and the decomposed form', async () => {
  const ring = new AccountRing()
  const password = 'contraseña única'
  await ring.within(ring.at(1).register({ nick: 'ana', password }, HERE))
  assert.ok(await ring.logIn('ana', password.normalize('NFD')))
})

test('register() takes names of people, and none that play with text', async () => {
  const ring = new AccountRing()
  const unfit = [
    '',
    '  ',
    '\u200b',
    '\u3164\u00ad',
    'a\nb',
    'a\u202eb',
    '\u0000',
    'x'.repeat(61),
    'a\u2028b',
    '\ud800',
  ]
  for (const name of unfit) {
    const registering = ring.at(1).register({ nick: 'ana', name, password: PASSWORD }, HERE)
    await ring.refused('NAME_UNFIT', registering)
  }
  const named = { nick: 'ana', name: ' Ana Ñandú 👩‍🚀 ', password: PASSWORD }
  assert.equal((await ring.within(ring.at(1).register(named, HERE))).name, 'Ana Ñandú 👩‍🚀')
})

test('register() again with the same retry key tells the winner that it won', async () => {
  const ring = new AccountRing()
  const user = { nick: 'ana', password: PASSWORD }
  const first = await ring.within(ring.at(1).register(user, HERE, REPEATABLE))
  const again = await ring.within(ring.at(2).register(user, HERE, REPEATABLE))
  assert.deepEqual(again, first)
  const other = { ...user, password: 'another horse' }
  await ring.refused('RETRY_MISMATCH', ring.at(3).register(other, HERE, REPEATABLE))
  await ring.refused('NICK_TAKEN', ring.at(2).register(user, HERE))
})

test('change() of a password needs the old one, and ends the other sessions', async () => {
  const { ana, ring, tokens } = await anaLoggedIn()
  const other = await ring.logIn('ana')
  const password = 'another horse'
  await ring.refused('BAD_LOGIN', ring.at(1).change(ana, 'ana', { password }, HERE))
  const wrong = { password, oldPassword: 'wrong horse' }
  await ring.refused('BAD_LOGIN', ring.at(1).change(ana, 'ana', wrong, HERE))
  assert.ok(await ring.who(other))
  const right = { password, oldPassword: PASSWORD, name: 'Ana' }
  assert.equal((await ring.within(ring.at(2).change(ana, 'ana', right, HERE))).name, 'Ana')
  await ring.isNobody(other)
  assert.ok(await ring.who(tokens))
  await ring.refused('BAD_LOGIN', ring.at(3).logIn({ nick: 'ana', password: PASSWORD }, HERE))
  assert.ok(await ring.logIn('ana', password))
})

test('change() of another’s password by an administrator ends all their sessions', async () => {
  const { ring, tokens } = await anaLoggedIn()
  const admin = await ring.administrator()
  await ring.within(ring.at(1).change(admin, 'ana', { password: 'another horse' }, HERE))
  await ring.isNobody(tokens)
  assert.ok(await ring.logIn('ana', 'another horse'))
})

test('a password that changes while it is checked lets nobody in', async () => {
  const { ana, ring } = await anaLoggedIn()
  const change = { password: 'another horse', oldPassword: PASSWORD }
  const changing = ring.at(1).change(ana, 'ana', change, HERE)
  const logins = [2, 3].map((number) =>
    ring.at(number).logIn({ nick: 'ana', password: PASSWORD }, HERE),
  )
  await ring.within(changing)
  for (const outcome of await ring.within(Promise.allSettled(logins))) {
    if (outcome.status === 'fulfilled') await ring.isNobody(outcome.value)
  }
})

test('remove() needs the password, ends everything, and leaves the nick taken', async () => {
  const { ana, ring, tokens } = await anaLoggedIn()
  const wanted = { name: 'k', permissions: ['pages.read' as const] }
  const { secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', wanted))
  await ring.refused('BAD_LOGIN', ring.at(1).remove(ana, 'ana', undefined, HERE))
  await ring.refused('BAD_LOGIN', ring.at(1).remove(ana, 'ana', 'wrong horse', HERE))
  await ring.within(ring.at(1).remove(ana, 'ana', PASSWORD, HERE))
  await ring.isNobody(tokens)
  await ring.isNobody({ accessToken: secret })
  await ring.refused('NO_USER', ring.at(2).user('ana'))
  await ring.refused('BAD_LOGIN', ring.at(2).logIn({ nick: 'ana', password: PASSWORD }, HERE))
  const again = { nick: 'ana', password: PASSWORD }
  await ring.refused('NICK_TAKEN', ring.at(2).register(again, HERE))
  assert.deepEqual((await ring.within(ring.at(1).users({ limit: 10 }))).items, [])
})

test('users() lists all by nick, page by page', async () => {
  const ring = new AccountRing()
  const nicks = Array.from({ length: 23 }, (_, number) => `user${String(number).padStart(2, '0')}`)
  for (const nick of nicks.toReversed()) await ring.register(nick)
  const listed: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = cursor === undefined ? { limit: 7 } : { limit: 7, cursor }
    const told = await ring.within(ring.at(2).users(page))
    listed.push(...told.items.map(({ nick }) => nick))
    cursor = told.cursor
    if (cursor === undefined) break
    assert.equal(told.items.length, 7)
  }
  assert.deepEqual(listed, nicks)
})

test('a key may do what it was made for, as bearer and as password of its nick', async () => {
  const { ana, ring } = await anaLoggedIn()
  await ring.register('eva')
  const wanted = { name: 'backup', permissions: ['pages.read' as const] }
  const { key, secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', wanted))
  const byBearer = await ring.within(ring.at(2).authenticate(secret))
  assert.deepEqual([...byBearer.permissions], ['pages.read'])
  assert.deepEqual(byBearer.by, { kind: 'key', id: key.id })
  const from = { nick: 'Ana', password: secret }
  assert.equal((await ring.within(ring.at(3).authenticateByPassword(from, HERE))).nick, 'ana')
  const asEva = ring.at(3).authenticateByPassword({ nick: 'eva', password: secret }, HERE)
  await ring.refused('BAD_LOGIN', asEva)
  await ring.refused('BAD_LOGIN', ring.at(1).logIn({ nick: 'ana', password: secret }, HERE))
  const changed = secret.slice(0, -2) + (secret.endsWith('AA') ? 'BB' : 'AA')
  await ring.refused('LOGIN_FIRST', ring.at(1).authenticate(changed))
  assert.deepEqual(await ring.within(ring.at(2).keys('ana')), [key])
  await ring.within(ring.at(3).removeKey(ana, 'ana', key.id))
  await ring.isNobody({ accessToken: secret })
  await ring.refused('NOT_FOUND', ring.at(3).removeKey(ana, 'ana', key.id))
})

test('makeKey() again with the same retry key tells the same key, of which there is one', async () => {
  const { ana, ring } = await anaLoggedIn()
  const wanted = { name: 'backup', permissions: ['pages.read' as const] }
  const make = (number: number, repeatable = REPEATABLE) =>
    ring.within(ring.at(number).makeKey(ana, 'ana', wanted, repeatable))
  const first = await make(1)
  await ring.pass(DAY_MS / 2)
  assert.deepEqual(await make(2), first)
  assert.deepEqual(await ring.within(ring.at(3).keys('ana')), [first.key])
  assert.equal((await ring.within(ring.at(3).authenticate(first.secret))).nick, 'ana')
  // Whoever learned by what the ring knows the request does not learn the secret.
  const guessed = await make(2, { ...REPEATABLE, key: 'two' })
  await ring.isNobody({ accessToken: guessed.secret })
  const request = sha256Hex('another request')
  const other = { ...REPEATABLE, retry: { ...REPEATABLE.retry, request } }
  await ring.refused('RETRY_MISMATCH', ring.at(1).makeKey(ana, 'ana', wanted, other))
})

test('makeKey() gives nothing that the account, or the key that asks, may not', async () => {
  const { ana, ring } = await anaLoggedIn()
  const more = { name: 'k', permissions: ['ring.operate' as const] }
  await ring.refused('PERMISSION_MISSING', ring.at(1).makeKey(ana, 'ana', more))
  // Who was an operator a moment ago: the account itself is asked.
  const permissions = new Set([...ana.permissions, 'ring.operate' as const])
  await ring.refused('PERMISSION_MISSING', ring.at(1).makeKey({ ...ana, permissions }, 'ana', more))
  const own = { name: 'k', permissions: ['account.own' as const] }
  const { secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', own))
  const byKey = await ring.within(ring.at(1).authenticate(secret))
  const wider = { name: 'k', permissions: ['pages.read' as const] }
  await ring.refused('PERMISSION_MISSING', ring.at(1).makeKey(byKey, 'ana', wider))
})

test('keys end when they are to, and are so many at most', async () => {
  const { ana, ring } = await anaLoggedIn()
  const permissions = ['pages.read' as const]
  const short = { name: 'short', permissions, validForSeconds: 86_400 }
  const { key, secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', short))
  assert.equal(Date.parse(key.expiresAt ?? '') - Date.parse(key.createdAt), DAY_MS)
  for (let number = 1; number < KEYS_MAX; number++) {
    await ring.within(ring.at(1).makeKey(ana, 'ana', { name: `k${number}`, permissions }))
  }
  const further = { name: 'further', permissions }
  await ring.refused('KEYS_FULL', ring.at(1).makeKey(ana, 'ana', further))
  await ring.pass(DAY_MS)
  await ring.isNobody({ accessToken: secret })
  await ring.within(ring.at(1).makeKey(ana, 'ana', further))
})

test('authenticateByPassword() knows a password, with the account’s rights of this moment', async () => {
  const { ring } = await anaLoggedIn()
  const admin = await ring.administrator()
  await ring.within(ring.at(1).setRole(admin, 'ana', { role: 'operator' }))
  const credentials = { nick: 'ana', password: PASSWORD }
  const who = await ring.within(ring.at(2).authenticateByPassword(credentials, HERE))
  assert.equal(who.role, 'operator')
  assert.deepEqual(who.by, { kind: 'password' })
  const wrong = { nick: 'ana', password: 'wrong horse' }
  await ring.refused('BAD_LOGIN', ring.at(2).authenticateByPassword(wrong, HERE))
})
