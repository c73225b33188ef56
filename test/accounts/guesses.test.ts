import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX } from '../../src/services/accounts/limits.ts'
import { addressBlock } from '../../src/services/accounts/places.ts'
import type { Origin } from '../../src/services/accounts/types.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

const WRONG = 'wrong horse'
const BROKEN = { what: 'a store that fails' }

function guess(ring: AccountRing, number: number, nick: string, from: Origin = HERE) {
  const guessing = ring.at((number % 3) + 1).logIn({ nick, password: `${WRONG} ${number}` }, from)
  return ring.within(guessing.then(() => 'in', codeOf))
}

function codeOf(thrown: unknown): string {
  if (isAnilloError(thrown)) return thrown.code
  throw thrown
}

for (const nick of ['ana', 'nobody']) {
  test(`five wrong passwords shut ${nick} out at every member, for ten minutes`, async () => {
    const ring = new AccountRing()
    await ring.register('ana')
    const told: string[] = []
    for (let number = 0; number < 8; number++) told.push(await guess(ring, number, nick))
    const expected = told.map((_, number) => (number < 5 ? 'BAD_LOGIN' : 'SLOW_DOWN'))
    assert.deepEqual(told, expected)
    await ring.pass(4 * MINUTE_MS)
    const right = ring.at(2).logIn({ nick, password: PASSWORD }, HERE)
    await assert.rejects(
      ring.within(right),
      (thrown) => isAnilloError(thrown, 'SLOW_DOWN') && thrown.details['minutes'] === 6,
    )
    await ring.pass(6 * MINUTE_MS + 1)
    assert.equal(await guess(ring, 9, nick), 'BAD_LOGIN')
    await ring.within(ring.at(1).logIn({ nick: 'ana', password: PASSWORD }, HERE))
  })
}

test('a new password that an administrator sets lets in whom guesses shut out', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const admin = await ring.administrator()
  for (let number = 0; number < 5; number++) await guess(ring, number, 'ana')
  const { shutUntil } = await ring.within(ring.at(2).user('ana'))
  assert.ok(shutUntil !== undefined)
  const minutes = (Date.parse(shutUntil) - ring.effects.clock.wallMs()) / MINUTE_MS
  assert.ok(minutes > 9 && minutes <= 10, shutUntil)
  const role = { role: 'operator' as const }
  assert.equal((await ring.within(ring.at(3).setRole(admin, 'ana', role))).shutUntil, shutUntil)
  const password = 'another horse'
  const changed = await ring.within(ring.at(1).change(admin, 'ana', { password }, HERE))
  assert.equal(changed.shutUntil, undefined)
  await ring.logIn('ana', password)
  for (let number = 0; number < 5; number++) await guess(ring, number, 'ana')
  await ring.pass(10 * MINUTE_MS + 1)
  assert.equal((await ring.within(ring.at(2).user('ana'))).shutUntil, undefined)
})

test('guesses at once at all members count as many as they are', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const numbers = Array.from({ length: 30 }, (_, number) => number)
  const told = await Promise.all(numbers.map((number) => guess(ring, number, 'ana')))
  assert.equal(told.filter((code) => code === 'BAD_LOGIN').length, 5)
  assert.equal(told.filter((code) => code === 'SLOW_DOWN').length, 25)
})

test('the right password forgets the guesses; a quarter of an hour does, too', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < 4; number++) {
      assert.equal(await guess(ring, number, 'ana'), 'BAD_LOGIN')
    }
    await ring.logIn('ana')
  }
  for (let number = 0; number < 4; number++) await guess(ring, number, 'ana')
  await ring.pass(15 * MINUTE_MS)
  for (let number = 0; number < 4; number++) {
    assert.equal(await guess(ring, number, 'ana'), 'BAD_LOGIN')
  }
})

for (const broken of ['users.openSession', 'users.forgetGuess', 'users.guessedRight']) {
  test(`right passwords whose log-in breaks off at ${broken} shut nobody out`, async () => {
    let isBroken = true
    const ring = new AccountRing(1, (store) => ({
      ...store,
      call: async (group, procedure, input, options) => {
        // What forgives has time; what a person waits for has not.
        const isTried = options?.timeoutMs === undefined
        if (isBroken && isTried && procedure.name === broken) throw new AnilloError('BUSY', BROKEN)
        return store.call(group, procedure, input, options)
      },
    }))
    await ring.register('ana')
    const right = { nick: 'ana', password: PASSWORD }
    const from = { address: '203.0.113.9', client: '' }
    for (let number = 0; number < 8; number++) {
      const accounts = ring.at((number % 3) + 1)
      await ring.refused(
        'BUSY',
        broken === 'users.guessedRight'
          ? accounts.authenticateByPassword(right, from)
          : accounts.logIn(right, from),
      )
      await ring.pass(SECOND_MS)
    }
    isBroken = false
    await ring.logIn('ana')
  })
}

test('what a right password was shown for in vain shuts nobody out either', async () => {
  const ring = new AccountRing()
  const admin = await ring.administrator()
  for (let number = 0; number < 8; number++) {
    await ring.refused('LAST_ADMINISTRATOR', ring.at(1).remove(admin, 'admin', PASSWORD, HERE))
    await ring.pass(SECOND_MS)
  }
})

test('the same right password at once at one member is one guess', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const logins = Array.from({ length: 12 }, () => ring.logIn('ana'))
  const all = await Promise.all(logins)
  assert.equal(new Set(all.map(({ accessToken }) => accessToken)).size, 12)
})

test('twenty guesses shut an address out, whatever the nicks; the network of an IPv6 address', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const from = (last: number) => ({ address: `2001:db8:1:2::${last}`, client: '' })
  for (let number = 0; number < 20; number++) {
    assert.equal(await guess(ring, number, `nick${number}`, from(number)), 'BAD_LOGIN')
  }
  assert.equal(await guess(ring, 20, 'ana', from(99)), 'SLOW_DOWN')
  await ring.refused('SLOW_DOWN', ring.at(3).logIn({ nick: 'ana', password: PASSWORD }, from(1)))
  await ring.logIn('ana', PASSWORD, { address: '2001:db8:1:3::1', client: '' })
  await ring.pass(10 * MINUTE_MS + 1)
  await ring.logIn('ana', PASSWORD, from(1))
})

test('a log-in gives its address one guess back, and not all', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const from = { address: '203.0.113.9', client: '' }
  for (let number = 0; number < 19; number++) {
    assert.equal(await guess(ring, number, `nick${number}`, from), 'BAD_LOGIN')
    await ring.logIn('ana', PASSWORD, from)
  }
  assert.equal(await guess(ring, 19, 'nick19', from), 'BAD_LOGIN')
  assert.equal(await guess(ring, 20, 'nick20', from), 'SLOW_DOWN')
})

test('a nick that nobody has takes as long as a wrong password', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const nicks = ['ana', 'nobody', 'no nick', '']
  // By then the member knows who leads.
  for (const nick of nicks) await guess(ring, 0, nick)
  const took = new Map<string, number>()
  for (const nick of nicks) {
    const beganMs = ring.world.nowMs
    assert.equal(await guess(ring, 3, nick), 'BAD_LOGIN')
    took.set(nick, Math.round(ring.world.nowMs - beganMs))
  }
  assert.ok((took.get('ana') ?? 0) > 0)
  assert.equal(new Set(took.values()).size, 1, JSON.stringify([...took]))
})

test('of a thousand log-ins at once most are refused before anything is done for them', async () => {
  const ring = new AccountRing()
  const most = PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX
  const told = await Promise.all(
    Array.from({ length: 1_000 }, async (_, number) => {
      const login = ring.at(1).logIn({ nick: `user${number}`, password: WRONG }, HERE)
      return login.then(() => 'in', codeOf)
    }).map((each) => ring.within(each)),
  )
  assert.equal(told.filter((code) => code === 'BAD_LOGIN').length, most)
  assert.equal(told.filter((code) => code === 'BUSY').length, 1_000 - most)
  const guesses = ring.ring.sent.length
  assert.ok(guesses <= 2 * most, `${guesses} entries`)
})

test('an own account asks for the old password by the same count', async () => {
  const ring = new AccountRing()
  await ring.register('ana')
  const who = await ring.who(await ring.logIn('ana'))
  const change = { password: 'another horse', oldPassword: WRONG }
  for (let number = 0; number < 5; number++) {
    await ring.refused('BAD_LOGIN', ring.at(1).change(who, 'ana', change, HERE))
  }
  await ring.refused('SLOW_DOWN', ring.at(2).change(who, 'ana', change, HERE))
  await ring.refused('SLOW_DOWN', ring.at(3).remove(who, 'ana', PASSWORD, HERE))
})

test('addressBlock() takes an IPv6 network for one, and mapped addresses for what they are', () => {
  assert.equal(addressBlock('2001:db8::1'), addressBlock('2001:0DB8:0:0:ffff::2'))
  assert.notEqual(addressBlock('2001:db8::1'), addressBlock('2001:db8:0:1::1'))
  assert.equal(addressBlock('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(addressBlock('192.0.2.1'), '192.0.2.1')
  assert.equal(addressBlock('x'.repeat(1_000)).length, 64)
})
