import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parseMemberId } from '../base/ids.ts'
import { bundleNotice, decodeBundle, encodeBundle, halves } from './bundle-codec.ts'
import { encodeConfiguration } from './configuration.ts'
import { FRAME_BODY_BYTES_MAX } from './frame.ts'
import { ALL_PARTITIONS, RING_PARTITION } from './partition.ts'
import type { Bundle, LogEntry, RaftMessage } from './raft.ts'

const count = fc.maxSafeNat()
const group = fc.constantFrom(...ALL_PARTITIONS)
const member = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => parseMemberId(Buffer.from(bytes).toString('hex')))
const members = fc.array(member, { maxLength: 5 })
const point = fc.record({ index: fc.nat(), term: count })
const bytes = fc.uint8Array({ maxLength: 40 })
const ballot = fc.constantFrom('preVote' as const, 'vote' as const)
const configuration = fc.record(
  { voters: members, learners: members, outgoing: members },
  { requiredKeys: ['voters', 'learners'] },
)

const ONE_VOTER = encodeConfiguration({ voters: [parseMemberId('7'.repeat(32))], learners: [] })

const append = fc
  .tuple(
    point,
    count,
    count,
    fc.array(fc.tuple(count, count, fc.constantFrom('empty', 'command', 'configuration'), bytes), {
      maxLength: 6,
    }),
  )
  .map(([previous, term, commit, rows]): RaftMessage => ({
    kind: 'append',
    term,
    previous,
    commit,
    entries: rows.map(([entryTerm, timeMs, kind, data], i): LogEntry => ({
      index: previous.index + 1 + i,
      term: entryTerm,
      timeMs,
      kind,
      data: kind === 'configuration' ? ONE_VOTER : data,
    })),
  }))

function kindOf<K extends RaftMessage['kind']>(kind: K): fc.Arbitrary<K> {
  return fc.constant(kind)
}

const term = count
/** A commit index that a beat tells. */
const index = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const message: fc.Arbitrary<RaftMessage> = fc.oneof(
  append,
  fc.record({ kind: kindOf('appended'), term, match: count, wallMs: count }),
  fc.record({ kind: kindOf('appendRefused'), term, rejected: count, hint: point }),
  fc.record({ kind: kindOf('ask'), ballot, term, last: point, isTransfer: fc.boolean() }),
  fc.record({ kind: kindOf('voted'), ballot, term, isGranted: fc.boolean() }),
  fc.record({ kind: kindOf('offer'), term, snapshot: fc.record({ point, configuration }) }),
  fc.record({ kind: kindOf('offerFailed'), term, point }),
  fc.record({ kind: kindOf('campaignNow'), term }),
  fc.record({ kind: kindOf('committed'), term, index: count }),
  fc.record({ kind: kindOf('compare'), term }),
  fc.record({ kind: kindOf('readAsk'), term, token: count }),
  fc.record({
    kind: kindOf('readAnswer'),
    term,
    token: count,
    index: fc.option(fc.nat(), { nil: undefined }),
  }),
)

const outcome = fc.oneof(
  fc.record({
    group,
    token: count,
    kind: fc.constant('applied' as const),
    index: count,
    answer: bytes,
  }),
  fc.record({ group, token: count, kind: fc.constant('lost' as const) }),
  fc.record(
    {
      group,
      token: count,
      kind: fc.constant('refused' as const),
      why: fc.constantFrom('notLeader', 'notMember', 'busy', 'full', 'malformed'),
      hint: member,
    },
    { requiredKeys: ['group', 'token', 'kind', 'why'] },
  ),
)

const atLeastOne = <T>(items: fc.Arbitrary<T>) => fc.array(items, { minLength: 1, maxLength: 5 })

const bundles: fc.Arbitrary<Bundle> = fc.record(
  {
    generation: count,
    messages: fc.array(fc.record({ group, message }), { maxLength: 8 }),
    beat: fc.oneof(
      fc.record(
        {
          round: count,
          list: count,
          groups: fc.array(fc.record({ group, term }), { maxLength: 64 }),
          commits: fc.array(fc.tuple(group, index), { maxLength: 64 }),
        },
        { requiredKeys: ['round', 'list', 'commits'] },
      ),
      fc.record({
        round: count,
        list: count,
        commits: fc.constant([]),
        canWait: fc.constant(true as const),
      }),
    ),
    beatAnswer: fc.record({
      round: count,
      list: count,
      isUnknown: fc.boolean(),
      except: fc.array(group, { maxLength: 64 }),
    }),
    proposals: atLeastOne(fc.record({ group, token: count, data: bytes })),
    outcomes: atLeastOne(outcome),
    isFull: fc.constant(true as const),
  },
  { requiredKeys: ['generation', 'messages'], noNullPrototype: true },
)

const plain = (bundle: Bundle | undefined): unknown => structuredClone(bundle)

test('decodeBundle() gives back what encodeBundle() took', () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      assert.deepEqual(plain(decodeBundle(encodeBundle(bundle).slice())), plain(bundle))
    }),
    { numRuns: 500 },
  )
})

test('decodeBundle() refuses a bundle that is cut off anywhere, or has bytes behind it', () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      const whole = encodeBundle(bundle).slice()
      for (let length = 0; length < whole.length; length += 1 + (length >> 4)) {
        assert.equal(decodeBundle(whole.subarray(0, length)), undefined)
      }
      assert.equal(decodeBundle(Uint8Array.of(...whole, 0)), undefined)
    }),
    { numRuns: 100 },
  )
})

test('decodeBundle() never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      decodeBundle(noise)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(bundles, fc.nat(), fc.nat(255), (bundle, at, value) => {
      const bytesOf = encodeBundle(bundle).slice()
      bytesOf[at % bytesOf.length] = value
      decodeBundle(bytesOf)
    }),
    { numRuns: 2_000 },
  )
})

test('decodeBundle() believes no count that the bytes cannot hold', () => {
  // Generation 0, no parts, 2^35 messages.
  assert.equal(decodeBundle(Uint8Array.of(0, 0, 128, 128, 128, 128, 128, 1)), undefined)
  // One append with as many entries as one likes, and nothing behind.
  const entries = Uint8Array.of(0, 0, 1, 5, 1, 1, 0, 0, 0, 255, 255, 127)
  assert.equal(decodeBundle(entries), undefined)
})

function entry(index: number, data: Uint8Array): LogEntry {
  return { index, term: 1, timeMs: 1, kind: 'command', data }
}

test('entries of one array are encoded once for all who are sent it', () => {
  let reads = 0
  const counted = { ...entry(1, new Uint8Array(3)) }
  Object.defineProperty(counted, 'data', {
    get: () => {
      reads++
      return Uint8Array.of(1, 2, 3)
    },
  })
  const entries = [counted]
  const to = (commit: number): Bundle => ({
    generation: 1,
    messages: ALL_PARTITIONS.slice(0, 4).map((one) => ({
      group: one,
      message: { kind: 'append', term: 1, previous: { index: 0, term: 0 }, commit, entries },
    })),
  })
  encodeBundle(to(0))
  encodeBundle(to(1))
  assert.equal(reads, 1)
})

test('a large bundle leaves as a copy of its own, a small one is valid until the next', () => {
  const [first] = ALL_PARTITIONS
  assert.ok(first !== undefined)
  const large = (fill: number): Bundle => ({
    generation: 1,
    messages: [],
    proposals: [{ group: first, token: 1, data: new Uint8Array(100_000).fill(fill) }],
  })
  const one = encodeBundle(large(1))
  encodeBundle(large(2))
  assert.equal(decodeBundle(one)?.proposals?.[0]?.data[0], 1)
})

test('halves() of halves fit a frame, and hold together what the whole held, in order', () => {
  const [first] = ALL_PARTITIONS
  assert.ok(first !== undefined)
  const megabyte = (fill: number) => new Uint8Array(1 << 20).fill(fill)
  const bundle: Bundle = {
    generation: 7,
    messages: Array.from({ length: 6 }, (_, i) => ({
      group: first,
      message: {
        kind: 'append',
        term: 1,
        previous: { index: i, term: 0 },
        commit: 0,
        entries: [entry(i + 1, megabyte(i))],
      },
    })),
    beat: { round: 1, list: 1, commits: [] },
    proposals: Array.from({ length: 5 }, (_, i) => ({ group: first, token: i, data: megabyte(i) })),
    outcomes: [{ group: first, token: 9, kind: 'lost' }],
  }
  const parts: Bundle[] = []
  const send = (one: Bundle): void => {
    if (encodeBundle(one).length <= FRAME_BODY_BYTES_MAX) parts.push(one)
    else for (const half of halves(one)) send(half)
  }
  send(bundle)
  assert.ok(parts.length > 1)
  assert.ok(parts.every(({ generation }) => generation === 7))
  assert.deepEqual(
    parts.flatMap(({ messages }) => messages),
    bundle.messages,
  )
  assert.deepEqual(
    parts.flatMap(({ proposals }) => proposals ?? []),
    bundle.proposals,
  )
  assert.deepEqual(
    parts.flatMap(({ outcomes }) => outcomes ?? []),
    bundle.outcomes,
  )
  assert.equal(parts.filter(({ beat }) => beat !== undefined).length, 1)
})

test('bundleNotice takes nothing but bytes of a bundle', () => {
  assert.equal(bundleNotice.read({ generation: 1, messages: [] }), undefined)
  assert.equal(bundleNotice.read(Uint8Array.of(1)), undefined)
  assert.deepEqual(bundleNotice.read(Uint8Array.of(1, 0, 0)), { generation: 1, messages: [] })
})

test('decodeBundle() takes no configuration entry that is none', () => {
  const garbled = { ...entry(1, Uint8Array.of(1, 9, 9)), kind: 'configuration' } as const
  const previous = { index: 0, term: 0 }
  const append = { kind: 'append', term: 1, previous, entries: [garbled], commit: 0 } as const
  const messages = [{ group: RING_PARTITION, message: append }]
  const encoded = encodeBundle({ generation: 1, messages })
  assert.equal(decodeBundle(encoded), undefined)
})
