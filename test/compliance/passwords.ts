/** What every Passwords keeps. */
import assert from 'node:assert/strict'

import { promise, type Suite } from './subject.ts'

const PASSWORD = 'correct horse ñandú 🐎'

export function passwordSuite(suite: Suite<'passwords'>): void {
  promise(suite, 'Passwords.verify() knows the password alone', async ({ passwords }) => {
    const hashed = await passwords.hash(PASSWORD)
    assert.equal(await passwords.verify(PASSWORD, hashed), true)
    for (const other of ['', 'correct horse', `${PASSWORD} `, PASSWORD.toUpperCase()]) {
      assert.equal(await passwords.verify(other, hashed), false, other)
    }
  })

  promise(suite, 'Passwords.verify() refuses what is no hash', async ({ passwords }) => {
    const hashed = await passwords.hash(PASSWORD)
    for (const none of [undefined, '', 'x', hashed.slice(0, -1), `${hashed}A`, ` ${hashed}`]) {
      assert.equal(await passwords.verify(PASSWORD, none), false, String(none))
    }
  })

  promise(suite, 'Passwords.hash() hides equal passwords', async ({ passwords }) => {
    const hashes = await Promise.all([1, 2, 3].map(() => passwords.hash(PASSWORD)))
    assert.equal(new Set(hashes).size, hashes.length)
    for (const hashed of hashes) assert.ok(!hashed.includes('horse'))
  })

  promise(suite, 'Passwords.hash() gives the same where the salt is', async ({ passwords }) => {
    const hashed = await passwords.hash(PASSWORD, 'ana 1')
    assert.equal(await passwords.hash(PASSWORD, 'ana 1'), hashed)
    assert.notEqual(await passwords.hash(PASSWORD, 'ana 2'), hashed)
    assert.notEqual(await passwords.hash(`${PASSWORD} `, 'ana 1'), hashed)
    assert.equal(await passwords.verify(PASSWORD, hashed), true)
  })
}
