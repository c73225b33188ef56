import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, type MemberId } from '../../src/base/ids.ts'
import { encodeConfiguration } from '../../src/wire/configuration.ts'
import type { Configuration, LogEntry, Term } from '../../src/wire/raft.ts'
import { Tally } from '../world/tally.ts'
import { LogWitness } from './log-witness.ts'

const [A, B, C, D, E] = ['a', 'b', 'c', 'd', 'e'].map((digit) => parseMemberId(digit.repeat(32)))
const FIVE = [A, B, C, D, E].flatMap((id) => id ?? [])
const NO_BYTES = new Uint8Array(0)

function empty(index: number, term: Term): LogEntry {
  return { index, term, timeMs: 0, kind: 'empty', data: NO_BYTES }
}

function change(index: number, term: Term, configuration: Configuration): LogEntry {
  const data = encodeConfiguration(configuration)
  return { index, term, timeMs: 0, kind: 'configuration', data }
}

/** Five voters; a leader of term 2 wrote at 3 that A, C and D are to be the voters. */
function witness(): LogWitness {
  const seen = new LogWitness(new Tally())
  const shown = { kind: 'append', commit: 0 } as const
  const first = [change(1, 1, { voters: FIVE, learners: [] }), empty(2, 1)]
  seen.appends(idOf(A), { ...shown, term: 1, previous: { index: 0, term: 0 }, entries: first })
  for (const from of [B, C]) seen.appended(idOf(from), { term: 1, match: 2 })
  seen.commits(idOf(A), 1, 2)
  const voters = [A, C, D].flatMap((id) => id ?? [])
  const joint = change(3, 2, { voters, learners: [], outgoing: FIVE })
  seen.appends(idOf(B), { ...shown, term: 2, previous: { index: 2, term: 1 }, entries: [joint] })
  return seen
}

function idOf(id: MemberId | undefined): MemberId {
  assert.ok(id)
  return id
}

test('LogWitness.commits() goes by no configuration that a later term overwrote (seed 169)', () => {
  const seen = witness()
  const entries = [empty(3, 3)]
  const previous = { index: 2, term: 1 }
  seen.appends(idOf(E), { kind: 'append', commit: 2, term: 3, previous, entries })
  for (const from of [A, B]) seen.appended(idOf(from), { term: 3, match: 3 })
  seen.commits(idOf(E), 3, 3)
  assert.equal(seen.commit, 3)
})

test('LogWitness.commits() asks both halves of a joint configuration', () => {
  const seen = witness()
  for (const from of [A, E]) seen.appended(idOf(from), { term: 2, match: 3 })
  assert.throws(() => seen.commits(idOf(B), 2, 3), /without a majority/)
  seen.appended(idOf(D), { term: 2, match: 3 })
  seen.commits(idOf(B), 2, 3)
})

test('LogWitness.commits() goes by what the leader has in its log and not sent (seed 5010)', () => {
  const seen = witness()
  const next = { kind: 'append', commit: 0, term: 2, entries: [empty(4, 2)] } as const
  seen.appends(idOf(C), { ...next, previous: { index: 3, term: 2 } })
  seen.appended(idOf(A), { term: 2, match: 4 })
  assert.throws(() => seen.commits(idOf(C), 2, 4), /without a majority/)
  const voters = [A, C, D].flatMap((id) => id ?? [])
  seen.goesBy(idOf(C), { voters, learners: [] })
  seen.commits(idOf(C), 2, 4)
  assert.equal(seen.commit, 4)
})

test('LogWitness.commits() forgets what a leader goes by when it leads no more', () => {
  const seen = witness()
  const voters = [A, B].flatMap((id) => id ?? [])
  seen.goesBy(idOf(B), { voters, learners: [] })
  seen.goesBy(idOf(B), undefined)
  seen.appended(idOf(A), { term: 2, match: 3 })
  assert.throws(() => seen.commits(idOf(B), 2, 3), /without a majority/)
})

/** A leads in term 1, B and C have its entry 2; the leader of term 2 adds entry 3. */
function goesOn(leader: MemberId | undefined): LogWitness {
  const seen = new LogWitness(new Tally())
  const shown = { kind: 'append', commit: 0 } as const
  const first = [change(1, 1, { voters: FIVE, learners: [] }), empty(2, 1)]
  seen.appends(idOf(A), { ...shown, term: 1, previous: { index: 0, term: 0 }, entries: first })
  for (const from of [B, C]) seen.appended(idOf(from), { term: 1, match: 2 })
  const next = { ...shown, term: 2, previous: { index: 2, term: 1 }, entries: [empty(3, 2)] }
  seen.appends(idOf(leader), next)
  return seen
}

test('LogWitness.commits() takes what the leader counted in a term that it led (seed 241)', () => {
  const seen = goesOn(A)
  seen.commits(idOf(A), 2, 2)
  assert.equal(seen.commit, 2)
})

test('LogWitness.commits() refuses an old entry whose copies a later term counted', () => {
  const seen = goesOn(B)
  for (const from of [D, E]) seen.appended(idOf(from), { term: 2, match: 2 })
  assert.throws(() => seen.commits(idOf(B), 2, 2), /counts copies of entry 2 of term 1/)
})

test('LogWitness.commits() takes no answers of an earlier term for an entry of a later one', () => {
  const seen = goesOn(A)
  seen.appends(idOf(A), {
    kind: 'append',
    commit: 2,
    term: 2,
    previous: { index: 3, term: 2 },
    entries: [empty(4, 2)],
  })
  for (const from of [B, C]) seen.appended(idOf(from), { term: 1, match: 4 })
  assert.throws(() => seen.commits(idOf(A), 2, 4), /without a majority/)
})
