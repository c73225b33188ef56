import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { accountIdOf, nickOfAccountId } from './account-ids.ts'

const letter = fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789_'))
const nick = fc.string({ unit: letter, minLength: 1, maxLength: 30 })

test('an id tells its nick, and no two share one', () => {
  fc.assert(
    fc.property(nick, nick, (one, other) => {
      const id = accountIdOf(one)
      assert.match(id, /^[1-9]\d{0,47}$/)
      assert.equal(nickOfAccountId(id), one)
      assert.equal(accountIdOf(other) === id, other === one)
    }),
  )
  assert.equal(accountIdOf('a'), '1')
})

test('what is no id has no nick, and what has one is its id', () => {
  const forged = ['', '0', '01', '-1', '1.5', '1e9', ' 1', 'x', '9'.repeat(48), '9'.repeat(99)]
  for (const id of forged) assert.equal(nickOfAccountId(id), undefined, id)
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 47n }), (number) => {
      const found = nickOfAccountId(String(number))
      if (found !== undefined) assert.equal(accountIdOf(found), String(number))
    }),
  )
})
