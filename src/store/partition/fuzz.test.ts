import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import type { Command } from '../../wire/command.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { audit } from './audit.ts'
import { HOME, Machine, putOf } from './machine.test-helper.ts'
import { packTransact } from './transact-codec.ts'

const request = { session: 1, sequence: 1, floor: 0 }
const place = { table: 't', pk: 'p', sk: 'lock', token: 'a'.repeat(32), ttlMs: 2_000 }
const message = { generation: 1, number: 1, procedure: 'transact', backup: 1 }
const full = packTransact({
  ...putOf('s', 'text', 9),
  conditions: [
    { sk: 'no', is: 'absent' },
    { sk: 's', is: { fence: 2 } },
    { sk: 's', is: { generation: 1, index: 2 } },
  ],
  messages: [{ to: { table: 't', pk: 'q' }, procedure: 'transact', input: [1] }],
})
const sending = packTransact({
  ...putOf('s', 'text', 9),
  messages: [{ to: { table: 't', pk: 'q' }, procedure: 'transact', input: [1] }],
})

const SEEDS: readonly Command[] = [
  { kind: 'openSession', owner: 'x' },
  { kind: 'call', request, procedure: 'transact', input: packTransact(putOf('s', 'text')) },
  { kind: 'call', request, procedure: 'transact', input: full },
  { kind: 'call', request, procedure: 'transact', input: sending },
  {
    kind: 'call',
    request,
    retry: { key: 'a'.repeat(64), request: 'b'.repeat(64) },
    procedure: 'lock.acquire',
    input: place,
  },
  {
    kind: 'deliver',
    source: partitionIdOf(3),
    messages: [{ ...message, input: sending }],
  },
  {
    kind: 'delivered',
    destination: partitionIdOf(3),
    through: { generation: 1, number: 1 },
    backup: 1,
  },
  { kind: 'expire' },
]

/** A command with some bytes changed, and perhaps cut off. */
const damaged = fc
  .record({
    command: fc.constantFrom(...SEEDS),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    kept: fc.option(fc.nat()),
  })
  .map(({ command, changes, kept }) => {
    const bytes = encodeCommand(command)
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte
    return kept === null ? bytes : bytes.subarray(0, kept % bytes.length)
  })

test('whatever the bytes of commands are, a partition answers and its state stays sound', () => {
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 60, size: 'max' }), (all) => {
      const machine = new Machine()
      machine.openSession()
      for (const bytes of all) {
        machine.timeMs += 3
        machine.applyBytes(bytes)
      }
      const isPlanted = (line: string) => !line.startsWith('belongs')
      assert.deepEqual(audit(HOME, machine.state).filter(isPlanted), [])
    }),
    { numRuns: 150 },
  )
})
