import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { AnilloError } from '../../base/errors.ts'
import type { PageRecord } from '../../wire/pages.ts'
import { readPageRecord } from '../../wire/pages.ts'
import { canonicalUrl, pageIdOf } from './canonical-url.ts'
import { HISTORY_MAX } from './limits.ts'
import {
  addsTo,
  ageMs,
  changedAtMs,
  failureRecord,
  merged,
  pageRecord,
  verdictOn,
} from './page-record.ts'

const url = canonicalUrl(':8000')
const SUBJECT = { id: pageIdOf(url), url }
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }
const START_MS = Date.UTC(2026, 10, 21)

const attempt = fc.record({ atMs: fc.integer({ min: 0, max: 40 }), succeeds: fc.boolean() })
const history = fc.array(attempt, { minLength: 1, maxLength: 30 })

test('merged() is commutative, associative, and changes nothing the second time', () => {
  fc.assert(
    fc.property(history, history, history, (...histories) => {
      const [a, b, c] = histories.map(after)
      assert.ok(a !== undefined && b !== undefined && c !== undefined)
      assert.deepEqual(merged(a, b), merged(b, a))
      assert.deepEqual(merged(merged(a, b), c), merged(a, merged(b, c)))
      assert.deepEqual(merged(a, a), a)
    }),
  )
})

test('addsTo() holds where merging brings a newer copy or a newer attempt, and no more after it', () => {
  fc.assert(
    fc.property(history, history, (...histories) => {
      const [held, other] = histories.map(after)
      assert.ok(held !== undefined && other !== undefined)
      const both = merged(held, other)
      const isNews =
        both.page?.fetchedAt !== held.page?.fetchedAt || changedAtMs(both) > changedAtMs(held)
      assert.equal(addsTo(held, other), isNews)
      assert.equal(addsTo(both, other), false)
      assert.equal(addsTo(undefined, other), true)
    }),
  )
})

test('merged() keeps the newest copy, a failure only while it is the news, and a bounded history', () => {
  fc.assert(
    fc.property(history, (attempts) => {
      const record = after(attempts)
      const atOf = (succeeds: boolean): number =>
        Math.max(
          -1,
          ...attempts.filter((each) => each.succeeds === succeeds).map((each) => each.atMs),
        )
      assert.equal(record.page?.fetchedAt, instantOf(atOf(true)))
      assert.equal(
        record.failure?.at,
        atOf(false) > atOf(true) ? instantOf(atOf(false)) : undefined,
      )
      assert.equal(changedAtMs(record), START_MS + Math.max(...attempts.map((each) => each.atMs)))
      assert.ok(record.history.length <= HISTORY_MAX)
      assert.deepEqual(readPageRecord(record), record)
    }),
  )
})

test('verdictOn() takes a young copy first, then a failure of a moment ago', () => {
  const page = record({ atMs: 0, succeeds: true })
  const failure = record({ atMs: 1_000, succeeds: false })
  const both = merged(page, failure)
  const at = (afterMs: number, maxAgeMs: number) => ({ nowMs: START_MS + afterMs, maxAgeMs })
  assert.equal(verdictOn(undefined, at(0, 1_000)), 'none')
  assert.equal(verdictOn(page, at(999, 1_000)), 'page')
  assert.equal(verdictOn(page, at(1_000, 1_000)), 'none')
  assert.equal(verdictOn(page, at(0, 0)), 'none')
  assert.equal(verdictOn(page, at(-5_000, 1)), 'page', 'another clock is ahead')
  assert.equal(verdictOn(failure, at(10_999, 86_400_000)), 'failure')
  assert.equal(verdictOn(failure, at(11_000, 86_400_000)), 'none')
  assert.equal(verdictOn(failure, at(1_000, 0)), 'none')
  assert.equal(verdictOn(both, at(2_000, 86_400_000)), 'page')
  assert.equal(verdictOn(both, at(2_000, 1_500)), 'failure')
})

test('ageMs() is never negative', () => {
  assert.equal(ageMs(instantOf(0) ?? '', START_MS + 5), 5)
  assert.equal(ageMs(instantOf(10) ?? '', START_MS), 0)
})

interface Attempted {
  readonly atMs: number
  readonly succeeds: boolean
}

/** What a record has become after these attempts. */
function after(attempts: readonly Attempted[]): PageRecord {
  return attempts.map(record).reduce(merged)
}

function record({ atMs, succeeds }: Attempted): PageRecord {
  const made = { by: BY, atMs: START_MS + atMs }
  if (!succeeds)
    return failureRecord(SUBJECT, new AnilloError('FETCH_REFUSED', { host: 'x' }), made)
  const answer = {
    finalUrl: url,
    redirects: [],
    status: 200,
    statusText: 'OK',
    remoteAddress: '1.1.1.1',
  }
  const facts = {
    contentType: '',
    charset: null,
    title: null,
    bytes: 0,
    wireBytes: 0,
    durationMs: 1,
  }
  return pageRecord(SUBJECT, { ...answer, ...facts, headers: [], hash: 'e'.repeat(64) }, made)
}

function instantOf(atMs: number): string | undefined {
  return atMs < 0 ? undefined : new Date(START_MS + atMs).toISOString()
}
