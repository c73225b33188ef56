import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import {
  decodeAnswer,
  decodeCommand,
  encodeCommand,
  listOfDeliverAnswer,
  packAnswer,
  readDeliverAnswer,
} from './command-codec.ts'
import type { Command } from './command.ts'
import { pack } from './packed.ts'
import { partitionIdOf } from './partition.ts'
import { COMMAND_BYTES_MAX, isName, utf8Bytes } from './record-limits.ts'

const A = 'a'.repeat(64)
const request = { session: 5, sequence: 7, floor: 6 }
const messages = [
  { generation: 1, number: 2, procedure: 'chunk.refer', input: ['x', null], backup: 0 },
  { generation: 2, number: 3, procedure: 'chunk.refer', input: { a: 1 }, backup: 4 },
]

const EVERY: { readonly [K in Command['kind']]: readonly Extract<Command, { kind: K }>[] } = {
  openSession: [{ kind: 'openSession', owner: 'f'.repeat(32) }],
  call: [
    { kind: 'call', request, procedure: 'transact', input: ['t', 'p', [], []] },
    {
      kind: 'call',
      request: { session: 2 ** 40, sequence: 1, floor: 0 },
      retry: { key: A, request: A },
      procedure: 'lock.acquire',
      input: { bytes: new Uint8Array([1, 2]) },
    },
  ],
  deliver: [
    { kind: 'deliver', source: partitionIdOf(63), messages },
    { kind: 'deliver', source: partitionIdOf(0), messages: [] },
  ],
  delivered: [
    {
      kind: 'delivered',
      destination: partitionIdOf(1),
      through: { generation: 1, number: 9 },
      backup: 2,
    },
  ],
  expire: [{ kind: 'expire' }],
  feature: [{ kind: 'feature', level: 2 }],
  backup: [{ kind: 'backup', number: 3 }],
}
const COMMANDS: readonly Command[] = Object.values(EVERY).flat()

test('decodeCommand reads what encodeCommand wrote', () => {
  for (const command of COMMANDS) {
    assert.deepEqual(plain(decodeCommand(encodeCommand(command))), command)
  }
})

/** The reader gives bytes as its own kind of array. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

test('encodeCommand gives bytes that later ones leave alone', () => {
  const first = encodeCommand({ kind: 'feature', level: 1 })
  const copy = first.slice()
  encodeCommand({ kind: 'feature', level: 99 })
  assert.deepEqual(first, copy)
})

test('encodeCommand refuses what no partition would take', () => {
  const input = new Uint8Array(COMMAND_BYTES_MAX)
  assert.throws(
    () => encodeCommand({ kind: 'call', request, procedure: 'x', input }),
    ({ code }: { readonly code?: string }) => code === 'TOO_LARGE',
  )
})

test('decodeCommand refuses lists of no command', () => {
  const wrong = [
    null,
    [],
    {},
    [0],
    ['1'],
    [1, ''],
    [1, 'a\0b'],
    [1, 'x'.repeat(65)],
    [1, 'x', 1],
    [2, 0, 1, 0, 'p', null],
    [2, 1, 0, 0, 'p', null],
    [2, 1, 1, 2, 'p', null],
    [2, 1.5, 1, 0, 'p', null],
    [2, 1, 1, 0, 'p'],
    [2, 1, 1, 0, 'p', null, A],
    [2, 1, 1, 0, 'p', null, A, A.toUpperCase()],
    [2, 1, 1, 0, '', null],
    [3, 64, []],
    [3, 0, {}],
    [3, 0, [[1, 1, 'p', null]]],
    [3, 0, [[0, 1, 'p', null, 0]]],
    [3, 0, Array.from({ length: 65 }, () => [1, 1, 'p', null, 0])],
    [4, 0, 1, 1],
    [4, -1, 1, 1, 0],
    [5, 1],
    [6, 0],
    [7, 2 ** 53],
    [8],
  ]
  for (const value of wrong) {
    const bytes = new Uint8Array(pack(value))
    assert.equal(decodeCommand(bytes), undefined, JSON.stringify(value))
  }
})

test('decodeCommand refuses text that is not UTF-8, of whatever length', () => {
  for (const length of [1, 20, 60]) {
    const bytes = encodeCommand({ kind: 'openSession', owner: 'x'.repeat(length) })
    bytes[bytes.length - 1] = 0xff
    assert.equal(decodeCommand(bytes), undefined)
  }
})

test('decodeCommand throws on no bytes, and gives back only what it would write itself', () => {
  const damaged = fc
    .tuple(fc.constantFrom(...COMMANDS), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([command, place, byte]) => {
      const bytes = encodeCommand(command)
      bytes[place % bytes.length] = byte
      return bytes
    })
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), damaged)
  fc.assert(
    fc.property(bytes, (each) => {
      const command = decodeCommand(each)
      if (command === undefined) return
      assert.deepEqual(decodeCommand(encodeCommand(command)), command)
    }),
    { numRuns: 5_000 },
  )
})

test('decodeAnswer reads what packAnswer wrote, and nothing else', () => {
  for (const answer of [
    { kind: 'done', value: ['a', 1, null, true] },
    { kind: 'done', value: undefined },
    { kind: 'refused', code: 'NOT_FOUND', details: { what: 'x', count: 1, isIt: true } },
  ] as const) {
    assert.deepEqual(decodeAnswer(packAnswer(answer)), answer)
  }
  for (const wrong of [null, [2, 1], [0], [1, 'X'], [1, 2, {}], [1, 'X', { a: [] }]]) {
    assert.equal(decodeAnswer(new Uint8Array(pack(wrong))), undefined)
  }
})

test('readDeliverAnswer reads what listOfDeliverAnswer wrote', () => {
  const answer = { mark: { generation: 1, number: 2 }, backup: 3 }
  assert.deepEqual(readDeliverAnswer(listOfDeliverAnswer(answer)), answer)
  assert.equal(readDeliverAnswer([1, 2]), undefined)
})

test('utf8Bytes and isName count as UTF-8 does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      const bytes = new TextEncoder().encode(text).length
      assert.equal(utf8Bytes(text), bytes)
      const isNamed = text !== '' && !text.includes('\0')
      assert.equal(isName(text, bytes), isNamed)
      assert.equal(isName(text, bytes - 1), false)
    }),
  )
})
