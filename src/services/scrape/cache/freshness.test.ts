import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { Headers } from '../fetch/http-message.ts'
import {
  currentAgeMs,
  decide,
  HEURISTIC_MAX_MS,
  lifetimeMs,
  revalidated,
  type CacheRequest,
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

/** What is done with it after `ageMs`. */
function kindAfter(kept: Stored, ageMs: number, more: Partial<CacheRequest> = {}): string {
  const request = { nowMs: T0_MS + ageMs, maxAgeMs: undefined, isArchive: false, ...more }
  return decide(kept, request).kind
}

const LIFETIMES: readonly (readonly [headers: string, lifetimeMs: number, status?: number])[] = [
  ['', 0],
  ['Cache-Control: max-age=60', MINUTE_MS],
  ['cache-control: public, MAX-AGE="60"', MINUTE_MS],
  ['Cache-Control: max-age=60, s-maxage=3600', HOUR_MS],
  ['Cache-Control: s-maxage=0, max-age=60', 0],
  ['Cache-Control: max-age=60\nCache-Control: max-age=30', 30_000],
  ['Cache-Control: max-age=soon', 0],
  ['Cache-Control: max-age=-1', 0],
  ['Cache-Control: max-age', 0],
  ['Cache-Control: max-age=99999999999999999999', 2 ** 31 * 1_000],
  ['Cache-Control: x="max-age=60"', 0],
  [`Cache-Control: max-age=60\nExpires: ${date(HOUR_MS)}`, MINUTE_MS],
  [`Expires: ${date(HOUR_MS)}`, HOUR_MS],
  [`Date: ${date(-MINUTE_MS)}\nExpires: ${date(HOUR_MS)}`, HOUR_MS + MINUTE_MS],
  [`Expires: ${date(-HOUR_MS)}`, 0],
  ['Expires: 0', 0],
  [`Expires: 0\nLast-Modified: ${date(-DAY_MS)}`, 0],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, HOUR_MS],
  [`Last-Modified: ${date(-1_000 * DAY_MS)}`, HEURISTIC_MAX_MS],
  [`Last-Modified: ${date(DAY_MS)}`, 0],
  ['Last-Modified: long ago', 0],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, HOUR_MS, 404],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, 0, 500],
  [`Last-Modified: ${date(-10 * HOUR_MS)}`, 0, 302],
  ['Cache-Control: max-age=60', MINUTE_MS, 500],
]

test('lifetimeMs() takes what is told, then Expires, then a tenth of the age of the page', () => {
  for (const [text, expectedMs, status = 200] of LIFETIMES) {
    const kept = stored(text, { status })
    assert.equal(lifetimeMs(kept), expectedMs, text)
    const leftMs = expectedMs - currentAgeMs(kept, T0_MS)
    if (leftMs > 0) assert.equal(kindAfter(kept, leftMs - 1), 'fresh', text)
    assert.notEqual(kindAfter(kept, leftMs), 'fresh', text)
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

test('decide() fetches what is not kept', () => {
  const request = { nowMs: T0_MS, maxAgeMs: undefined, isArchive: true }
  assert.deepEqual(decide(undefined, request), { kind: 'fetch' })
})

test('decide() takes nothing older than it is asked for', () => {
  const kept = stored('Cache-Control: max-age=3600\nETag: "1"')
  assert.equal(kindAfter(kept, 30_000, { maxAgeMs: 30_000 }), 'fresh')
  assert.equal(kindAfter(kept, 30_001, { maxAgeMs: 30_000 }), 'revalidate')
  assert.equal(kindAfter(kept, HOUR_MS, { maxAgeMs: DAY_MS }), 'revalidate')
  assert.deepEqual(decide(kept, { nowMs: T0_MS + 10, maxAgeMs: undefined, isArchive: false }), {
    kind: 'fresh',
    ageMs: 10,
  })
})

test('decide() asks anew for what may not be used again unasked', () => {
  for (const line of [
    'Cache-Control: no-cache',
    'Cache-Control: no-cache="set-cookie"',
    'Cache-Control: private',
    'Vary: *',
    'Vary: accept, *',
  ]) {
    const text = `${line}\nCache-Control: max-age=60\nETag: "1"`
    assert.equal(kindAfter(stored(text), 0), 'revalidate', line)
    assert.equal(kindAfter(stored(text), 0, { isArchive: true }), 'fresh', line)
  }
  const vary = 'Vary: accept-encoding, user-agent\nCache-Control: max-age=60'
  assert.equal(kindAfter(stored(vary), 0), 'fresh')
  const noStore = stored('Cache-Control: no-store, max-age=60\nETag: "1"')
  assert.equal(kindAfter(noStore, 0), 'fetch')
  assert.equal(kindAfter(noStore, 0, { isArchive: true }), 'fresh')
})

test('decide() gives the archive by its age alone', () => {
  const kept = stored('Cache-Control: no-cache, must-revalidate\nExpires: 0')
  assert.equal(kindAfter(kept, HOUR_MS, { isArchive: true, maxAgeMs: HOUR_MS }), 'fresh')
  assert.equal(kindAfter(kept, HOUR_MS + 1, { isArchive: true, maxAgeMs: HOUR_MS }), 'fetch')
  assert.equal(kindAfter(kept, 1_000 * DAY_MS, { isArchive: true }), 'fresh')
})

test('decide() does not trust redirects that are told to be for once', () => {
  const text = 'Cache-Control: max-age=60\nETag: "1"'
  assert.equal(kindAfter(stored(text, { redirects: 'permanent' }), 0), 'fresh')
  assert.equal(kindAfter(stored(text, { redirects: 'permanent' }), HOUR_MS), 'fetch')
  assert.equal(kindAfter(stored(text, { redirects: 'temporary' }), 0), 'fetch')
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
]

test('decide() revalidates with the validators that are kept', () => {
  for (const [text, sent] of VALIDATORS) {
    const decision = decide(stored(text), { nowMs: T0_MS, maxAgeMs: undefined, isArchive: false })
    const expected =
      sent === '' ? { kind: 'fetch' } : { kind: 'revalidate', headers: headersOf(sent) }
    // A day old, it would be fresh by chance for a tenth of it.
    const stale = decide(stored(text), { nowMs: T0_MS + DAY_MS, maxAgeMs: 0, isArchive: false })
    assert.deepEqual(stale, expected, text)
    if (!text.includes('Last-Modified')) assert.deepEqual(decision, expected, text)
  }
  assert.equal(kindAfter(stored('ETag: "1"', { status: 404 }), 0), 'fetch')
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
  assert.equal(kindAfter(after, HOUR_MS + 59_000), 'fresh')
  assert.equal(kindAfter(after, HOUR_MS + 61_000), 'revalidate')
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

test('decide() is fresh at any time before the lifetime and at none after, for any headers', () => {
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
      const decision = decide(kept, { nowMs, maxAgeMs: undefined, isArchive: false })
      if (decision.kind === 'fresh') assert.ok(decision.ageMs < lifetimeMs(kept))
      const archive = decide(kept, { nowMs, maxAgeMs: undefined, isArchive: true })
      assert.deepEqual(archive, { kind: 'fresh', ageMs: currentAgeMs(kept, nowMs) })
      revalidated(kept, { headers, requestedMs: nowMs, receivedMs: nowMs })
    }),
    { numRuns: 2_000 },
  )
})
