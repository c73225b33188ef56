/** Schedules of crawls through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import type { CrawlRequest } from '../wire/api-crawls.ts'
import {
  Schedule,
  ScheduleList,
  type ScheduleChange,
  type ScheduleSpec,
} from '../wire/api-schedules.ts'
import { Webhook } from '../wire/api-webhooks.ts'
import type { Asking } from './records.ts'

/** What is told is written on a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS
const PAGE_ITEMS = 100

export type ScheduleOrder = 'pause' | 'resume' | 'run'

export class Schedules {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** @throws AnilloError SCHEDULE_INVALID, FORBIDDEN, and as `Crawls.start` */
  make(crawl: CrawlRequest, schedule: ScheduleSpec): Promise<Schedule> {
    const body = { ...crawl, schedule }
    return this.#asking.ask(Schedule, { ...POST, path: '/v1/crawls', body })
  }

  /** @throws AnilloError NOT_FOUND */
  schedule(id: string): Promise<Schedule> {
    return this.#asking.ask(Schedule, { ...GET, path: pathOf(id) })
  }

  /** @throws AnilloError NOT_FOUND, FORBIDDEN, SCHEDULE_INVALID */
  change(id: string, body: ScheduleChange): Promise<Schedule> {
    const request = { method: 'PATCH', path: pathOf(id), timeoutMs: TIMEOUT_MS, body } as const
    return this.#asking.ask(Schedule, request)
  }

  /** @throws AnilloError NOT_FOUND, FORBIDDEN, SCHEDULE_RUNS */
  order(id: string, order: ScheduleOrder): Promise<Schedule> {
    return this.#asking.ask(Schedule, { ...POST, path: `${pathOf(id)}/${order}` })
  }

  /** Its crawls stay. @throws AnilloError NOT_FOUND, FORBIDDEN */
  async delete(id: string): Promise<void> {
    const request = { method: 'DELETE', path: pathOf(id), timeoutMs: TIMEOUT_MS } as const
    await this.#asking.request(request, async () => true)
  }

  /** An event that is tried at once. @throws AnilloError NOT_FOUND, FORBIDDEN */
  testWebhook(id: string): Promise<Webhook> {
    return this.#asking.ask(Webhook, { ...POST, path: `${pathOf(id)}/webhook/test` })
  }

  /** Newest first. */
  async *schedules(): AsyncIterable<Schedule> {
    let cursor: string | undefined
    do {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const path = `/v1/schedules?limit=${PAGE_ITEMS}${after}`
      const page = await this.#asking.ask(ScheduleList, { ...GET, path })
      yield* page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }
}

const GET = { method: 'GET', timeoutMs: TIMEOUT_MS } as const
const POST = { method: 'POST', timeoutMs: TIMEOUT_MS } as const

function pathOf(id: string): string {
  return `/v1/schedules/${encodeURIComponent(id)}`
}
