import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Member, MemberRef, Ring, Scrape } from '../../../src/wire/api.ts'
import { isOnOneComputer, routeOf, routeOfLookup } from './route.ts'

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

function ringAt(addresses: readonly string[]): Ring {
  const members = addresses.map((address): Member => ({
    ...ref(address),
    url: 'http://localhost:9100',
    ftp: null,
    replayUrl: 'http://localhost:9500',
    state: 'up',
    leads: 0,
    roles: ['chord'],
    host: 'here',
    version: '0.1.0',
    startedAt: '2026-11-21T04:00:00Z',
    predecessor: null,
    successors: [],
    fingers: [],
    pages: 0,
    ownPages: 0,
    pageBytes: 0,
    load: { downloads: 0, downloadsMax: 8, busy: false },
  }))
  return { ringId: 'r', self: '', members, partitions: [], mayFail: 0 }
}

test('isOnOneComputer() is true of loopback addresses only, all of them', () => {
  assert.equal(isOnOneComputer(ringAt(['127.0.0.1:9300', '127.3.2.1:9301', '[::1]:9302'])), true)
  for (const other of ['10.0.0.1:9300', '[fd00::1]:9300', '127.0.0.1.test:9300', '192.127.0.1:1'])
    assert.equal(isOnOneComputer(ringAt(['127.0.0.1:9300', other])), false, other)
})
