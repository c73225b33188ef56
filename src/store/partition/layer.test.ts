import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import type { ScanOptions } from '../../effects/database.ts'
import { Layer } from './layer.ts'
import { MemoryState } from './machine.test-helper.ts'

const key = fc.nat({ max: 12 }).map((byte) => Uint8Array.of(byte))
const write = fc.record({ key, value: fc.option(fc.uint8Array({ maxLength: 3 })) })
const writes = fc.array(write, { maxLength: 10 })
const range = fc.record(
  {
    from: key,
    to: key,
    reverse: fc.boolean(),
    limit: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: [] },
)

function writeAll(
  layer: Layer,
  all: readonly { key: Uint8Array; value: Uint8Array | null }[],
): void {
  for (const each of all) {
    if (each.value === null) layer.delete(each.key)
    else layer.put(each.key, each.value)
  }
}

/** Keys and values as texts: rows that were given bear a kind besides. */
function texts(state: Pick<Layer, 'scan'>, options: ScanOptions): readonly string[] {
  return state.scan(options).map((row) => `${row.key.join()}=${row.value.join()}`)
}

test('a layer reads as the state does once it is committed, with or without what is undone', () => {
  fc.assert(
    fc.property(writes, writes, writes, range, (first, second, third, options) => {
      const state = new MemoryState()
      const base = new Layer(state)
      writeAll(base, first)
      state.commit(base.writes())
      const layer = new Layer(state)
      writeAll(layer, second)
      const before = texts(layer, options)
      layer.attempt()
      writeAll(layer, third)
      layer.undo()
      assert.deepEqual(texts(layer, options), before)
      layer.attempt()
      writeAll(layer, third)
      layer.keep()
      const layered = texts(layer, options)
      const bounded = texts(layer, { ...options, bytesMax: 3 })
      const single = Array.from({ length: 13 }, (_, byte) => layer.get(Uint8Array.of(byte)))
      state.commit(layer.writes())
      const committed = texts(state, options)
      assert.deepEqual(layered, committed)
      // With a bound on bytes it may end sooner, but leaves nothing out before.
      assert.deepEqual(bounded, committed.slice(0, bounded.length))
      assert.equal(bounded.length === 0, committed.length === 0)
      for (const [byte, value] of single.entries()) {
        assert.deepEqual(state.get(Uint8Array.of(byte)), value)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a layer of many rows finds each, and what was undone no more', () => {
  const layer = new Layer(new MemoryState())
  const keys = Array.from({ length: 40 }, (_, byte) => Uint8Array.of(byte))
  for (const name of keys.slice(0, 20)) layer.put(name, Uint8Array.of(1))
  layer.attempt()
  for (const name of keys) layer.put(name, Uint8Array.of(2))
  assert.deepEqual(layer.get(Uint8Array.of(39)), Uint8Array.of(2))
  layer.undo()
  const kept = keys.map((name) => layer.get(name)?.[0])
  assert.deepEqual(
    kept,
    keys.map((_, byte) => (byte < 20 ? 1 : undefined)),
  )
})
