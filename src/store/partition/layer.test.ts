import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

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

test('a layer over a layer reads as the state does once both are committed', () => {
  fc.assert(
    fc.property(writes, writes, writes, range, (first, second, third, options) => {
      const state = new MemoryState()
      const base = new Layer(state)
      writeAll(base, first)
      state.commit(base.writes())
      const lower = new Layer(state)
      writeAll(lower, second)
      const upper = new Layer(lower)
      writeAll(upper, third)
      const layered = texts(upper, options)
      const bounded = texts(upper, { ...options, bytesMax: 3 })
      const single = Array.from({ length: 13 }, (_, byte) => upper.get(Uint8Array.of(byte)))
      upper.handDown(lower)
      assert.deepEqual(texts(lower, options), layered)
      state.commit(lower.writes())
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
