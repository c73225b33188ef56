import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import type { Dweet, Profile } from '../../wire/api-dweets.ts'
import { compactLines, FILE_BYTES_MAX, isGrown, lineOf, readLines, sizeOf } from './kept-lines.ts'
import {
  KEPT_PROFILES_MAX,
  KEPT_PUBLICATIONS_MAX,
  newestOf,
  newsOf,
  nicksIn,
  NOTHING_KEPT,
  withRecords,
  type KeptRecord,
} from './kept.ts'

function dweet(id: number, text = 'text'): Dweet {
  return {
    kind: 'dweet',
    id: String(id),
    author: { nick: 'ben', name: 'Ben' },
    createdAt: '2026-11-21T14:00:00.000Z',
    text,
    visibility: 'public',
    mentions: ['eva'],
    tags: [],
    replies: 0,
    redweets: 0,
    likes: 0,
    mine: { liked: false, redweeted: false, bookmarked: false },
  }
}

function profile(nick: string): Profile {
  const joinedAt = '2026-11-21T14:00:00.000Z'
  return { nick, name: nick, bio: '', joinedAt, dweets: 0, following: 0, followers: 0 }
}

const publication = (id: number, text?: string): KeptRecord => ({
  kind: 'publication',
  publication: dweet(id, text),
})

const PLAIN = { noNullPrototype: true } as const
const text = fc.string({ unit: 'binary' })
const key = fc.constantFrom('a', 'b', 'c')
const record: fc.Arbitrary<KeptRecord> = fc.oneof(
  fc.record({ kind: fc.constant('ring' as const), ring: text }, PLAIN),
  fc.tuple(fc.integer({ min: 1, max: 9 }), text).map(([id, words]) => publication(id, words)),
  fc.record({ kind: fc.constant('gone' as const), id: fc.constantFrom('1', '2') }, PLAIN),
  fc.record({ kind: fc.constant('profile' as const), profile: text.map(profile) }, PLAIN),
  fc.record({ kind: fc.constant('saved' as const), atMs: fc.nat() }, PLAIN),
  fc.record(
    {
      kind: fc.constant('unsent' as const),
      key,
      dweet: fc.record({ text }, PLAIN),
      writtenMs: fc.nat(),
    },
    PLAIN,
  ),
  fc.record({ kind: fc.constant('tried' as const), key, atMs: fc.nat() }, PLAIN),
  fc.record({ kind: fc.constant('settled' as const), key }, PLAIN),
  fc.record({ kind: fc.constant('draft' as const), key, dweet: fc.record({ text }, PLAIN) }, PLAIN),
  fc.record({ kind: fc.constant('undraft' as const), key }, PLAIN),
)

const linesOf = (records: readonly KeptRecord[]): string => records.map(lineOf).join('')

test('what is written is read again, and a file written anew says the same', () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const read = readLines(linesOf(records))
      assert.deepEqual(read, { records, damaged: 0, isTorn: false })
      const kept = withRecords(NOTHING_KEPT, records)
      const anew = readLines(compactLines(kept).join(''))
      assert.equal(anew.damaged, 0)
      assert.deepEqual(withRecords(NOTHING_KEPT, anew.records), kept)
      assert.deepEqual(
        [...withRecords(NOTHING_KEPT, anew.records).publications.keys()],
        [...kept.publications.keys()],
      )
    }),
  )
})

test('a line that was damaged or torn is passed over, and no other', () => {
  const whole = fc.array(record, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(whole, fc.nat(), fc.nat({ max: 255 }), (records, place, byte) => {
      const bytes = Buffer.from(linesOf(records))
      const at = place % bytes.length
      const before = bytes[at]
      bytes[at] = byte
      const { records: read } = readLines(bytes.toString())
      const line = Buffer.from(linesOf(records)).subarray(0, at).toString().split('\n').length - 1
      const others = records.filter((_, index) => index !== line && index !== line + 1)
      // A newline that was damaged takes the line behind it along.
      for (const other of others) assert.ok(read.some((one) => lineOf(one) === lineOf(other)))
      if (byte === before) assert.deepEqual(read, records)
    }),
  )
  const torn = linesOf([publication(1), publication(2)]).slice(0, -5)
  assert.deepEqual(readLines(torn), { records: [publication(1)], damaged: 1, isTorn: true })
})

test('a line of a kind that only a newer version knows is passed over', () => {
  const newer = lineOf({ kind: 'hologram' } as unknown as KeptRecord)
  assert.deepEqual(readLines(newer + lineOf(publication(1))).records, [publication(1)])
})

test('no more is kept than its bounds, and those go that were saved longest ago', () => {
  const many = Array.from({ length: KEPT_PUBLICATIONS_MAX + 10 }, (_, id) => publication(id + 1))
  const kept = withRecords(NOTHING_KEPT, [...many, publication(11, 'again')])
  assert.equal(kept.publications.size, KEPT_PUBLICATIONS_MAX)
  assert.deepEqual([kept.publications.has('10'), kept.publications.has('11')], [false, true])
  const people = Array.from({ length: KEPT_PROFILES_MAX + 1 }, (_, n) => profile(`p${n}`))
  const records = people.map((one) => ({ kind: 'profile', profile: one }) as const)
  assert.equal(withRecords(NOTHING_KEPT, records).profiles.size, KEPT_PROFILES_MAX)
})

test('a file has grown by each of its bounds, and is well below them when written anew', () => {
  const small = { bytes: 1, publications: 1, profiles: 1 }
  assert.ok(!isGrown(small))
  assert.ok(isGrown({ ...small, bytes: FILE_BYTES_MAX + 1 }))
  assert.ok(isGrown({ ...small, publications: KEPT_PUBLICATIONS_MAX + 1 }))
  assert.ok(isGrown({ ...small, profiles: KEPT_PROFILES_MAX + 1 }))
  const long = '🦜'.repeat(225)
  const many = Array.from({ length: KEPT_PUBLICATIONS_MAX }, (_, id) => publication(id + 1, long))
  const unsent = { kind: 'unsent', key: 'k', dweet: { text: 'mine' }, writtenMs: 1 } as const
  const lines = compactLines(withRecords(NOTHING_KEPT, [unsent, ...many]))
  const anew = readLines(lines.join('')).records
  const size = sizeOf(anew, Buffer.byteLength(lines.join('')))
  assert.ok(size.bytes <= 0.8 * FILE_BYTES_MAX && size.publications <= 0.8 * KEPT_PUBLICATIONS_MAX)
  assert.ok(size.publications > 2_000, `${size.publications} of them are left`)
  const kept = withRecords(NOTHING_KEPT, anew)
  assert.equal(kept.unsent[0]?.dweet.text, 'mine')
  assert.equal([...kept.publications.keys()].at(-1), String(KEPT_PUBLICATIONS_MAX))
})

test('only what is new is written', () => {
  const kept = withRecords(NOTHING_KEPT, [
    publication(1),
    { kind: 'profile', profile: profile('p') },
  ])
  const told = { publications: [dweet(1), dweet(1, 'edited'), dweet(2)], profiles: [profile('p')] }
  assert.deepEqual(newsOf(kept, { ...told, atMs: 5 }), [
    publication(1, 'edited'),
    publication(2),
    { kind: 'saved', atMs: 5 },
  ])
})

test('newest first is by id, whatever their length; everybody seen can be completed', () => {
  const kept = withRecords(NOTHING_KEPT, [publication(9), publication(100), publication(20)])
  assert.deepEqual(
    newestOf(kept).map(({ id }) => id),
    ['100', '20', '9'],
  )
  assert.deepEqual(nicksIn(kept), ['ben', 'eva'])
})
