import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { readSettingValue } from './setting.ts'

const read = (name: string, value: string) => readSettingValue({ name, value })

test('readSettingValue() reads numbers, durations where ms are meant, and the default', () => {
  assert.equal(read('incomingMax', '4'), 4)
  assert.equal(read('replaceAfterMs', '900000'), 900_000)
  assert.deepEqual(
    ['90s', '15m', '1h', '2d'].map((text) => read('replaceAfterMs', text)),
    [90_000, 900_000, 3_600_000, 172_800_000],
  )
  assert.equal(read('incomingMax', 'default'), null)
})

test('readSettingValue() refuses anything else with what it takes', () => {
  for (const text of ['', '1.5', '-1', '1 h', '15min', 'h', '1e3']) {
    assert.throws(() => read('stableMs', text), refusal(/no duration as 90s, 15m, 1h or 2d/))
  }
  assert.throws(() => read('incomingMax', '4s'), refusal(/no whole number and not/))
})

function refusal(words: RegExp) {
  return (thrown: unknown) => isAnilloError(thrown, 'USAGE') && words.test(thrown.message)
}
