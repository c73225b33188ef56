/**
 * What is kept of an address, and the decisions that rest on it. Pure; instants are ISO 8601 in
 * UTC.
 */
import type { AnilloError } from '../../base/errors.ts'
import type { MemberRef, Page } from '../../wire/api.ts'
import type { Attempt, PageRecord } from '../../wire/pages.ts'
import type { FetchedPage } from './fetch-page.ts'
import { FAILURE_FRESH_MS, HISTORY_MAX } from './limits.ts'

/** Who made an attempt, and when. */
export interface Made {
  readonly by: MemberRef
  /** Wall clock, ms since 1970. */
  readonly atMs: number
}

export interface Subject {
  readonly id: string
  readonly url: string
}

export function pageRecord(subject: Subject, fetched: FetchedPage, made: Made): PageRecord {
  const at = new Date(made.atMs).toISOString()
  const page: Page = { ...subject, ...fetched, fetchedAt: at, fetchedBy: made.by }
  return { ...subject, page, history: [{ at, by: made.by.name, status: fetched.status }] }
}

export function failureRecord(subject: Subject, error: AnilloError, made: Made): PageRecord {
  const at = new Date(made.atMs).toISOString()
  const failure = { code: error.code, text: error.message, details: { ...error.details }, at }
  return { ...subject, failure, history: [{ at, by: made.by.name, code: error.code }] }
}

/**
 * The newest of both, whichever comes first: commutative, associative, and merging twice changes
 * nothing.
 */
export function merged(a: PageRecord, b: PageRecord): PageRecord {
  const page = newer(a.page, b.page, (each) => `${each.fetchedAt} ${each.hash}`)
  const failure = newer(a.failure, b.failure, (each) => `${each.at} ${each.code}`)
  const isFailureNews = failure !== undefined && (page === undefined || failure.at > page.fetchedAt)
  return {
    id: a.id,
    url: a.url,
    ...(page === undefined ? {} : { page }),
    ...(isFailureNews ? { failure } : {}),
    history: mergedHistory(a.history, b.history),
  }
}

/** When the newest attempt of this record was made, ms since 1970. */
export function changedAtMs(record: PageRecord): number {
  return Math.max(pageAtMs(record), instantMs(record.failure?.at))
}

/** When the copy was made, ms since 1970; 0 where there is none. */
export function pageAtMs(record: PageRecord): number {
  return instantMs(record.page?.fetchedAt)
}

/** Whether the record has a newer copy or a newer attempt than what is held. */
export function addsTo(held: PageRecord | undefined, record: PageRecord): boolean {
  if (held === undefined) return true
  return pageAtMs(record) > pageAtMs(held) || changedAtMs(record) > changedAtMs(held)
}

export interface Asked {
  readonly nowMs: number
  /** 0: nothing that is held is good enough. */
  readonly maxAgeMs: number
}

/** `page`: the copy will do. `failure`: it failed a moment ago. `none`: the site must be asked. */
export type Verdict = 'page' | 'failure' | 'none'

/** A copy that is young enough stays an answer even where a later attempt failed. */
export function verdictOn(record: PageRecord | undefined, asked: Asked): Verdict {
  if (record?.page !== undefined && ageMs(record.page.fetchedAt, asked.nowMs) < asked.maxAgeMs)
    return 'page'
  const failureMaxAgeMs = Math.min(asked.maxAgeMs, FAILURE_FRESH_MS)
  if (record?.failure !== undefined && ageMs(record.failure.at, asked.nowMs) < failureMaxAgeMs)
    return 'failure'
  return 'none'
}

/** Never negative: another member's clock may be ahead. */
export function ageMs(instant: string, nowMs: number): number {
  return Math.max(0, nowMs - instantMs(instant))
}

function instantMs(instant: string | undefined): number {
  return instant === undefined ? 0 : Date.parse(instant)
}

function newer<T>(a: T | undefined, b: T | undefined, order: (value: T) => string): T | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return order(a) >= order(b) ? a : b
}

function mergedHistory(a: readonly Attempt[], b: readonly Attempt[]): Attempt[] {
  const byKey = new Map([...a, ...b].map((attempt) => [historyKey(attempt), attempt]))
  const keys = [...byKey.keys()].toSorted().slice(-HISTORY_MAX)
  return keys.flatMap((key) => byKey.get(key) ?? [])
}

function historyKey(attempt: Attempt): string {
  return `${attempt.at} ${attempt.by} ${attempt.code ?? ''} ${String(attempt.status ?? '')}`
}
