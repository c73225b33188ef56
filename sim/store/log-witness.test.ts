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
