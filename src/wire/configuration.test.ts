import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parseMemberId } from '../base/ids.ts'
import { decodeConfiguration, encodeConfiguration } from './configuration.ts'
import type { Configuration } from './raft.ts'

const digits = fc.uint8Array({ minLength: 16, maxLength: 16 })
const member = digits.map((bytes) => parseMemberId(Buffer.from(bytes).toString('hex')))
const members = fc.array(member, { maxLength: 9 })
const configuration: fc.Arbitrary<Configuration> = fc
  .record({
    voters: fc.array(member, { minLength: 1, maxLength: 9 }),
    learners: members,
    outgoing: members,
  })
  .map(({ outgoing, ...rest }) => (outgoing.length === 0 ? rest : { ...rest, outgoing }))

test('decodeConfiguration() gives back what encodeConfiguration() was given', () => {
  fc.assert(
    fc.property(configuration, (given) => {
      assert.deepEqual(decodeConfiguration(encodeConfiguration(given)), given)
    }),
  )
})

test('decodeConfiguration() takes nothing that is cut off, longer, or of another version', () => {
  const bytes = encodeConfiguration({ voters: [parseMemberId('7'.repeat(32))], learners: [] })
  for (let end = 0; end < bytes.length; end++) {
    assert.equal(decodeConfiguration(bytes.subarray(0, end)), undefined)
  }
  assert.equal(decodeConfiguration(Uint8Array.of(...bytes, 0)), undefined)
  assert.equal(decodeConfiguration(Uint8Array.of(1, 0, 0, 0)), undefined, 'nobody votes')
  assert.equal(decodeConfiguration(Uint8Array.of(2, ...bytes.subarray(1))), undefined)
})
