import assert from 'node:assert/strict'
import { test } from 'node:test'

import { bucketSum, contactState, networkPicture, type Contact } from './network-picture.ts'

function contact(more: Partial<Contact> = {}): Contact {
  const id = '00'.repeat(20)
  return { id, host: '192.0.2.1', port: 1, capable: true, roundTripMs: 3, misses: 0, ...more }
}

test('contactState() doubts who did not answer, however fast it was before', () => {
  assert.equal(contactState(contact()), 'alive')
  assert.equal(contactState(contact({ misses: 1 })), 'suspect')
  assert.equal(contactState(contact({ roundTripMs: null })), 'unknown')
})

test('networkPicture() has a column a bucket, far ones first, who answers at the bottom', () => {
  const far = { sharedBits: 0, replacements: 2, contacts: [contact({ misses: 2 }), contact()] }
  const near = { sharedBits: 7, replacements: 0, contacts: [contact({ roundTripMs: null })] }
  const { columns, dots, height, width } = networkPicture([near, far])
  assert.deepEqual([width, height], [2, 4])
  assert.deepEqual(columns, [
    { x: 0, sharedBits: 0 },
    { x: 1, sharedBits: 7 },
  ])
  assert.deepEqual(dots, [
    { x: 0, y: 3, state: 'alive' },
    { x: 0, y: 2, state: 'suspect' },
    { x: 1, y: 3, state: 'unknown' },
  ])
  assert.deepEqual(networkPicture([]).dots, [])
})

test('bucketSum() counts, and takes the time in the middle', () => {
  const contacts = [9, 1, 5].map((roundTripMs) => contact({ roundTripMs }))
  const bucket = {
    sharedBits: 3,
    replacements: 4,
    contacts: [...contacts, contact({ misses: 1, roundTripMs: null, capable: false })],
  }
  assert.deepEqual(bucketSum(bucket), {
    sharedBits: 3,
    contacts: 4,
    suspects: 1,
    capable: 3,
    replacements: 4,
    roundTripMs: 5,
  })
  assert.equal(bucketSum({ sharedBits: 0, replacements: 0, contacts: [] }).roundTripMs, undefined)
})
