import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import {
  CRAWL_DELAY_MAX_MS,
  FAILURE_PAUSE_MAX_MS,
  FAILURE_PAUSE_MIN_MS,
  FAILURES_MAX,
  intervalMs,
  LATENCIES_MIN,
  LATENCY_SLOWING_MAX_MS,
  LATENCY_SLOWING_MIN_MS,
  mayBegin,
  newPace,
  SLOWING_MAX_MS,
  SLOWING_MIN_MS,
  stepPace,
  type Pace,
  type PaceEffect,
  type PaceEvent,
} from './pace.ts'

const T0_MS = Date.UTC(2026, 10, 21)

/** A host, its clock, and what it was told. */
class Host {
  pace: Pace = newPace(T0_MS)
  nowMs = T0_MS
  effects: readonly PaceEffect[] = []

  after(ms: number): this {
    this.nowMs += ms
    return this
  }

  tell(event: PaceEvent): this {
    const [pace, effects] = stepPace(this.pace, event, this.nowMs)
    this.pace = pace
    this.effects = effects
    return this
  }

  configured(delayMs: number, connectionsMax = 1, crawlDelayMs?: number): this {
    return this.tell({ kind: 'configured', delayMs, connectionsMax, crawlDelayMs })
  }

  /** When the next may begin, and begins it then. */
  begun(): this {
    const atMs = this.tell({ kind: 'wanted' }).waitsUntil()
    if (atMs !== undefined) {
      this.nowMs = atMs
      this.tell({ kind: 'wanted' })
    }
    assert.deepEqual(this.effects, [{ kind: 'begin' }])
    return this
  }

  waitsUntil(): number | undefined {
    const [effect] = this.effects
    return effect?.kind === 'wait' ? effect.untilMs : undefined
  }

  answered(status = 200, latencyMs = 50, retryAfter?: string): this {
    return this.after(latencyMs).tell({ kind: 'answered', status, latencyMs, retryAfter })
  }
}

test('stepPace() begins one request a second by default, one at a time', () => {
  const host = new Host().begun()
  assert.equal(host.nowMs, T0_MS)
  assert.deepEqual(host.after(5_000).tell({ kind: 'wanted' }).effects, [
    { kind: 'wait', untilMs: undefined },
  ])
  host.answered()
  assert.equal(mayBegin(host.pace, host.nowMs), host.nowMs)
  host.begun().answered().tell({ kind: 'wanted' })
  assert.equal(host.waitsUntil(), T0_MS + 5_050 + 1_000)
})

test('stepPace() gives the turn back of what asked the host for nothing', () => {
  const host = new Host().begun().answered()
  const askedMs = host.nowMs
  host.begun()
  const heldMs = host.nowMs
  host.after(5).tell({ kind: 'unmade', beganMs: heldMs }).begun()
  assert.equal(host.nowMs, heldMs + 5)
  assert.ok(heldMs > askedMs)
})

test('stepPace() counts what asked for nothing where others waited for it already', () => {
  const host = new Host().configured(100, 2).begun()
  const heldMs = host.nowMs
  host.begun().tell({ kind: 'unmade', beganMs: heldMs })
  assert.equal(mayBegin(host.pace, host.nowMs), heldMs + 200)
})

test('stepPace() opens so many connections, an interval apart', () => {
  const host = new Host().configured(100, 3).begun().begun().begun()
  assert.equal(host.nowMs, T0_MS + 200)
  assert.equal(mayBegin(host.pace, host.nowMs), undefined)
  host.answered().begun()
  assert.equal(host.nowMs, T0_MS + 300)
})

test('stepPace() heeds a crawl-delay up to a minute, and asks nothing above', () => {
  const host = new Host().configured(1_000, 1, 5_000)
  assert.equal(intervalMs(host.pace), 5_000)
  assert.equal(intervalMs(host.configured(1_000, 1, 200).pace), 1_000)
  assert.equal(intervalMs(host.configured(1_000, 1, CRAWL_DELAY_MAX_MS).pace), CRAWL_DELAY_MAX_MS)
  host.configured(1_000, 1, CRAWL_DELAY_MAX_MS + 1)
  assert.deepEqual(host.effects, [{ kind: 'closed' }])
  assert.equal(mayBegin(host.pace, host.nowMs), undefined)
  assert.equal(mayBegin(host.configured(1_000).pace, host.nowMs), host.nowMs)
})

test('stepPace() heeds a Retry-After from before a crawl-delay that came and went', () => {
  const host = new Host()
    .begun()
    .answered(503, 0, '600')
    .configured(0, 1, CRAWL_DELAY_MAX_MS + 1)
  host.configured(0).after(1_000).tell({ kind: 'wanted' })
  assert.equal(host.waitsUntil(), T0_MS + 600_000)
})

test('stepPace() waits as Retry-After says, in seconds or until the date', () => {
  for (const [status, retryAfter, waitMs] of [
    [503, '120', 120_000],
    [429, new Date(T0_MS + 600_000).toUTCString(), 599_950],
    [429, '999999999', 86_400_000],
  ] as const) {
    const host = new Host().begun().answered(status, 50, retryAfter)
    assert.deepEqual(
      host.effects.map(({ kind }) => kind),
      ['slowed', 'parked'],
    )
    assert.equal(mayBegin(host.pace, host.nowMs), host.nowMs + waitMs)
  }
  const host = new Host().begun().answered(200, 50, '120')
  assert.equal(mayBegin(host.pace, host.nowMs), T0_MS + 1_000)
  assert.equal(new Host().begun().answered(429, 50, 'soon').pace.parked, undefined)
})

test('stepPace() waits for the longer of two reasons', () => {
  const host = new Host().configured(0, 3).begun().begun().begun()
  host.answered(429, 50, '3600')
  const untilMs = host.nowMs + 3_600_000
  host.answered(503, 50, '1')
  assert.equal(mayBegin(host.pace, host.nowMs), untilMs)
  host.answered(503, 50, '7200')
  assert.equal(mayBegin(host.pace, host.nowMs), host.nowMs + 7_200_000)
})

test('stepPace() doubles the slowing at each 429 and 503, up to a bound', () => {
  const host = new Host()
  const slowings: number[] = []
  for (let count = 0; count < 12; count += 1) {
    host.begun().answered(count % 2 === 0 ? 429 : 503)
    slowings.push(host.pace.slowingMs / 1_000)
  }
  assert.deepEqual(slowings, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  assert.equal(host.pace.slowingMs, SLOWING_MAX_MS)
})

test('stepPace() takes a tenth of the slowing off with each good answer, until it is gone', () => {
  const host = new Host().begun().answered(429)
  host.begun().answered(200)
  assert.equal(host.pace.slowingMs, 900)
  host.begun().answered(404)
  assert.equal(host.pace.slowingMs, 810)
  host.begun().answered(500)
  assert.equal(host.pace.slowingMs, 810)
  let answers = 0
  while (host.pace.slowingMs > 0) {
    host.begun().answered(200)
    answers += 1
  }
  assert.deepEqual(host.effects, [{ kind: 'recovered' }])
  assert.ok(answers < 50)
  assert.equal(intervalMs(host.pace), 1_000)
})

test('stepPace() slows down once for all that was under way together', () => {
  const host = new Host().configured(10, 4).begun().begun().begun()
  // Begun at 0, 10 and 20, answered at 60, 70 and 80.
  host.after(40)
  for (const latencyMs of [60, 60, 60]) {
    host.tell({ kind: 'answered', status: 503, latencyMs, retryAfter: undefined }).after(10)
  }
  assert.equal(host.pace.slowingMs, 1_000)
  assert.equal(host.begun().answered(503, 40).pace.slowingMs, 2_000)
})

test('stepPace() slows down at thrice the median latency, of a host it knows', () => {
  const host = new Host().begun().answered(200, 9_000)
  assert.equal(host.pace.slowingMs, 0)
  for (let count = 0; count < LATENCIES_MIN; count += 1) host.begun().answered(200, 150)
  assert.equal(host.begun().answered(200, 449).pace.slowingMs, 0)
  host.begun().answered(200, 451)
  assert.deepEqual(host.effects, [{ kind: 'slowed', why: 'latency', intervalMs: 2_000 }])
})

test('stepPace() takes a slow answer less hard than a refusal', () => {
  const host = new Host().configured(20)
  for (let count = 0; count < LATENCIES_MIN; count += 1) host.begun().answered(200, 50)
  assert.equal(host.begun().answered(200, 400).pace.slowingMs, LATENCY_SLOWING_MIN_MS)
  assert.equal(host.begun().answered(503).pace.slowingMs, SLOWING_MIN_MS)
})

test('stepPace() never takes some milliseconds for a burden', () => {
  const host = new Host()
  for (let count = 0; count < 20; count += 1) host.begun().answered(200, 2)
  assert.equal(host.begun().answered(200, 290).pace.slowingMs, 0)
})

test('stepPace() takes a latency that stays for the usual one', () => {
  const host = new Host()
  for (let count = 0; count < 40; count += 1) host.begun().answered(200, 200)
  for (let count = 0; count < 16; count += 1) host.begun().answered(200, 2_000)
  assert.equal(host.pace.slowingMs, LATENCY_SLOWING_MAX_MS)
  for (let count = 0; count < 80; count += 1) host.begun().answered(200, 2_000)
  assert.equal(host.pace.slowingMs, 0)
})

test('stepPace() leaves a host alone after failures in a row, longer each time', () => {
  const host = new Host().configured(0, 4)
  for (let count = 1; count < FAILURES_MAX; count += 1) host.begun().tell({ kind: 'failed' })
  assert.equal(host.pace.parked, undefined)
  const pauses: number[] = []
  for (let count = 0; count < 8; count += 1) {
    host.begun().tell({ kind: 'failed' })
    pauses.push((mayBegin(host.pace, host.nowMs) ?? 0) - host.nowMs)
  }
  assert.equal(pauses[0], FAILURE_PAUSE_MIN_MS)
  assert.equal(pauses[1], 2 * FAILURE_PAUSE_MIN_MS)
  assert.equal(pauses.at(-1), FAILURE_PAUSE_MAX_MS)
  // One at a time until it answers.
  assert.equal(mayBegin(host.begun().pace, host.nowMs), undefined)
  host.answered(500)
  assert.equal(host.pace.failures, 0)
  host.begun().begun().begun()
})

test('stepPace() waits after a takeover until nothing of the predecessor can begin', () => {
  const host = new Host().configured(1_000, 2).begun().begun()
  host.tell({ kind: 'takenOver', endedMs: host.nowMs, startWithinMs: 500 })
  assert.equal(mayBegin(host.pace, host.nowMs), host.nowMs + 1_500)
  host.begun().answered().begun()
})

test('stepPace() waits less after a takeover from one that ended before', () => {
  const earlier = new Host().configured(1_000, 2)
  earlier.tell({ kind: 'takenOver', endedMs: earlier.nowMs - 400, startWithinMs: 500 })
  assert.equal(mayBegin(earlier.pace, earlier.nowMs), earlier.nowMs + 1_100)
  const long = new Host().configured(1_000, 2)
  long.tell({ kind: 'takenOver', endedMs: long.nowMs - 1_500, startWithinMs: 500 })
  assert.equal(mayBegin(long.pace, long.nowMs), long.nowMs)
})

test('stepPace() keeps its distances when the clock goes back', () => {
  const host = new Host().begun().answered()
  host.nowMs -= 3_600_000
  assert.equal(mayBegin(host.pace, host.nowMs), host.nowMs + 950)
  host.begun().answered(503)
  host.nowMs -= 3_600_000
  assert.equal(host.begun().answered(503).pace.slowingMs, 2_000)
})

const delayMs = fc.constantFrom(0, 20, 100, 1_000)
const EVENT: fc.Arbitrary<PaceEvent> = fc.oneof(
  { weight: 20, arbitrary: fc.constant<PaceEvent>({ kind: 'wanted' }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('answered' as const),
      status: fc.constantFrom(200, 200, 200, 304, 404, 429, 500, 503),
      latencyMs: fc.constantFrom(1, 50, 200, 5_000),
      retryAfter: fc.constantFrom(
        undefined,
        '0',
        '3',
        '100',
        'soon',
        'Sat, 21 Nov 2026 00:10:00 GMT',
      ),
    }),
  },
  { weight: 3, arbitrary: fc.constant<PaceEvent>({ kind: 'failed' }) },
  { weight: 1, arbitrary: fc.constant<PaceEvent>({ kind: 'abandoned' }) },
  {
    weight: 5,
    // Of the open ones, which: when it began is put in its place.
    arbitrary: fc.record({ kind: fc.constant('unmade' as const), beganMs: fc.nat({ max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('configured' as const),
      delayMs,
      connectionsMax: fc.integer({ min: 1, max: 4 }),
      crawlDelayMs: fc.constantFrom(undefined, undefined, 0, 500, 61_000),
    }),
  },
)
const STEPS = fc.array(fc.tuple(fc.constantFrom(0, 1, 19, 100, 999, 1_000, 60_000), EVENT), {
  maxLength: 200,
  size: 'max',
})
const ENDS = new Set(['answered', 'failed', 'abandoned', 'unmade'])

/** Requests under way, and what ends one of them. */
class Open {
  readonly beganMs: number[] = []

  /** @returns the event as the pace is told it, and which of the open ones it ends */
  ending(event: PaceEvent): { readonly told: PaceEvent; readonly beganMs: number | undefined } {
    if (!ENDS.has(event.kind)) return { told: event, beganMs: undefined }
    const at = event.kind === 'unmade' ? event.beganMs % this.beganMs.length : 0
    const [beganMs = assert.fail()] = this.beganMs.splice(at, 1)
    return { told: event.kind === 'unmade' ? { ...event, beganMs } : event, beganMs }
  }
}

test('stepPace() never begins above the rate in any stretch, whatever happens', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const host = new Host()
      let begun: { atMs: number; delayMs: number }[] = []
      const open = new Open()
      for (const [waitMs, event] of steps) {
        host.after(waitMs)
        if (ENDS.has(event.kind) && open.beganMs.length === 0) continue
        const promisedMs = mayBegin(host.pace, host.nowMs)
        const { beganMs, told } = open.ending(event)
        host.tell(told)
        // Another pace is another promise; what was never asked for burdens nobody.
        if (told.kind === 'configured') begun = []
        if (told.kind === 'unmade') begun = begun.filter(({ atMs }) => atMs !== beganMs)
        if (host.effects[0]?.kind !== 'begin') continue
        assert.equal(promisedMs, host.nowMs)
        open.beganMs.push(host.nowMs)
        assert.ok(open.beganMs.length <= host.pace.connectionsMax)
        begun.push({ atMs: host.nowMs, delayMs: host.pace.delayMs })
      }
      for (const [index, { atMs, delayMs }] of begun.entries()) {
        for (const [count, later] of begun.slice(index).entries()) {
          assert.ok(later.atMs - atMs >= count * delayMs)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('stepPace() begins nothing while the host is parked, and always begins in the end', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const host = new Host()
      let parkedMs = 0
      for (const [waitMs, event] of steps) {
        host.after(waitMs)
        if (ENDS.has(event.kind) && host.pace.open === 0) continue
        host.tell(event)
        for (const effect of host.effects) {
          if (effect.kind === 'parked') parkedMs = effect.untilMs
          if (effect.kind === 'begin') assert.ok(host.nowMs >= parkedMs)
        }
      }
      host.configured(1_000)
      while (host.pace.open > 0) host.tell({ kind: 'abandoned' })
      assert.ok((mayBegin(host.pace, host.nowMs) ?? Infinity) <= host.nowMs + 86_400_000)
      host.begun()
    }),
    { numRuns: 1_000 },
  )
})

test('a pace is plain JSON', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const host = new Host()
      for (const [waitMs, event] of steps) {
        host.after(waitMs)
        if (ENDS.has(event.kind) && host.pace.open === 0) continue
        host.tell(event)
        const kept: unknown = JSON.parse(JSON.stringify(host.pace))
        assert.deepEqual(JSON.stringify(kept), JSON.stringify(host.pace))
        assert.ok(!JSON.stringify(host.pace).includes('null'))
      }
    }),
  )
})
