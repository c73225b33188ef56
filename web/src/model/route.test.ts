import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MemberRef, Scrape } from '../../../src/wire/api.ts'
import { routeOf, routeOfLookup } from './route.ts'

const ref = (name: string): MemberRef => ({
  name,
  id: name,
  address: name,
  position: '0'.repeat(64),
})
const scrape = (owner: string, hops: readonly string[]): Scrape => ({
  id: '0',
  url: 'http://a.test/',
  state: 'done',
  how: 'hit',
  owner: ref(owner),
  hops: hops.map(ref),
})
const names = (route: readonly MemberRef[]): readonly string[] => route.map((member) => member.name)

test('routeOf() goes from the asked by the hops to the owner, naming each once', () => {
  assert.deepEqual(names(routeOf({ asked: ref('a'), scrape: scrape('d', ['b', 'c']) })), [
    'a',
    'b',
    'c',
    'd',
  ])
  assert.deepEqual(names(routeOf({ asked: ref('a'), scrape: scrape('d', ['a', 'b', 'd']) })), [
    'a',
    'b',
    'd',
  ])
  assert.deepEqual(names(routeOf({ asked: ref('a'), scrape: scrape('a', []) })), ['a'])
  assert.deepEqual(names(routeOf({ asked: undefined, scrape: scrape('d', []) })), ['d'])
})

test('routeOfLookup() ends at the owner', () => {
  const event = {
    at: '',
    kind: 'lookup',
    member: ref('a'),
    hops: [ref('b')],
    other: ref('c'),
  } as const
  assert.deepEqual(names(routeOfLookup({ ...event, hops: [...event.hops] })), ['a', 'b', 'c'])
  assert.deepEqual(names(routeOfLookup({ at: '', kind: 'lookup', member: ref('a') })), ['a'])
})
