import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { KNOWN_PASSWORD_MS } from '../../src/services/accounts/limits.ts'
import type { Origin } from '../../src/services/accounts/types.ts'
import type { RecordStore } from '../../src/store/store.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

const AWAY: Origin = { address: '203.0.113.9', client: 'a test' }

/** Ana’s ring, and how often something was written for a log-in of hers. */
async function ringOfAna() {
  let writes = 0
  const counted = (store: RecordStore): RecordStore => ({
    ...store,
    get: (key, options) => store.get(key, options),
    list: (range, options) => store.list(range, options),
    call: (partition, procedure, input, options) => {
      writes++
      return store.call(partition, procedure, input, options)
    },
  })
  const ring = new AccountRing(1, counted)
  await ring.register('ana')
  const show = async (password = PASSWORD, number = 1, from = HERE) => {
    const before = writes
    const shown = ring.at(number).authenticateByPassword({ nick: 'Ana', password }, from)
    const code = await ring.within(
      shown.then(
        ({ nick }) => nick,
        (thrown: unknown) => (isAnilloError(thrown) ? thrown.code : String(thrown)),
      ),
    )
    return { code, writes: writes - before }
  }
  return { ring, show }
}

test('a password that was right a short while ago is known at that member, without a write', async () => {
  const { ring, show } = await ringOfAna()
  for (const from of [HERE, AWAY]) {
    assert.ok((await show(PASSWORD, 1, from)).writes > 0 || from === AWAY)
    assert.deepEqual(await show(PASSWORD, 1, from), { code: 'ana', writes: 0 })
  }
  assert.ok((await show(PASSWORD, 2)).writes > 0)
  await ring.world.pass(KNOWN_PASSWORD_MS)
  assert.ok((await show()).writes > 0)
  assert.equal((await show()).writes, 0)
})

test('a known password that was changed elsewhere is wrong at once', async () => {
  const { ring, show } = await ringOfAna()
  const admin = await ring.administrator()
  await show()
  const password = 'another horse'
  await ring.within(ring.at(2).change(admin, 'ana', { password }, HERE))
  assert.equal((await show()).code, 'BAD_LOGIN')
  assert.equal((await show(password)).code, 'ana')
  assert.deepEqual(await show(password), { code: 'ana', writes: 0 })
})

test('whom a member knows is in the groups of this moment', async () => {
  const { ring, show } = await ringOfAna()
  const admin = await ring.administrator()
  await show()
  await ring.within(ring.at(2).groups.make(admin, { name: 'crew' }))
  await ring.within(ring.at(2).groups.put(admin, { name: 'crew', nick: 'ana' }))
  const shown = ring.at(1).authenticateByPassword({ nick: 'ana', password: PASSWORD }, HERE)
  assert.deepEqual((await ring.within(shown)).groups, ['crew'])
})

test('whoever is suspended or deleted is known no more', async () => {
  const { ring, show } = await ringOfAna()
  const admin = await ring.administrator()
  await show()
  await ring.within(ring.at(3).setState(admin, 'ana', 'suspended'))
  assert.equal((await show()).code, 'ACCOUNT_SUSPENDED')
  await ring.within(ring.at(3).setState(admin, 'ana', 'active'))
  assert.equal((await show()).code, 'ana')
  await ring.within(ring.at(2).remove(admin, 'ana', undefined, HERE))
  assert.equal((await show()).code, 'BAD_LOGIN')
})

test('guesses count for whom a member knows as for everybody: it is looked at again, or shut out', async () => {
  const { show } = await ringOfAna()
  await show()
  assert.equal((await show('wrong horse', 2)).code, 'BAD_LOGIN')
  // A guess elsewhere: the right one is looked at, and takes it back.
  assert.ok((await show()).writes > 0)
  assert.equal((await show()).writes, 0)
  for (let guess = 0; guess < 5; guess++) await show(`wrong horse ${guess}`, (guess % 3) + 1)
  for (const member of [1, 2, 3]) assert.equal((await show(PASSWORD, member)).code, 'SLOW_DOWN')
})

test('guesses at once at a member that knows the right one are counted from the first on', async () => {
  const { ring, show } = await ringOfAna()
  await show()
  const guesses = Array.from({ length: 12 }, (_, number) => `wrong horse ${number}`)
  // Behind the first wrong one the right one is one guess of many.
  const told = await ring.within(
    Promise.allSettled(
      [...guesses, PASSWORD].map((password) =>
        ring.at(1).authenticateByPassword({ nick: 'ana', password }, HERE),
      ),
    ),
  )
  assert.ok(told.every(({ status }) => status === 'rejected'))
})
