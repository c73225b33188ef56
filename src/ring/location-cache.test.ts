import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parseMemberId, parsePosition, type Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { isInArc } from './arc.ts'
import {
  emptyLocationCache,
  forgetOwner,
  learn,
  recall,
  type LocationCache,
} from './location-cache.ts'
import type { LookupOutcome } from './lookup.ts'

function at(place: number): Position {
  return parsePosition(place.toString(16).padStart(2, '0').padEnd(64, '0'))
}

function contactAt(place: number): Contact {
  const id = parseMemberId(place.toString(16).padStart(32, '0'))
  return { id, address: `owner-${place}:1`, position: at(place) }
}

function found(owner: number, predecessor: number): LookupOutcome {
  const contacts = { owner: contactAt(owner), predecessor: contactAt(predecessor) }
  return { kind: 'owner', ...contacts, hops: [], failed: [] }
}

function cacheOf(...arcs: readonly (readonly [number, number])[]): LocationCache {
  let cache = emptyLocationCache(8)
  for (const [after, owner] of arcs) cache = learn(cache, found(owner, after), undefined)
  return cache
}

const place = fc.integer({ min: 0, max: 255 })

test('a location cache never holds two owners of one position, whatever it learns', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(place, place), { maxLength: 30 }), place, (arcs, asked) => {
      const cache = cacheOf(...arcs)
      const owners = cache.arcs.filter((arc) =>
        isInArc({ position: at(asked), after: arc.after, upTo: arc.owner.position }),
      )
      assert.ok(owners.length <= 1)
      assert.equal(recall(cache, at(asked))?.id, owners[0]?.owner.id)
      assert.ok(cache.arcs.length <= 8)
    }),
  )
})

test('learn() lets the last answer win: what it found is recalled', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(place, place), { minLength: 1 }), (arcs) => {
      const [, owner = 0] = arcs.at(-1) ?? []
      assert.equal(recall(cacheOf(...arcs), at(owner))?.address, `owner-${owner}:1`)
    }),
  )
})

test('recall() finds an arc that goes over zero', () => {
  const cache = cacheOf([250, 5])
  assert.equal(recall(cache, at(255))?.address, 'owner-5:1')
  assert.equal(recall(cache, at(5))?.address, 'owner-5:1')
  assert.equal(recall(cache, at(250)), undefined)
})

test('learn() takes back an owner that was remembered wrongly, and those that failed', () => {
  const wrong = learn(cacheOf([10, 20]), found(15, 10), contactAt(20))
  assert.equal(recall(wrong, at(12))?.address, 'owner-15:1')
  assert.equal(recall(wrong, at(18)), undefined)
  const failed = { kind: 'exhausted', hops: [], failed: [contactAt(20)] } as const
  assert.equal(recall(learn(cacheOf([10, 20]), failed, undefined), at(12)), undefined)
})

test('learn() cuts an older arc where a newer owner stands in it', () => {
  const cache = learn(cacheOf([10, 20]), found(15, 10), undefined)
  assert.equal(recall(cache, at(15))?.address, 'owner-15:1')
  assert.equal(recall(cache, at(16))?.address, 'owner-20:1')
})

test('learn() drops the oldest arc when full; forgetOwner() drops one by name', () => {
  const cache = cacheOf(...Array.from({ length: 9 }, (_, i) => [i * 20, i * 20 + 10] as const))
  assert.equal(recall(cache, at(5)), undefined)
  assert.equal(recall(cache, at(25))?.address, 'owner-30:1')
  assert.equal(recall(forgetOwner(cache, contactAt(30).id), at(25)), undefined)
})
