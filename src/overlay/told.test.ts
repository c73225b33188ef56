import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../base/ids.ts'
import { contactOf } from '../wire/contact.ts'
import { JOINS_FAILED_TOLD, JoinTries } from './told.ts'

const OTHER = contactOf(parseMemberId('a'.repeat(32)), '127.0.0.1:9300')

test('JoinTries tells of joins that fail on and on, and not of those that are tried again', () => {
  const tries = new JoinTries()
  const fail = (): boolean => tries.isNews({ kind: 'joinFailed', other: OTHER })
  for (let count = 1; count < JOINS_FAILED_TOLD; count++) assert.equal(fail(), false)
  assert.equal(fail(), true)
  assert.equal(fail(), false)
  assert.equal(tries.isNews({ kind: 'joined', other: OTHER }), true)
  for (let count = 1; count < JOINS_FAILED_TOLD; count++) assert.equal(fail(), false)
  assert.equal(fail(), true)
})
