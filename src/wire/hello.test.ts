import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { AnilloError } from '../base/errors.ts'
import { parseMemberId, parseRingId } from '../base/ids.ts'
import { failureBody, readFailure } from './failure.ts'
import { commonVersion, helloBody, readHello, type Hello } from './hello.ts'

const HELLO: Hello = {
  versionMin: 1,
  versionMax: 3,
  ringId: parseRingId('1'.repeat(32)),
  memberId: parseMemberId('2'.repeat(32)),
  address: '127.0.0.1:9300',
  featureLevel: 4,
  incarnation: 5,
  connectionNumber: 6,
}

test('readHello() reads what helloBody() made, and more fields of a later version', () => {
  assert.deepEqual(readHello(helloBody(HELLO)), HELLO)
  const body = helloBody(HELLO)
  assert.ok(Array.isArray(body))
  assert.deepEqual(readHello([...body, 'later']), HELLO)
})

test('readHello() refuses whatever is not a hello, and never throws', () => {
  const body = helloBody(HELLO)
  assert.ok(Array.isArray(body))
  for (const index of body.keys()) {
    assert.equal(readHello(body.with(index, null)), undefined)
    assert.equal(readHello(body.with(index, -1)), undefined)
  }
  assert.equal(readHello(body.with(4, 'x'.repeat(262))), undefined)
  fc.assert(fc.property(fc.anything(), (value) => readHello(value) === undefined))
})

test('commonVersion() is the highest that both speak, if there is one', () => {
  const speaks = (versionMin: number, versionMax: number): Hello => ({
    ...HELLO,
    versionMin,
    versionMax,
  })
  assert.equal(commonVersion(speaks(1, 3), speaks(2, 5)), 3)
  assert.equal(commonVersion(speaks(2, 5), speaks(1, 3)), 3)
  assert.equal(commonVersion(speaks(4, 5), speaks(1, 3)), undefined)
})

test('readFailure() keeps code and details, bounded, and takes an unknown code for INTERNAL', () => {
  const error = new AnilloError('FETCH_TIMEOUT', { host: 'a', phase: 'connect', limitMs: 5 })
  const read = readFailure(failureBody(error))
  assert.equal(read?.code, 'FETCH_TIMEOUT')
  assert.deepEqual(read?.details, error.details)
  assert.deepEqual(readFailure(['FROM_2031', { a: 1 }])?.details, { a: 1, code: 'FROM_2031' })
  const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`k${i}`, 'x'.repeat(9999)]))
  const bounded = readFailure(['BUSY', many])
  assert.equal(Object.keys(bounded?.details ?? {}).length, 32)
  assert.equal(String(bounded?.details['k0']).length, 4096)
})

test('readFailure() takes no detail that is not text, number or truth, and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const error = readFailure(['BUSY', value])
      const details = Object.values(error?.details ?? {})
      return details.every((detail) => ['string', 'number', 'boolean'].includes(typeof detail))
    }),
  )
  assert.equal(readFailure(['BUSY']), undefined)
  assert.equal(readFailure([7, {}]), undefined)
  assert.equal(readFailure('BUSY'), undefined)
})
