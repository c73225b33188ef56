import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { compareIds, nextRowId, placeOfPublicId, publicIdOf, timeOfRowId } from './dweet-ids.ts'

const TIME_MS_MAX = 2 ** 48 - 1
const timeMs = fc.nat({ max: TIME_MS_MAX - 1 })
const digit = fc.constantFrom(...Array.from('0123456789abcdef'))
const hex = (digits: number) => fc.string({ unit: digit, minLength: digits, maxLength: digits })

test('row ids rise strictly, also where the time stands still or goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(timeMs, fc.constant(1_700_000_000_000))), (times) => {
      let last: string | undefined
      for (const time of times) {
        const next = nextRowId(time, last)
        assert.equal(next.length, 16)
        assert.ok(last === undefined || next > last)
        assert.ok(timeOfRowId(next) >= time)
        last = next
      }
    }),
  )
})

test('more than 65,536 within a millisecond go on in the next', () => {
  const first = nextRowId(1_000, undefined)
  const last = (BigInt(`0x${first}`) + 65_535n).toString(16).padStart(16, '0')
  assert.equal(timeOfRowId(last), 1_000)
  assert.equal(timeOfRowId(nextRowId(1_000, last)), 1_001)
})

test('a public id tells its place, and is ordered as the rows are', () => {
  fc.assert(
    fc.property(hex(16), hex(16), hex(10), hex(10), (row, other, pk, otherPk) => {
      if (BigInt(`0x${row}`) === 0n || row === other) return
      const id = publicIdOf({ pk, row })
      assert.deepEqual(placeOfPublicId(id), { pk, row })
      const order = Math.sign(compareIds(id, publicIdOf({ pk: otherPk, row: other })))
      assert.equal(order, row < other ? -1 : 1)
    }),
  )
})

test('what is no id has no place', () => {
  const forged = ['', '0', '01', '-1', '1.5', '1e9', ' 1', '1 ', '0x10', '١', '9'.repeat(33), 'x']
  for (const id of [...forged, String(1n << 104n)]) assert.equal(placeOfPublicId(id), undefined, id)
  fc.assert(
    fc.property(fc.string(), (id) => {
      const place = placeOfPublicId(id)
      if (place !== undefined) assert.equal(publicIdOf(place), id)
    }),
  )
})
