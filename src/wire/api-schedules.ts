/**
 * The JSON of `/v1/schedules`: crawls that begin again and again. Instants are ISO 8601 in UTC.
 *
 *     POST /crawls {..., schedule}        NewCrawl -> 201 Schedule
 *     GET  /schedules?limit=&cursor=      ScheduleList, newest first
 *     GET  /schedules/{id}                Schedule
 *     PATCH /schedules/{id}               ScheduleChange -> Schedule
 *     POST /schedules/{id}/pause|resume|run   Schedule
 *     POST /schedules/{id}/webhook/test   202 Webhook
 *     DELETE /schedules/{id}              204; its crawls stay
 */
import { Type, type Static } from 'typebox'

import { CrawlCounts, CrawlRequest } from './api-crawls.ts'
import { Webhook } from './api-webhooks.ts'
import { CRON_CHARS_MAX, ZONE_CHARS_MAX } from './schedule-bounds.ts'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const

const Cron = Type.String({ minLength: 1, maxLength: CRON_CHARS_MAX })
const Zone = Type.String({ minLength: 1, maxLength: ZONE_CHARS_MAX })

export const ScheduleSpec = Type.Object(
  {
    /** Minute, hour, day of the month, month, day of the week; or `@daily` and its kin. */
    cron: Cron,
    /** IANA name, such as Europe/Madrid; UTC where it is absent. */
    zone: Type.Optional(Zone),
    /** A first run at once; false. */
    begin: Type.Optional(Type.Boolean()),
  },
  CLOSED,
)
export type ScheduleSpec = Readonly<Static<typeof ScheduleSpec>>

/** With `schedule` it is a schedule that is made, and its crawls begin when it says. */
export const NewCrawl = Type.Object(
  { ...CrawlRequest.properties, schedule: Type.Optional(ScheduleSpec) },
  CLOSED,
)
export type NewCrawl = Readonly<Static<typeof NewCrawl>>

export const ScheduleChange = Type.Object(
  {
    cron: Type.Optional(Cron),
    zone: Type.Optional(Zone),
    /** In the place of what was asked for. */
    crawl: Type.Optional(CrawlRequest),
  },
  { ...CLOSED, minProperties: 1 },
)
export type ScheduleChange = Readonly<Static<typeof ScheduleChange>>

/**
 * `skipped`: the run before it still went on. `deleted`: its crawl was, before it was over.
 */
export const SCHEDULE_RUN_STATES = ['running', 'done', 'cancelled', 'deleted', 'skipped'] as const

export const ScheduleRun = Type.Object({
  /** When it was due. */
  at: Instant,
  /** Its crawl; absent where it was skipped. */
  crawl: Type.Optional(Text),
  state: Type.Unsafe<(typeof SCHEDULE_RUN_STATES)[number]>(
    Type.Union(SCHEDULE_RUN_STATES.map((name) => Type.Literal(name))),
  ),
  /** Somebody asked for it; else its time had come. */
  byHand: Type.Optional(Type.Literal(true)),
  endedAt: Type.Optional(Instant),
  counts: Type.Optional(CrawlCounts),
})
export type ScheduleRun = Readonly<Static<typeof ScheduleRun>>

export const Schedule = Type.Object({
  id: Text,
  /** What each run asks for. */
  crawl: CrawlRequest,
  /** Nick; null: a guest. */
  by: Type.Union([Text, Type.Null()]),
  cron: Text,
  zone: Text,
  state: Type.Union([Type.Literal('active'), Type.Literal('paused')]),
  /** The account of whoever made it is suspended: until it is restored nothing begins. */
  heldBack: Type.Optional(Type.Literal('suspended')),
  /** Who is told of its crawls, and how that goes. */
  webhook: Type.Optional(Webhook),
  /** The next times; none while it is paused or held back. */
  next: Type.Array(Instant),
  /** The last ones, newest first. */
  runs: Type.Array(ScheduleRun),
  madeAt: Instant,
  changedAt: Instant,
})
export type Schedule = Readonly<Static<typeof Schedule>>

export const ScheduleList = Type.Object({
  items: Type.Array(Schedule),
  cursor: Type.Optional(Type.String({ description: 'absent on the last page' })),
})
export type ScheduleList = Readonly<Static<typeof ScheduleList>>
