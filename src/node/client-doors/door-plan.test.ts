import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { Role } from '../../wire/api.ts'
import { planDoor } from './door-plan.ts'

const ENTRY: readonly Role[] = ['entry', 'chord']
const UNSET = { httpHost: 'localhost', httpNames: '', httpCertificate: '', httpKey: '' }

const refused = (code: ErrorCode) => (thrown: unknown) => isAnilloError(thrown, code)

test('planDoor() opens nothing beyond loopback where nobody asks for it', () => {
  for (const httpHost of ['localhost', '127.0.0.1', '127.0.0.9', '::1']) {
    assert.equal(planDoor({ ...UNSET, httpHost }, ['tweeter']), undefined)
  }
})

test('planDoor() opens no door of a member without the role entry', () => {
  const asked = { ...UNSET, httpHost: '10.0.0.1' }
  assert.throws(() => planDoor(asked, ['chord', 'tweeter']), refused('USAGE'))
})

test('planDoor() takes names in lower case, and a certificate with its key', () => {
  const names = { ...UNSET, httpHost: '0.0.0.0', httpNames: 'Anillo.Test,fd00::2' }
  assert.deepEqual(planDoor(names, ENTRY), {
    host: '0.0.0.0',
    names: ['anillo.test', 'fd00::2'],
    given: undefined,
  })
  const given = { ...names, httpCertificate: '/c.pem', httpKey: '/k.pem' }
  assert.deepEqual(planDoor(given, ENTRY)?.given, { certificate: '/c.pem', key: '/k.pem' })
})

test('planDoor() refuses a name that is none, and half of a certificate', () => {
  const open = { ...UNSET, httpHost: '0.0.0.0' }
  for (const wrong of [
    { httpNames: '-x' },
    { httpNames: 'a.' },
    { httpCertificate: '/c.pem' },
    { httpKey: '/k.pem' },
  ]) {
    assert.throws(() => planDoor({ ...open, ...wrong }, ENTRY), refused('SETTING_INVALID'))
  }
})
