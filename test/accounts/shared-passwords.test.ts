import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { MINUTE_MS } from '../../src/base/limits.ts'
import {
  GUESSES_A_SUBJECT_MAX,
  GUESSES_AN_ADDRESS_MAX,
} from '../../src/services/accounts/limits.ts'
import { AccountRing } from './account-ring.test-helper.ts'

const PASSWORD = 'open sesame'
const LOOPBACK = { address: undefined }

async function guess(
  ring: AccountRing,
  number: number,
  { subject = 'link.a', hash, ...from }: { subject?: string; hash: string; address?: string },
): Promise<string> {
  const { sharedPasswords } = ring.at((number % 3) + 1)
  const guessing = sharedPasswords.isRight(
    { subject, password: `wrong ${number}`, hash },
    { ...LOOPBACK, ...from },
  )
  const told = guessing.then(String, (thrown: unknown) => {
    if (isAnilloError(thrown)) return thrown.code
    throw thrown
  })
  return ring.within(told)
}

test('wrong guesses at a password that is no account’s shut out at every member, for ten minutes', async () => {
  const ring = new AccountRing()
  const hash = await ring.within(ring.at(1).sharedPasswords.hash(PASSWORD))
  const told: string[] = []
  for (let number = 0; number < GUESSES_A_SUBJECT_MAX + 2; number++) {
    told.push(await guess(ring, number, { hash }))
  }
  const wrong = Array.from({ length: GUESSES_A_SUBJECT_MAX }, () => 'false')
  assert.deepEqual(told, [...wrong, 'SLOW_DOWN', 'SLOW_DOWN'])
  assert.equal(await guess(ring, 0, { hash, subject: 'link.b' }), 'false', 'others are not shut')
  const right = { subject: 'link.a', password: PASSWORD, hash }
  await ring.refused('SLOW_DOWN', ring.at(2).sharedPasswords.isRight(right, LOOPBACK))
  await ring.pass(10 * MINUTE_MS + 1)
  assert.equal(await ring.within(ring.at(3).sharedPasswords.isRight(right, LOOPBACK)), true)
})

test('the right one forgets the wrong ones before it; an address is shut out for what it tried', async () => {
  const ring = new AccountRing()
  const hash = await ring.within(ring.at(1).sharedPasswords.hash(PASSWORD))
  const right = { subject: 'link.a', password: PASSWORD, hash }
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < GUESSES_A_SUBJECT_MAX - 1; number++) {
      assert.equal(await guess(ring, number, { hash }), 'false')
    }
    assert.equal(await ring.within(ring.at(2).sharedPasswords.isRight(right, LOOPBACK)), true)
  }
  const address = '203.0.113.7'
  for (let number = 0; number < GUESSES_AN_ADDRESS_MAX; number++) {
    const subject = `link.${number}`
    assert.equal(await guess(ring, number, { hash, subject, address }), 'false')
  }
  assert.equal(await guess(ring, 0, { hash, subject: 'link.other', address }), 'SLOW_DOWN')
  await ring.refused('PASSWORD_UNFIT', ring.at(1).sharedPasswords.hash('short'))
})
