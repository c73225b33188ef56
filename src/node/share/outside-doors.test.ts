import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Member, Ring } from '../../wire/api.ts'
import { memberAt } from '../../wire/member.test-helper.ts'
import { outsideDoors } from './outside-doors.ts'

function ringOf(shareUrls: readonly string[], states: readonly Member['state'][] = []): Ring {
  const members = shareUrls.map((shareUrl, index): Member => {
    const name = `m${index}`
    const ref = { name, id: name, address: `10.0.0.${index}:9300`, position: '00' }
    return { ...memberAt(ref), shareUrl, state: states[index] ?? 'up' }
  })
  return { ringId: '2'.repeat(32), self: 'm0', members, partitions: [], mayFail: 0 }
}

test('outsideDoors() tells strangers no door that leads them to their own machine', () => {
  const ring = ringOf(['http://localhost:9400', 'http://a.test:9400', 'http://127.0.0.1:9400'])
  assert.deepEqual(outsideDoors(ring, false), ['http://a.test:9400'])
  assert.deepEqual(outsideDoors(ringOf(['http://localhost:9400']), false), [])
})

test('outsideDoors() of a ring on one computer are those on loopback', () => {
  const ring = ringOf(['http://localhost:9400', 'http://localhost:9401'])
  assert.deepEqual(outsideDoors(ring, true), ['http://localhost:9400', 'http://localhost:9401'])
})

test('outsideDoors() tells each once, of members that are up', () => {
  const ring = ringOf(
    ['http://a.test:9400', 'http://a.test:9400', 'http://b.test:9400'],
    ['up', 'up', 'down'],
  )
  assert.deepEqual(outsideDoors(ring, false), ['http://a.test:9400'])
})
