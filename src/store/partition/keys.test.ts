import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { compareBytes, utf8 } from '../../base/bytes.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { expiryKey, lastNumber, outboxKey, readExpiryKey } from './keys.ts'
import { readRecordKey, recordKey, recordRange, SPACE, successor } from './keys.ts'

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'))
const bound = fc.oneof(fc.constant(''), name)

test('recordKey is read back, and orders sk by its UTF-8 within (table, pk)', () => {
  fc.assert(
    fc.property(name, name, name, name, (table, pk, one, other) => {
      const key = { table, pk, sk: one }
      assert.deepEqual(readRecordKey(recordKey(key)), key)
      const order = compareBytes(recordKey(key), recordKey({ table, pk, sk: other }))
      assert.equal(Math.sign(order), Math.sign(compareBytes(utf8(one), utf8(other))))
    }),
  )
})

test('recordKey is one key for one record', () => {
  const keys = [
    { table: 'a', pk: 'b', sk: 'c' },
    { table: 'ab', pk: 'c', sk: 'd' },
    { table: 'a', pk: 'bc', sk: 'd' },
  ].map((key) => recordKey(key).join())
  assert.equal(new Set(keys).size, keys.length)
})

test('recordRange holds exactly the keys that prefix, start and end ask for', () => {
  fc.assert(
    fc.property(bound, bound, fc.option(bound), name, (prefix, start, end, sk) => {
      const home = { table: 't', pk: 'p', limit: 1 }
      const range = recordRange({ ...home, prefix, start, ...(end === null ? {} : { end }) })
      const key = recordKey({ ...home, sk })
      const isIn = compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0
      const bytes = utf8(sk)
      const isAsked =
        sk.startsWith(prefix) &&
        compareBytes(bytes, utf8(start)) >= 0 &&
        (end === null || compareBytes(bytes, utf8(end)) < 0)
      assert.equal(isIn, isAsked)
    }),
    { numRuns: 1_000 },
  )
})

test('recordRange stays within its (table, pk)', () => {
  const { from, to } = recordRange({ table: 't', pk: 'p', limit: 1 })
  for (const other of [
    { table: 't', pk: 'p/1', sk: 'x' },
    { table: 't', pk: 'o', sk: 'x' },
    { table: 'tp', pk: 'p', sk: 'x' },
  ]) {
    const key = recordKey(other)
    assert.ok(compareBytes(key, from) < 0 || compareBytes(key, to) >= 0)
  }
})

test('numbers in keys order as numbers, beyond 32 bits too', () => {
  const numbers = [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1]
  const keys = numbers.map((number) => outboxKey(partitionIdOf(3), number))
  assert.deepEqual(keys.map(lastNumber), numbers)
  assert.deepEqual(keys.toSorted(compareBytes), keys)
  const row = recordKey({ table: 't', pk: 'p', sk: 's' })
  for (const atMs of numbers) {
    assert.deepEqual(readExpiryKey(expiryKey(atMs, row)), { atMs, row })
  }
})

test('spaces lie apart', () => {
  const spaces = Object.values(SPACE)
  assert.equal(new Set(spaces).size, spaces.length)
  assert.deepEqual(successor(Uint8Array.of(1, 0)), Uint8Array.of(1, 1))
})
