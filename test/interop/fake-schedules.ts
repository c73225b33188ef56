/** Schedules for trying the page without a ring: in memory, due when nobody waits for them. */
import { AnilloError } from '../../src/base/errors.ts'
import type { Asked } from '../../src/services/scrape/crawl/crawls.ts'
import { startOf } from '../../src/services/scrape/crawl/start-of.ts'
import { checkTimes } from '../../src/services/scrape/schedules/cron.ts'
import type { Schedules } from '../../src/services/scrape/schedules/schedules.ts'
import type { CrawlRequest } from '../../src/wire/api-crawls.ts'
import type {
  Schedule,
  ScheduleChange,
  ScheduleList,
  ScheduleSpec,
} from '../../src/wire/api-schedules.ts'
import type { Webhook } from '../../src/wire/api-webhooks.ts'

export const FAKE_SECRET = `whsec_${'A'.repeat(32)}`

export class FakeSchedules implements Schedules {
  readonly #kept = new Map<string, Schedule>()
  /** What was asked for, in order. */
  readonly asked: (CrawlRequest & { readonly schedule: ScheduleSpec })[] = []
  readonly tested: string[] = []

  async make(crawl: CrawlRequest, schedule: ScheduleSpec, { by }: Asked): Promise<Schedule> {
    startOf(crawl)
    checkTimes({ zone: 'UTC', ...schedule }, Date.now())
    this.asked.push({ ...crawl, schedule })
    const at = new Date().toISOString()
    const { cron, zone = 'UTC' } = schedule
    const made: Schedule = {
      id: String(this.#kept.size).padStart(32, '0'),
      crawl,
      by: by ?? null,
      cron,
      zone,
      state: 'active',
      next: [at],
      runs: [],
      madeAt: at,
      changedAt: at,
      ...(crawl.webhook === undefined ? {} : { webhook: webhookOf(crawl.webhook.url) }),
    }
    this.#kept.set(made.id, made)
    const { webhook } = made
    return webhook === undefined ? made : { ...made, webhook: { ...webhook, secret: FAKE_SECRET } }
  }

  async get(id: string): Promise<Schedule | undefined> {
    return this.#kept.get(id)
  }

  async list(): Promise<ScheduleList> {
    return { items: [...this.#kept.values()].toReversed() }
  }

  async change(id: string, { cron, zone }: ScheduleChange): Promise<Schedule> {
    const before = this.#of(id)
    const times = { cron: cron ?? before.cron, zone: zone ?? before.zone }
    checkTimes(times, Date.now())
    return this.#keep({ ...before, ...times })
  }

  async steer(id: string, state: Schedule['state']): Promise<Schedule> {
    return this.#keep({ ...this.#of(id), state })
  }

  async run(id: string): Promise<Schedule> {
    const schedule = this.#of(id)
    if (schedule.runs[0]?.state === 'running') throw new AnilloError('SCHEDULE_RUNS')
    const at = new Date().toISOString()
    return this.#keep({ ...schedule, runs: [{ at, state: 'running', byHand: true }] })
  }

  async testHook(id: string): Promise<Webhook> {
    this.tested.push(id)
    return webhookOf(this.#of(id).crawl.webhook?.url ?? '')
  }

  async remove(id: string): Promise<void> {
    this.#kept.delete(id)
  }

  #keep(schedule: Schedule): Schedule {
    this.#kept.set(schedule.id, schedule)
    return schedule
  }

  #of(id: string): Schedule {
    const kept = this.#kept.get(id)
    if (kept === undefined) throw new AnilloError('NOT_FOUND', { what: 'schedule with this id' })
    return kept
  }
}

function webhookOf(url: string): Webhook {
  const counts = { waiting: 0, delivered: 0, givenUp: 0, leftOut: 0 }
  return { url, events: ['crawl.started', 'crawl.ended'], state: 'ok', ...counts }
}
