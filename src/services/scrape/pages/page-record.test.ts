import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { PageRecord } from '../../../wire/pages.ts'
import { readPageRecord } from '../../../wire/pages.ts'
import { HISTORY_MAX } from '../limits.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { ageMs, failureRecord, followedBy, pageRecord, verdictOn } from './page-record.ts'

const url = canonicalUrl(':8000')
const SUBJECT = { id: pageIdOf(url), url }
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }
const START_MS = Date.UTC(2026, 10, 21)

const attempt = fc.record({ atMs: fc.integer({ min: 0, max: 40 }), succeeds: fc.boolean() })
const history = fc.array(attempt, { minLength: 1, maxLength: 30 })

test('followedBy() keeps the newest copy, a failure only while it is the news, and a bounded history', () => {
  fc.assert(
    fc.property(history, (attempts) => {
      const record = after(attempts)
      const good = attempts.findLast(({ succeeds }) => succeeds)
      const last = attempts.at(-1)
      assert.equal(record.page?.fetchedAt, instantOf(good?.atMs ?? -1))
      assert.equal(record.failure?.at, last?.succeeds === false ? instantOf(last.atMs) : undefined)
      const told = attempts.slice(-HISTORY_MAX).map(({ atMs }) => instantOf(atMs))
      assert.deepEqual(
        record.history.map(({ at }) => at),
        told,
      )
      assert.deepEqual(readPageRecord(record), record)
    }),
  )
})

test('verdictOn() takes a young copy first, then a failure of a moment ago', () => {
  const page = record({ atMs: 0, succeeds: true })
  const failure = record({ atMs: 1_000, succeeds: false })
  const both = followedBy(page, failure)
  const at = (afterMs: number, maxAgeMs: number) => ({
    nowMs: START_MS + afterMs,
    maxAgeMs,
    defaultMs: 0,
  })
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
  return attempts.map(record).reduce(followedBy)
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
