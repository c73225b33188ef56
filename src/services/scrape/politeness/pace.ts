/**
 * When the next request to one host may begin. A step function: what happens goes in, what is to be
 * done comes out; the state is plain JSON and outlives its member.
 *
 *     interval = delay + slowing
 *
 * `delay` is what was asked for, or more where robots.txt says so. `slowing` is ours: it doubles
 * when the host says that it is too much (429, 503; by a second at least) or takes three times as
 * long as it used to, and goes down by a tenth with every answer that is well. Requests begin at
 * least an interval apart, so no stretch of time holds more of them than it has intervals, and one.
 */
import { assert, unreachable } from '../../../base/assert.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import { retryAfterMs } from './retry-after.ts'

export const DELAY_DEFAULT_MS = SECOND_MS
export const CONNECTIONS_DEFAULT = 1
/** A host that wants to be asked more seldom is not asked at all: a crawl would never end. */
export const CRAWL_DELAY_MAX_MS = MINUTE_MS
export const SLOWING_MIN_MS = SECOND_MS
/** Slow answers alone may be chance, or our own machine's fault: they begin with less. */
export const LATENCY_SLOWING_MIN_MS = 100
export const SLOWING_MAX_MS = 5 * MINUTE_MS
/** Slow answers alone slow us down so far: the host still gives them. */
export const LATENCY_SLOWING_MAX_MS = 30 * SECOND_MS
/** What is less has gone. */
const SLOWING_GONE_MS = 10
/** Of the slowing, what one good answer leaves. */
const RECOVERY = 0.9
/** An answer this much over the median tells of a host at its limit. */
export const LATENCY_FACTOR = 3
/** Quicker answers never do: at some milliseconds chance makes thrice as much. */
export const LATENCY_SLOW_MIN_MS = 300
/** Of so many last answers the median is taken, from so many on. */
export const LATENCIES_KEPT = 31
export const LATENCIES_MIN = 8
/** Connections failed in a row before the host is left alone. */
export const FAILURES_MAX = 5
/** For so long at first, doubled with every failure after it. */
export const FAILURE_PAUSE_MIN_MS = MINUTE_MS
export const FAILURE_PAUSE_MAX_MS = HOUR_MS

export interface Pace {
  readonly delayMs: number
  readonly connectionsMax: number
  readonly slowingMs: number
  /** Requests under way. */
  readonly open: number
  readonly lastBeganMs: number | undefined
  /** Before the last one: its turn is the last one’s again when that made no request. */
  readonly beganBeforeMs: number | undefined
  /** An answer to what began before this says nothing about the slowing since. */
  readonly slowedMs: number | undefined
  readonly parked: Parked | undefined
  /** robots.txt asks for so long a delay that it is not asked at all, until that says otherwise. */
  readonly isClosed: boolean
  /** Connections that failed since the last answer. */
  readonly failures: number
  readonly latenciesMs: readonly number[]
  /** When the last step was taken. */
  readonly atMs: number
}

export interface Parked {
  readonly why: 'retryAfter' | 'failures' | 'takeover'
  readonly untilMs: number
}

export type PaceEvent =
  /** What the crawl asks for, and robots.txt (`undefined`: nothing). */
  | {
      readonly kind: 'configured'
      readonly delayMs: number
      readonly connectionsMax: number
      readonly crawlDelayMs: number | undefined
    }
  /** There is an address to fetch. */
  | { readonly kind: 'wanted' }
  /** Headers came, after so long; `retryAfter` as it stands there. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly latencyMs: number
      readonly retryAfter: string | undefined
    }
  /** No connection, or it broke before an answer. */
  | { readonly kind: 'failed' }
  /** It began and ended for reasons of ours. */
  | { readonly kind: 'abandoned' }
  /**
   * What began then surely asked the host for nothing: it does not count, as far as that is known.
   */
  | { readonly kind: 'unmade'; readonly beganMs: number }
  /**
   * Another schedules the host from here on, and knows nothing of what is under way: what its
   * predecessor permitted until its end may begin for so long after it.
   */
  | { readonly kind: 'takenOver'; readonly endedMs: number; readonly startWithinMs: number }

export type PaceEffect =
  /** Begin one request at once. */
  | { readonly kind: 'begin' }
  /** Ask again then, or after the next event where no time is told. */
  | { readonly kind: 'wait'; readonly untilMs: number | undefined }
  | { readonly kind: 'slowed'; readonly why: 'status' | 'latency'; readonly intervalMs: number }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'closed' }
  | ({ readonly kind: 'parked' } & Parked)

type Step = readonly [Pace, readonly PaceEffect[]]

/** A host that nothing is known of. */
export function newPace(nowMs: number): Pace {
  return {
    delayMs: DELAY_DEFAULT_MS,
    connectionsMax: CONNECTIONS_DEFAULT,
    slowingMs: 0,
    open: 0,
    lastBeganMs: undefined,
    beganBeforeMs: undefined,
    slowedMs: undefined,
    parked: undefined,
    isClosed: false,
    failures: 0,
    latenciesMs: [],
    atMs: nowMs,
  }
}

/** Between two beginnings. */
export function intervalMs({ delayMs, slowingMs }: Pace): number {
  return delayMs + slowingMs
}

/** When a request may begin; `undefined`: not before another event. */
export function mayBegin(pace: Pace, nowMs: number): number | undefined {
  return whenFree(atTime(pace, nowMs), nowMs)
}

export function stepPace(before: Pace, event: PaceEvent, nowMs: number): Step {
  const pace = atTime(before, nowMs)
  switch (event.kind) {
    case 'configured':
      return configured(pace, event)
    case 'wanted':
      return wanted(pace, nowMs)
    case 'answered':
      return answered(ended(pace), event, nowMs)
    case 'failed':
      return failed(ended(pace), nowMs)
    case 'abandoned':
      return [ended(pace), []]
    case 'unmade':
      return [unmade(ended(pace), event.beganMs), []]
    case 'takenOver':
      return takenOver(pace, event.endedMs + event.startWithinMs)
    default:
      return unreachable(event)
  }
}

function whenFree(pace: Pace, nowMs: number): number | undefined {
  const { parked, isClosed, open, lastBeganMs, failures } = pace
  if (isClosed) return undefined
  // A host that failed is tried with one request: the rest would wait for the same.
  if (open >= (failures > 0 ? 1 : pace.connectionsMax)) return undefined
  const next = lastBeganMs === undefined ? nowMs : lastBeganMs + intervalMs(pace)
  return Math.max(nowMs, next, parked?.untilMs ?? 0)
}

/** A clock that went back takes the times that were told by it with it. */
function atTime(pace: Pace, nowMs: number): Pace {
  const backMs = pace.atMs - nowMs
  if (backMs <= 0) return { ...pace, atMs: nowMs }
  const moved = (ms: number | undefined) => (ms === undefined ? undefined : ms - backMs)
  const { parked, lastBeganMs, beganBeforeMs, slowedMs } = pace
  return {
    ...pace,
    atMs: nowMs,
    lastBeganMs: moved(lastBeganMs),
    beganBeforeMs: moved(beganBeforeMs),
    slowedMs: moved(slowedMs),
    parked: parked === undefined ? undefined : { ...parked, untilMs: parked.untilMs - backMs },
  }
}

function configured(pace: Pace, event: PaceEvent & { kind: 'configured' }): Step {
  const { delayMs, connectionsMax, crawlDelayMs } = event
  assert(delayMs >= 0 && connectionsMax >= 1, 'a host is asked at some pace')
  const isClosed = crawlDelayMs !== undefined && crawlDelayMs > CRAWL_DELAY_MAX_MS
  const known = {
    ...pace,
    delayMs: Math.max(delayMs, crawlDelayMs ?? 0),
    connectionsMax,
    isClosed,
  }
  return [known, isClosed && !pace.isClosed ? [{ kind: 'closed' }] : []]
}

function wanted(pace: Pace, nowMs: number): Step {
  const untilMs = whenFree(pace, nowMs)
  if (untilMs === undefined || untilMs > nowMs) return [pace, [{ kind: 'wait', untilMs }]]
  const { lastBeganMs: beganBeforeMs, open } = pace
  return [
    { ...pace, open: open + 1, lastBeganMs: nowMs, beganBeforeMs, parked: undefined },
    [{ kind: 'begin' }],
  ]
}

function ended(pace: Pace): Pace {
  assert(pace.open > 0, 'a request ended that never began')
  return { ...pace, open: pace.open - 1 }
}

/** One behind which others began stays counted: they waited for it. */
function unmade(pace: Pace, beganMs: number): Pace {
  if (pace.lastBeganMs !== beganMs) return pace
  return { ...pace, lastBeganMs: pace.beganBeforeMs }
}

function answered(pace: Pace, event: PaceEvent & { kind: 'answered' }, nowMs: number): Step {
  const { status, latencyMs, retryAfter } = event
  const isSlow = latencyMs > slowFromMs(pace.latenciesMs)
  const latenciesMs = [...pace.latenciesMs, latencyMs].slice(-LATENCIES_KEPT)
  const known = { ...pace, failures: 0, latenciesMs }
  if (status === 429 || status === 503) {
    const [slower, effects] = slowed(known, { why: 'status', latencyMs, nowMs })
    const waitMs = retryAfter === undefined ? undefined : retryAfterMs(retryAfter, nowMs)
    if (waitMs === undefined || waitMs === 0) return [slower, effects]
    const [later, told] = parkedAs(slower, { why: 'retryAfter', untilMs: nowMs + waitMs })
    return [later, [...effects, ...told]]
  }
  if (isSlow) return slowed(known, { why: 'latency', latencyMs, nowMs })
  // Other errors of the server say neither that it can do more nor that it cannot.
  return status >= 500 ? [known, []] : recovered(known)
}

/** Above it an answer is slow; never, while too few are known. */
function slowFromMs(latenciesMs: readonly number[]): number {
  if (latenciesMs.length < LATENCIES_MIN) return Infinity
  const median = latenciesMs.toSorted((one, other) => one - other)[latenciesMs.length >> 1] ?? 0
  return Math.max(median * LATENCY_FACTOR, LATENCY_SLOW_MIN_MS)
}

interface Slowing {
  readonly why: 'status' | 'latency'
  readonly latencyMs: number
  readonly nowMs: number
}

/** Once for all requests that were under way together: they tell of one and the same moment. */
function slowed(pace: Pace, { why, latencyMs, nowMs }: Slowing): Step {
  if (pace.slowedMs !== undefined && nowMs - latencyMs < pace.slowedMs) return [pace, []]
  const isTold = why === 'status'
  const least = Math.max(isTold ? SLOWING_MIN_MS : LATENCY_SLOWING_MIN_MS, pace.delayMs)
  const most = isTold ? SLOWING_MAX_MS : Math.max(LATENCY_SLOWING_MAX_MS, pace.slowingMs)
  const slowingMs = Math.min(Math.max(2 * pace.slowingMs, least), most)
  const slower = { ...pace, slowingMs, slowedMs: nowMs }
  return [slower, [{ kind: 'slowed', why, intervalMs: intervalMs(slower) }]]
}

function recovered(pace: Pace): Step {
  if (pace.slowingMs === 0) return [pace, []]
  const slowingMs = pace.slowingMs * RECOVERY
  if (slowingMs >= SLOWING_GONE_MS) return [{ ...pace, slowingMs }, []]
  return [{ ...pace, slowingMs: 0, slowedMs: undefined }, [{ kind: 'recovered' }]]
}

function failed(pace: Pace, nowMs: number): Step {
  const known = { ...pace, failures: pace.failures + 1 }
  const over = known.failures - FAILURES_MAX
  if (over < 0) return [known, []]
  const pauseMs = Math.min(FAILURE_PAUSE_MIN_MS * 2 ** over, FAILURE_PAUSE_MAX_MS)
  return parkedAs(known, { why: 'failures', untilMs: nowMs + pauseMs })
}

function takenOver(pace: Pace, lastBeganMs: number): Step {
  const untilMs = lastBeganMs + intervalMs(pace)
  return parkedAs({ ...pace, open: 0 }, { why: 'takeover', untilMs })
}

/** Of two reasons the one that holds longer stays. */
function parkedAs(pace: Pace, parked: Parked): Step {
  if (pace.parked !== undefined && pace.parked.untilMs >= parked.untilMs) return [pace, []]
  return [{ ...pace, parked }, [{ kind: 'parked', ...parked }]]
}
