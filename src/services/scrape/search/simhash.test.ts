import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { SeededChance } from '../../../base/random.ts'
import { foldedBy } from './folding.ts'
import {
  distanceOf,
  NEAR_BITS,
  packPrints,
  readPrints,
  SimHash,
  SIMHASH_WORDS_MIN,
  type Print,
} from './simhash.ts'

const WORDS = 'the tide comes in twice a day and goes out again as the moon passes over the bay'

function printOf(words: readonly string[]): Print | undefined {
  const hash = new SimHash()
  for (const word of words) hash.add(word)
  return hash.take()
}

/** A text of so many words of a large vocabulary. */
function textOf(seed: number, count: number): string[] {
  const chance = new SeededChance(seed)
  return Array.from({ length: count }, () => `word${String(chance.below(5_000))}`)
}

test('SimHash of a text is the same at all members and versions', () => {
  const words = `${WORDS} ${WORDS} once more`.split(' ')
  assert.deepEqual(printOf(words), { high: 0x83f8_b8df, low: 0xa40a_a1ca })
  assert.deepEqual(printOf(textOf(1, 300)), { high: 0x6127_45c8, low: 0x63e6_b746 })
})

test('SimHash of a text that is too short is none', () => {
  assert.equal(printOf(textOf(1, SIMHASH_WORDS_MIN - 1)), undefined)
  assert.notEqual(printOf(textOf(1, SIMHASH_WORDS_MIN)), undefined)
})

test('texts that share nearly all words in their order are near, others are not', () => {
  const distances: number[] = []
  for (let seed = 1; seed <= 100; seed++) {
    const words = textOf(seed, 1_000)
    const changed = words.with(500, 'another').with(20, 'changed')
    const [one, other] = [printOf(words), printOf(changed)]
    distances.push(distanceOf(present(one, 'a print'), present(other, 'a print')))
    const stranger = present(printOf(textOf(seed + 1_000, 1_000)), 'a print')
    assert.ok(distanceOf(present(one, 'a print'), stranger) > 2 * NEAR_BITS)
    const turned = present(printOf(words.toReversed()), 'a print')
    assert.ok(distanceOf(present(one, 'a print'), turned) > 2 * NEAR_BITS, 'the order counts')
  }
  const near = distances.filter((distance) => distance <= NEAR_BITS)
  assert.ok(near.length >= 95, `${near.length} of 100`)
})

test('distanceOf() counts the bits in which two differ (property)', () => {
  const half = fc.integer({ min: 0, max: 0xffff_ffff })
  const print = fc.record({ high: half, low: half })
  fc.assert(
    fc.property(print, print, (a, b) => {
      const bits = (value: number): number => value.toString(2).replaceAll('0', '').length
      const expected = bits((a.high ^ b.high) >>> 0) + bits((a.low ^ b.low) >>> 0)
      return distanceOf(a, b) === expected && distanceOf(b, a) === expected
    }),
  )
})

test('readPrints() gives back what packPrints() took, and none where there was none', () => {
  const prints = [{ high: 0xffff_ffff, low: 1 }, undefined, { high: 0, low: 0x8000_0000 }]
  assert.deepEqual(readPrints(packPrints(prints)), prints)
  assert.deepEqual(readPrints(new Uint8Array(0)), [])
})

test('foldedBy() puts the near under the first of them, and leaves the others in their order', () => {
  const prints: Readonly<Record<string, Print | undefined>> = {
    a: { high: 0, low: 0b111 },
    b: { high: 0xff00, low: 0 },
    c: { high: 0, low: 0b110 },
    d: undefined,
    e: undefined,
    f: { high: 0xff00, low: 0b11 },
  }
  const groups = foldedBy(['a', 'b', 'c', 'd', 'e', 'f'], (name) => prints[name])
  assert.deepEqual(groups, [['a', 'c'], ['b', 'f'], ['d'], ['e']])
})
