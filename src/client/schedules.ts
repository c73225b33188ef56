/** Schedules of crawls through the REST API. */
import type { CrawlRequest } from '../wire/api-crawls.ts'
import {
  Schedule,
  ScheduleList,
  type ScheduleChange,
  type ScheduleSpec,
} from '../wire/api-schedules.ts'
import type { Asking } from './resource.ts'
import { PATCH, POST, Steered } from './steered.ts'

export type ScheduleOrder = 'pause' | 'resume' | 'run'

export class Schedules extends Steered<Schedule, ScheduleOrder> {
  constructor(asking: Asking) {
    super(asking, {
      path: '/v1/schedules',
      one: (asked) => asking.ask(Schedule, asked),
      part: (asked) => asking.ask(ScheduleList, asked),
    })
  }

  /** @throws AnilloError SCHEDULE_INVALID, FORBIDDEN, and as `Crawls.start` */
  make(crawl: CrawlRequest, schedule: ScheduleSpec): Promise<Schedule> {
    const body = { ...crawl, schedule }
    return this.asking.ask(Schedule, { ...POST, path: '/v1/crawls', body })
  }

  /** @throws AnilloError NOT_FOUND, FORBIDDEN, SCHEDULE_INVALID */
  change(id: string, body: ScheduleChange): Promise<Schedule> {
    return this.asking.ask(Schedule, { ...PATCH, path: this.pathOf(id), body })
  }
}
