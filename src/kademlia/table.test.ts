import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { SeededChance } from '../base/random.ts'
import type { NodeContact } from '../wire/kademlia/answers.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { hostOf, randomOf } from './network.test-helper.ts'
import {
  K,
  MISSES_GONE,
  NETWORK_A_BUCKET,
  NETWORK_A_TABLE,
  REPLACEMENTS_MAX,
  SILENT_GONE_MS,
} from './settings.ts'
import { Table } from './table.ts'

const KNOWN = { isCapable: true, nowMs: 0 }

function idsFrom(seed: number): () => KeyId {
  const random = randomOf(new SeededChance(seed))
  return () => KeyId.of(random.bytes(20))
}

function contactsFrom(seed: number, count: number): readonly NodeContact[] {
  const id = idsFrom(seed)
  return Array.from({ length: count }, (_, at) => ({ id: id(), host: hostOf(at), port: 8468 }))
}

/** An id that shares exactly so many bits with another. */
function sharing(id: KeyId, bits: number, rest: KeyId): KeyId {
  const bytes = rest.bytes.slice()
  const own = id.bytes
  for (let at = 0; at <= bits; at++) {
    const mask = 0x80 >> (at % 8)
    const byte = at >> 3
    const bit = (own[byte] ?? 0) & mask
    bytes[byte] = ((bytes[byte] ?? 0) & ~mask) | (at < bits ? bit : bit ^ mask)
  }
  return KeyId.of(bytes)
}

test('the closest to any key are exactly those, whatever was put in and taken out', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), (seed, count) => {
      const id = idsFrom(seed + 1)
      const table = new Table(id(), 0)
      const contacts = contactsFrom(seed, count)
      for (const contact of contacts) table.add(contact, KNOWN)
      for (const [at, contact] of contacts.entries()) if (at % 7 === 3) table.remove(contact.id)
      const held = [...table.entries()].map(({ contact }) => contact)
      for (const key of [id(), table.self, ...held.slice(0, 3).map((contact) => contact.id)]) {
        const expected = held
          .toSorted((a, b) => key.compareDistance(a.id, b.id))
          .slice(0, K)
          .map((contact) => contact.id.hex)
        const found = table.closest(key).map(({ contact }) => contact.id.hex)
        assert.deepEqual(found, expected)
      }
    }),
    { numRuns: 60 },
  )
})

test('the k closest to the own id of all that came are always kept', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const id = idsFrom(seed + 1)
      const table = new Table(id(), 0)
      // Many that share the first bits: a bucket alone would keep the first twenty.
      const contacts = contactsFrom(seed, 120).map((contact, at) => ({
        ...contact,
        id: sharing(table.self, at % 6, contact.id),
      }))
      for (const contact of contacts) table.add(contact, KNOWN)
      const expected = contacts
        .toSorted((a, b) => table.self.compareDistance(a.id, b.id))
        .slice(0, K)
        .map((contact) => contact.id.hex)
      assert.deepEqual(
        table.neighbours.map(({ contact }) => contact.id.hex),
        expected,
      )
      for (const bucket of table.buckets().slice(0, -1)) {
        const near = bucket.entries.filter((entry) => table.neighbours.includes(entry))
        assert.ok(bucket.entries.length <= K + near.length)
      }
    }),
    { numRuns: 60 },
  )
})

test('only the last bucket is split', () => {
  const id = idsFrom(5)
  const table = new Table(id(), 0)
  for (const contact of contactsFrom(6, 400)) table.add(contact, KNOWN)
  const buckets = table.buckets()
  assert.ok(buckets.length > 3)
  for (const { entries, sharedBits } of buckets.slice(0, -1)) {
    for (const { contact } of entries) {
      assert.equal(table.self.sharedBits(contact.id), sharedBits)
    }
  }
})

test('a full bucket remembers others, bounded, and one that fell silent is replaced', () => {
  const id = idsFrom(7)
  const table = new Table(id(), 0)
  const far = contactsFrom(8, 2 * REPLACEMENTS_MAX).map((contact) => ({
    ...contact,
    id: sharing(table.self, 0, contact.id),
  }))
  const near = contactsFrom(9, 3 * K).map((contact, at) => ({
    ...contact,
    host: hostOf(5_000 + at),
    id: sharing(table.self, 1 + (at % 4), contact.id),
  }))
  for (const contact of near) table.add(contact, KNOWN)
  for (const contact of far) table.add(contact, KNOWN)
  const bucket = table.buckets()[0]
  assert.equal(bucket?.entries.length, K)
  assert.equal(bucket?.replacements.length, REPLACEMENTS_MAX)
  const [silent] = far
  assert.ok(silent !== undefined)
  assert.equal(table.missed(silent.id, 0), undefined)
  const replacement = table.missed(silent.id, 0)
  assert.equal(replacement?.id.hex, far.at(-1)?.id.hex)
  assert.equal(table.get(silent.id), undefined)
})

test('one that is doubted is told to nobody; silent for long it goes, though none replaces it', () => {
  const table = new Table(idsFrom(1)(), 0)
  const [one, two] = contactsFrom(2, 2)
  assert.ok(one !== undefined && two !== undefined)
  table.add(one, KNOWN)
  table.add(two, KNOWN)
  table.missed(one.id, 0)
  assert.equal(table.closest(one.id).length, 2)
  table.missed(one.id, 0)
  assert.deepEqual(
    table.closest(one.id).map(({ contact }) => contact),
    [two],
  )
  table.answered(one.id, { nowMs: 1, tookMs: 10 })
  assert.equal(table.closest(one.id).length, 2)
  for (let miss = 0; miss < 2 * MISSES_GONE; miss++) table.missed(one.id, SILENT_GONE_MS / 2)
  assert.equal(table.size, 2, 'a busy node is slow for a while')
  assert.equal(table.stale({ ms: 0, ofNeighboursMs: 0 }, 4)[0]?.contact, one)
  table.missed(one.id, 2 + SILENT_GONE_MS)
  assert.equal(table.size, 1)
})

test('a node that began anew takes the place of the one that was at its address', () => {
  const table = new Table(idsFrom(1)(), 0)
  const [before, after] = contactsFrom(2, 2)
  assert.ok(before !== undefined && after !== undefined)
  table.add(before, KNOWN)
  table.add({ ...after, host: before.host }, KNOWN)
  assert.deepEqual(
    [...table.entries()].map(({ contact }) => contact.id.hex),
    [after.id.hex],
  )
})

test('one network has two contacts a bucket and ten in the table; private ranges are exempt', () => {
  const fill = (host: (at: number) => string, spread: boolean): Table => {
    const id = idsFrom(11)
    const table = new Table(id(), 0)
    // Others first, so that buckets are split.
    for (const contact of contactsFrom(12, 600)) table.add(contact, KNOWN)
    for (let at = 0; at < 40; at++) {
      const drawn = id()
      const own = spread ? sharing(table.self, 30 + at, drawn) : sharing(table.self, 60, drawn)
      table.add({ id: own, host: host(at), port: 8468 }, KNOWN)
    }
    return table
  }
  const count = (table: Table, start: string): number =>
    [...table.entries()].filter(({ contact }) => contact.host.startsWith(start)).length
  assert.equal(
    count(
      fill((at) => `198.51.100.${at}`, true),
      '198.51.100.',
    ),
    NETWORK_A_BUCKET,
  )
  assert.equal(
    count(
      fill((at) => `2001:db8:1::${at}`, false),
      '2001:',
    ),
    NETWORK_A_BUCKET,
  )
  for (const start of [
    '127.0.0.',
    '10.0.0.',
    '192.168.1.',
    '172.16.0.',
    '169.254.0.',
    '100.64.0.',
  ]) {
    assert.ok(
      count(
        fill((at) => `${start}${at}`, true),
        start,
      ) > NETWORK_A_TABLE,
      start,
    )
  }
  assert.ok(
    count(
      fill((at) => `fd00::${at}`, true),
      'fd00',
    ) > NETWORK_A_TABLE,
  )
})

test('ten of a network stand in a whole table, two a bucket', () => {
  const id = idsFrom(21)
  const table = new Table(id(), 0)
  for (let bits = 0; bits < 12; bits++) {
    for (let at = 0; at < K + 1; at++) {
      const contact = { id: sharing(table.self, bits, id()), host: hostOf(bits * 50 + at), port: 1 }
      table.add(contact, KNOWN)
    }
  }
  for (const bucket of table.buckets())
    for (const { contact } of bucket.entries.slice(0, 4)) table.remove(contact.id)
  for (let bits = 0; bits < 12; bits++) {
    for (let at = 0; at < 4; at++) {
      const own = sharing(table.self, bits, id())
      table.add({ id: own, host: `198.51.100.${bits * 10 + at}`, port: 1 }, KNOWN)
    }
  }
  const ofNetwork = [...table.entries()].filter(({ contact }) => contact.host.startsWith('198.51'))
  assert.equal(ofNetwork.length, NETWORK_A_TABLE)
})
