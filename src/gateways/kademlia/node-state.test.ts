import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { sha1 } from '../../base/digests.ts'
import type { NodeState } from '../../kademlia/types.ts'
import { KeyId } from '../../wire/kademlia/key-id.ts'
import { storedText } from '../../wire/kademlia/stored-value.ts'
import { decodeState, EMPTY_STATE, encodeState, STATE_BYTES_MAX } from './node-state.ts'

const key = (name: string): KeyId => KeyId.of(sha1(name))
const STATE: NodeState = {
  contacts: [
    { id: key('a'), host: '192.0.2.1', port: 8468 },
    { id: key('b'), host: '2001:db8::1', port: 1 },
  ],
  held: [
    { key: key('k'), value: { value: storedText('v'), leftMs: 500 }, records: [] },
    { key: key('l'), value: undefined, records: [new Uint8Array(300).fill(1), new Uint8Array(9)] },
  ],
}

test('what a node knew is there again', () => {
  assert.deepEqual(decodeState(encodeState(STATE)), STATE)
  assert.deepEqual(decodeState(encodeState(EMPTY_STATE)), EMPTY_STATE)
  assert.deepEqual(decodeState(new Uint8Array()), EMPTY_STATE)
})

test('a file that was cut off gives what lies before the cut', () => {
  const bytes = encodeState(STATE)
  const cut = decodeState(bytes.slice(0, -1))
  assert.deepEqual(cut.contacts, STATE.contacts)
  assert.deepEqual(cut.held, STATE.held.slice(1))
})

test('of much what was asked for latest is kept', () => {
  const records = [new Uint8Array(900)]
  const held = Array.from({ length: 6_000 }, (_, at) => ({
    key: key(`many ${at}`),
    value: undefined,
    records,
  }))
  const bytes = encodeState({ contacts: STATE.contacts, held })
  assert.ok(bytes.length < 1.1 * STATE_BYTES_MAX)
  const read = decodeState(bytes)
  assert.deepEqual(read.contacts, STATE.contacts)
  assert.ok(read.held.length < held.length)
  assert.ok(read.held.at(-1)?.key.equals(key('many 5999')))
})

test('any damage is read or passed over', () => {
  const bytes = encodeState(STATE)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const damaged = bytes.slice()
      damaged[at] = byte
      decodeState(damaged)
    }),
    { numRuns: 1_000 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void decodeState(any)))
})
