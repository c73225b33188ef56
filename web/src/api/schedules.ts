/** Questions about schedules of crawls. */
import type { CrawlRequest } from '../../../src/wire/api-crawls.ts'
import type {
  Schedule,
  ScheduleChange,
  ScheduleList,
  ScheduleSpec,
} from '../../../src/wire/api-schedules.ts'
import type { Webhook } from '../../../src/wire/api-webhooks.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { RingTrouble, type RingClient } from './ring-client.ts'

/** What is told is written on a majority, a change of leader in between. */
const WRITING = { patienceSeconds: 10 }
const SCHEDULE = { id: 'string', crawl: 'object', cron: 'string', next: 'array', runs: 'array' }
const WEBHOOK = { url: 'string', state: 'string', waiting: 'number' }

export type ScheduleOrder = 'pause' | 'resume' | 'run'

export class SchedulesClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async make(crawl: CrawlRequest, schedule: ScheduleSpec): Promise<Schedule> {
    const body = { ...crawl, schedule }
    const asked = { path: '/v1/crawls', method: 'POST', body, ...WRITING } as const
    return sound<Schedule>(await this.#client.json(asked), SCHEDULE)
  }

  /** Newest first. */
  async schedules(cursor?: string): Promise<ScheduleList> {
    const answer = await this.#client.json({ path: `/v1/schedules?${pageQuery(cursor)}` })
    return listOf<Schedule>(answer, SCHEDULE)
  }

  async order(id: string, order: ScheduleOrder): Promise<Schedule> {
    const path = `${pathOf(id)}/${order}`
    const asked = { path, method: 'POST', ...WRITING } as const
    return sound<Schedule>(await this.#client.json(asked), SCHEDULE)
  }

  /** A run that goes on stays. Asked for again it changes nothing more. */
  async change(id: string, change: ScheduleChange): Promise<Schedule> {
    const path = pathOf(id)
    const asked = { path, method: 'PATCH', body: change, ...WRITING } as const
    return sound<Schedule>(await this.#client.json(asked), SCHEDULE)
  }

  /** Its crawls stay. A door that died after it had done so leaves nothing for the next one. */
  async delete(id: string): Promise<void> {
    try {
      await this.#client.json({ path: pathOf(id), method: 'DELETE', ...WRITING })
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble) || thrown.code !== 'NOT_FOUND') throw thrown
    }
  }

  /** @param of what the webhook belongs to */
  async testWebhook(of: 'crawls' | 'schedules', id: string): Promise<Webhook> {
    const path = `/v1/${of}/${encodeURIComponent(id)}/webhook/test`
    return sound<Webhook>(await this.#client.json({ path, method: 'POST', ...WRITING }), WEBHOOK)
  }
}

function pathOf(id: string): string {
  return `/v1/schedules/${encodeURIComponent(id)}`
}
