import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { Headers } from '../fetch/http-message.ts'
import {
  conditionsOf,
  currentAgeMs,
  HEURISTIC_MAX_MS,
  isFresh,
  lifetimeMs,
  revalidated,
  TAG_CHARS_MAX,
  type Stored,
} from './freshness.ts'

const T0_MS = Date.UTC(2026, 10, 21)
const date = (atMs: number): string => new Date(T0_MS + atMs).toUTCString()

/** `name: value` a line. */
function headersOf(text: string): Headers {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
}

function stored(text: string, more: Partial<Stored> = {}): Stored {
  const at = { requestedMs: T0_MS, receivedMs: T0_MS }
  return { status: 200, headers: headersOf(text), redirects: 'none', ...at, ...more }
}

/** Of what the site says nothing of. */
const DEFAULT_MS = DAY_MS / 2

function isFreshAfter(kept: Stored, ageMs: number): boolean {
  return isFresh(kept, { nowMs: T0_MS + ageMs, defaultMs: DEFAULT_MS })
}

const LIFETIMES: readonly (readonly [
  headers: string,
  lifetimeMs: number | undefined,
  status?: number,
])[] = [
  ['', undefined],
  ['', undefined, 404],
  [`Date: ${date(-1_000 * DAY_MS)}`, undefined],
  ['', 0, 500],
  ['', 0, 403],
  ['Cache-Control: max-age=60', MINUTE_MS],
  ['cache-control: public, MAX-AGE="60"', MINUTE_MS],
  ['Cache-Control: max-age=60, s-maxage=3600', HOUR_MS],
  ['Cache-Control: s-maxage=0, max-age=60', 0],
  ['Cache-Control: max-age=60\nCache-Control: max-age=30', 30_000],
  ['Cache-Control: max-age=soon', 0],
  ['Cache-Control: max-age=-1', 0],
  ['Cache-Control: max-age', 0],
  ['Cache-Control: max-age=99999999999999999999', 2 ** 31 * 1_000],
  ['Cache-Control: x="max-age=60"', undefined],
  [`Cache-Control: max-age=60\nExpires: ${date(HOUR_MS)}`, MINUTE_MS],
  [`Expires: ${date(HOUR_MS)}`, HOUR_MS],
  [`Date: ${date(-MINUTE_MS)}\nExpires: ${date(HOUR_MS)}`, HOUR_MS + MINUTE_MS],
  [`Expires: ${date(-HOUR_MS)}`, 0],
  ['Expires: 0', 0],
  [`Expires: 0\nLast-Modified: ${date(-DAY_MS)}`, 0],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, HOUR_MS],
  [`Last-Modified: ${date(-1_000 * DAY_MS)}`, HEURISTIC_MAX_MS],
  [`Last-Modified: ${date(DAY_MS)}`, 0],
  ['Last-Modified: long ago', undefined],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, HOUR_MS, 404],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, 0, 500],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, 0, 302],
  ['Cache-Control: max-age=60', MINUTE_MS, 500],
]

test('lifetimeMs() takes what is told, then Expires, then a tenth of the age of the page', () => {
  for (const [text, expectedMs, status = 200] of LIFETIMES) {
    const kept = stored(text, { status })
    assert.equal(lifetimeMs(kept), expectedMs, text)
    const leftMs = expectedMs === undefined ? DEFAULT_MS : expectedMs - currentAgeMs(kept, T0_MS)
    if (leftMs > 0) assert.ok(isFreshAfter(kept, leftMs - 1), text)
    assert.ok(!isFreshAfter(kept, leftMs), text)
  }
})

test('currentAgeMs() counts what it had when it came', () => {
  const age = (text: string, more: Partial<Stored> = {}) =>
    currentAgeMs(stored(text, more), T0_MS + 5_000)
  assert.equal(age(''), 5_000)
  assert.equal(age('Age: 60'), 65_000)
  assert.equal(age('Age: x'), 5_000)
  assert.equal(age('Age: 60', { requestedMs: T0_MS - 2_000 }), 67_000)
  assert.equal(age(`Date: ${date(-MINUTE_MS)}`), 65_000)
  assert.equal(age(`Date: ${date(-MINUTE_MS)}\nAge: 10`), 65_000)
  assert.equal(age(`Date: ${date(MINUTE_MS)}`), 5_000)
  assert.equal(currentAgeMs(stored(''), T0_MS - HOUR_MS), 0)
})

test('isFresh() is not what may not be used again unasked', () => {
  for (const line of [
    'Cache-Control: no-cache',
    'Cache-Control: no-cache="set-cookie"',
    'Cache-Control: private',
    'Cache-Control: no-store',
    'Vary: *',
    'Vary: accept, *',
  ]) {
    assert.ok(!isFreshAfter(stored(`${line}\nCache-Control: max-age=60`), 0), line)
  }
  // All requests carry the same headers.
  const vary = 'Vary: accept-encoding, user-agent\nCache-Control: max-age=60'
  assert.ok(isFreshAfter(stored(vary), 0))
})

test('isFresh() does not trust redirects that are told to be for once', () => {
  const text = 'Cache-Control: max-age=60'
  assert.ok(isFreshAfter(stored(text, { redirects: 'permanent' }), 0))
  assert.ok(!isFreshAfter(stored(text, { redirects: 'temporary' }), 0))
})

const CHANGED = date(-DAY_MS)
const VALIDATORS: readonly (readonly [headers: string, sent: string])[] = [
  ['', ''],
  ['ETag: "1"', 'if-none-match: "1"'],
  ['etag: W/"1"', 'if-none-match: W/"1"'],
  ['ETag: ""', 'if-none-match: ""'],
  ['ETag: 1', ''],
  ['ETag: "a"b"', ''],
  ['ETag: "a b"', ''],
  [`Last-Modified: ${CHANGED}`, `if-modified-since: ${CHANGED}`],
  ['Last-Modified: yesterday', ''],
  [`Last-Modified: ${CHANGED}\nETag: "1"`, `if-none-match: "1"\nif-modified-since: ${CHANGED}`],
  [`Last-Modified: ${CHANGED}\nETag: 1`, `if-modified-since: ${CHANGED}`],
  [`ETag: "${'x'.repeat(TAG_CHARS_MAX - 2)}"`, `if-none-match: "${'x'.repeat(TAG_CHARS_MAX - 2)}"`],
  [`ETag: "${'x'.repeat(TAG_CHARS_MAX - 1)}"`, ''],
  ['Cache-Control: no-store\nETag: "1"', ''],
]

test('conditionsOf() has the validators that are kept', () => {
  for (const [text, sent] of VALIDATORS) {
    assert.deepEqual(conditionsOf(stored(text)), headersOf(sent), text)
  }
  assert.deepEqual(conditionsOf(stored('ETag: "1"', { status: 404 })), [])
  for (const redirects of ['permanent', 'temporary'] as const) {
    assert.deepEqual(conditionsOf(stored('ETag: "1"', { redirects })), [])
  }
})

test('revalidated() takes the headers of a 304, and keeps what describes the content', () => {
  const kept = stored(
    'ETag: "1"\nContent-Type: text/html\nContent-Length: 5\nSet-Cookie: a\nSet-Cookie: b\nAge: 50\nX-Old: 1',
  )
  const answer = {
    headers: headersOf(
      'etag: "1"\ncontent-length: 0\ncontent-type: text/plain\nSet-Cookie: c\nConnection: close, X-Hop\nX-Hop: 1\nCache-Control: max-age=60',
    ),
    requestedMs: T0_MS + HOUR_MS,
    receivedMs: T0_MS + HOUR_MS + 10,
  }
  const after = revalidated(kept, answer)
  assert.deepEqual(after, {
    ...kept,
    headers: headersOf(
      'Content-Type: text/html\nContent-Length: 5\nX-Old: 1\netag: "1"\nSet-Cookie: c\nCache-Control: max-age=60',
    ),
    requestedMs: answer.requestedMs,
    receivedMs: answer.receivedMs,
  })
  assert.ok(isFreshAfter(present(after, 'the copy'), HOUR_MS + 59_000))
  assert.ok(!isFreshAfter(present(after, 'the copy'), HOUR_MS + 61_000))
})

const SAME: readonly (readonly [kept: string, told: string, isSame: boolean])[] = [
  ['ETag: "1"', 'ETag: "1"', true],
  ['ETag: "1"', 'ETag: "2"', false],
  ['ETag: "1"', 'ETag: W/"1"', true],
  ['ETag: W/"1"', 'ETag: W/"1"', true],
  ['ETag: W/"1"', 'ETag: W/"2"', false],
  ['ETag: "1"', '', true],
  ['', 'ETag: "1"', false],
  [`Last-Modified: ${CHANGED}`, `Last-Modified: ${CHANGED}`, true],
  [`Last-Modified: ${CHANGED}`, `Last-Modified: ${date(0)}`, false],
  [`Last-Modified: ${CHANGED}`, '', true],
]

test('revalidated() refuses a 304 that speaks of other content', () => {
  const at = { requestedMs: T0_MS, receivedMs: T0_MS }
  for (const [kept, told, isSame] of SAME) {
    const after = revalidated(stored(kept), { headers: headersOf(told), ...at })
    assert.equal(after !== undefined, isSame, `${kept} ${told}`)
  }
})

test('isFresh() is so at any time before the lifetime and at none after, for any headers', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom(
      'max-age=10',
      's-maxage=20,max-age=5',
      'no-cache',
      'private="x"',
      '0',
      '"1"',
      'W/"',
      date(0),
      date(-HOUR_MS),
    ),
  )
  const name = fc.constantFrom(
    'Cache-Control',
    'Expires',
    'Date',
    'Age',
    'Last-Modified',
    'ETag',
    'Vary',
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.nat(), (headers, ageMs) => {
      const kept = stored('', { headers })
      const nowMs = T0_MS + ageMs
      const isLeft = currentAgeMs(kept, nowMs) < (lifetimeMs(kept) ?? Infinity)
      if (isFresh(kept, { nowMs, defaultMs: DEFAULT_MS })) assert.ok(isLeft)
      assert.ok(conditionsOf(kept).length <= 2)
      revalidated(kept, { headers, requestedMs: nowMs, receivedMs: nowMs })
    }),
    { numRuns: 2_000 },
  )
})
