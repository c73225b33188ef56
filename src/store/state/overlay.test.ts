import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { byteText, compareBytes } from '../../base/bytes.ts'
import { keyOf, lowerBound, Overlay, type NamedRow } from './overlay.ts'

const bytes = fc.uint8Array({ maxLength: 4 })

test('byteText() keeps the order of the keys, and keyOf() gives them back', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      assert.deepEqual(keyOf(byteText(a)), a)
      const names = byteText(a) < byteText(b) ? -1 : Number(byteText(a) > byteText(b))
      assert.equal(names, Math.sign(compareBytes(a, b)))
    }),
  )
})

type Step =
  | { readonly kind: 'set'; readonly count: number; readonly start: number }
  | { readonly kind: 'delete'; readonly name: number }
  | { readonly kind: 'names' | 'take' | 'settle' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    count: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 1_500 })),
    start: fc.nat({ max: 2_000 }),
  }),
  fc.record({ kind: fc.constant('delete' as const), name: fc.nat({ max: 2_000 }) }),
  fc.record({ kind: fc.constantFrom('names' as const, 'take' as const, 'settle' as const) }),
)

test('Overlay keeps all names in order, and what was written again while rows were taken', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const overlay = new Overlay()
      const model = new Map<string, number | undefined>()
      let taken: readonly NamedRow[] = []
      let freshSince = new Set<string>()
      let value = 0
      const set = (name: string, length: number | undefined): void => {
        overlay.set(name, length === undefined ? undefined : new Uint8Array(length))
        model.set(name, length)
        freshSince.add(name)
      }
      for (const each of steps) {
        if (each.kind === 'set') {
          // Out of order, as keys come.
          for (let at = 0; at < each.count; at++) {
            set(`name ${(each.start + at * 7) % 2_000}`, value++ % 50)
          }
        } else if (each.kind === 'delete') set(`name ${each.name}`, undefined)
        else if (each.kind === 'names') overlay.names()
        else if (each.kind === 'take') {
          taken = overlay.rows()
          freshSince = new Set()
        } else {
          overlay.settle(taken)
          for (const [name] of taken) if (!freshSince.has(name)) model.delete(name)
          taken = []
        }
      }
      assert.deepEqual(
        overlay.names(),
        [...model.keys()].toSorted((a, b) => (a < b ? -1 : 1)),
      )
      for (const [name, length] of model) assert.equal(overlay.get(name)?.value?.length, length)
      overlay.settle(overlay.rows())
      assert.equal(overlay.bytes, 0)
      assert.deepEqual(overlay.names(), [])
    }),
    { numRuns: 200 },
  )
})

test('lowerBound() finds the first name that is not less', () => {
  const names = ['b', 'd', 'f']
  assert.deepEqual(
    ['a', 'b', 'c', 'f', 'g'].map((name) => lowerBound(names, name)),
    [0, 0, 1, 2, 3],
  )
})
