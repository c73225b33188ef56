/** What gateways see of schedules. Every member offers it. */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { instant } from '../../../base/instant.ts'
import type { Random } from '../../../effects/random.ts'
import type { CrawlRequest } from '../../../wire/api-crawls.ts'
import type {
  Schedule,
  ScheduleChange,
  ScheduleList,
  ScheduleRun,
  ScheduleSpec,
} from '../../../wire/api-schedules.ts'
import type { Webhook } from '../../../wire/api-webhooks.ts'
import { SCHEDULE_TIMES_SHOWN } from '../../../wire/schedule-bounds.ts'
import { ID_DIGITS, type Asked, type PageOf } from '../crawl/crawls.ts'
import { requestOf, requestTold } from '../crawl/errand.ts'
import { hostsOf, type Host } from '../crawl/hosts.ts'
import { startOf } from '../crawl/start-of.ts'
import type { HookDesk } from '../webhooks/hook-desk.ts'
import { withSecret } from '../webhooks/with-secret.ts'
import { checkTimes, timesAfter } from './cron.ts'
import type { IsSuspended } from './schedule-keeper.ts'
import { crawlOf } from './schedule-procedures.ts'
import type { Run, ScheduleRow } from './schedule-rows.ts'
import type { ScheduleStore } from './schedule-store.ts'

export interface Schedules {
  /**
   * @throws AnilloError SCHEDULE_INVALID, FORBIDDEN where there are too many, RETRY_MISMATCH, and
   * as `Crawls.start`
   */
  make(request: CrawlRequest, spec: ScheduleSpec, asked: Asked): Promise<Schedule>
  get(id: string): Promise<Schedule | undefined>
  /** Newest first. */
  list(page: PageOf): Promise<ScheduleList>
  /** @throws AnilloError NOT_FOUND, BUSY, and as `make` */
  change(id: string, change: ScheduleChange): Promise<Schedule>
  /** Times that pass while it is paused are not made up for. @throws AnilloError NOT_FOUND, BUSY */
  steer(id: string, to: 'active' | 'paused'): Promise<Schedule>
  /** A run now. @throws AnilloError NOT_FOUND, SCHEDULE_RUNS, BUSY */
  run(id: string, asked: Pick<Asked, 'key'>): Promise<Schedule>
  /** An event that is tried at once. @throws AnilloError NOT_FOUND */
  testHook(id: string): Promise<Webhook>
  /** Its crawls stay, also one that runs. @throws AnilloError NOT_FOUND */
  remove(id: string): Promise<void>
}

export interface ScheduleDeskOptions {
  readonly random: Random
  readonly schedules: ScheduleStore
  readonly hooks: HookDesk
  readonly isSuspended: IsSuspended
  /** URLs of these hosts were added. */
  readonly tell: (hosts: readonly Host[]) => void
  /** A schedule was made or changed. */
  readonly tellKeeper: () => void
}

/** Somebody else changed it each time in between. */
const CHANGE_TRIES = 5

export class ScheduleDesk implements Schedules {
  readonly #options: ScheduleDeskOptions

  constructor(options: ScheduleDeskOptions) {
    this.#options = options
  }

  async make(
    request: CrawlRequest,
    { begin = false, cron: text, zone = 'UTC' }: ScheduleSpec,
    { by, key }: Asked,
  ): Promise<Schedule> {
    const { hooks, schedules, tellKeeper } = this.#options
    const cron = text.trim()
    const { spec } = startOf(request)
    const nowMs = await schedules.timeMs()
    checkTimes({ cron, zone }, nowMs)
    const id = key?.slice(0, ID_DIGITS) ?? this.#randomId()
    const next = nextOf({ cron, zone }, nowMs)
    const secret = request.webhook && (await hooks.make(id, request.webhook))
    const more = { ...(by === undefined ? {} : { by }), ...hookOf(request) }
    await schedules.make({ id, spec, cron, zone, ...next, ...more })
    tellKeeper()
    const made = await this.#required(id)
    if (made.spec !== spec || made.cron !== cron || made.zone !== zone) {
      throw new AnilloError('RETRY_MISMATCH')
    }
    // Asked for again, the first run is the same.
    const schedule = await (begin ? this.run(id, { key: crawlOf(id, 0) }) : this.#told(id))
    return withSecret(schedule, secret)
  }

  async get(id: string): Promise<Schedule | undefined> {
    const { schedules } = this.#options
    const row = await schedules.get(id)
    return row === undefined ? undefined : this.#toldOf(id, row)
  }

  async list({ cursor, limit }: PageOf): Promise<ScheduleList> {
    const made = await this.#options.schedules.made(limit, cursor)
    const page = made.slice(0, limit)
    const found = await Promise.all(page.map((at) => this.get(at.slice(at.indexOf('.') + 1))))
    const items = found.filter((schedule) => schedule !== undefined)
    const last = page.at(-1)
    return made.length > limit && last !== undefined ? { items, cursor: last } : { items }
  }

  async change(id: string, { crawl, cron: text, zone }: ScheduleChange): Promise<Schedule> {
    const { hooks } = this.#options
    const spec = crawl === undefined ? {} : { spec: startOf(crawl).spec }
    const before = await hooks.get(id)
    if (crawl?.webhook !== undefined) await this.#required(id)
    const secret = crawl?.webhook && (await hooks.make(id, crawl.webhook, true))
    const changed = await this.#change(id, (row, nowMs) => {
      const cron = text?.trim() ?? row.cron
      const times = { cron, zone: zone ?? row.zone }
      checkTimes(times, nowMs)
      if (crawl === undefined) return { ...row, ...times }
      const { hasHook: _, ...rest } = row
      return { ...rest, ...spec, ...times, ...hookOf(crawl) }
    })
    if (before !== undefined && crawl !== undefined && secret === undefined) await hooks.leave(id)
    return before === undefined ? withSecret(changed, secret) : changed
  }

  async steer(id: string, to: 'active' | 'paused'): Promise<Schedule> {
    return this.#change(id, (row) => ({ ...row, isPaused: to === 'paused' }))
  }

  async run(id: string, { key }: Pick<Asked, 'key'>): Promise<Schedule> {
    const { schedules, tell } = this.#options
    const crawl = key?.slice(0, ID_DIGITS) ?? this.#randomId()
    for (let tries = 0; tries < CHANGE_TRIES; tries++) {
      const { revision, ...row } = await this.#required(id)
      const request = requestOf(row)
      if (request === undefined) break
      const start = startOf(request)
      if (!(await schedules.run({ id, revision, crawl, start }))) continue
      tell(hostsOf(start.seeds))
      if (row.hasHook === true) this.#options.hooks.tell(id)
      return this.#told(id)
    }
    throw new AnilloError('BUSY', { what: 'changes of this schedule' })
  }

  testHook(id: string): Promise<Webhook> {
    return this.#options.hooks.test(id)
  }

  async remove(id: string): Promise<void> {
    await this.#options.schedules.remove(id)
  }

  async #change(
    id: string,
    changed: (row: ScheduleRow, nowMs: number) => ScheduleRow,
  ): Promise<Schedule> {
    const { schedules, tellKeeper } = this.#options
    for (let tries = 0; tries < CHANGE_TRIES; tries++) {
      const nowMs = await schedules.timeMs()
      const before = await this.#required(id)
      const { cron, hasHook, isPaused, spec, zone } = changed(before, nowMs)
      const next = isPaused ? {} : nextOf({ cron, zone }, nowMs)
      const { revision } = before
      const more = { isPaused, ...next, ...(hasHook === undefined ? {} : { hasHook }) }
      if (!(await schedules.change({ id, revision, spec, cron, zone, ...more }))) continue
      tellKeeper()
      return this.#told(id)
    }
    throw new AnilloError('BUSY', { what: 'changes of this schedule' })
  }

  async #told(id: string): Promise<Schedule> {
    return this.#toldOf(id, await this.#required(id))
  }

  async #toldOf(id: string, row: ScheduleRow): Promise<Schedule> {
    const { hooks, isSuspended } = this.#options
    const { by, hasHook } = row
    const isHeldBack = by !== undefined && (await isSuspended(by))
    const webhook = hasHook === undefined ? undefined : await hooks.get(id)
    return {
      ...scheduleOf(id, row),
      // Its times pass meanwhile.
      ...(isHeldBack ? { heldBack: 'suspended' as const, next: [] } : {}),
      ...(webhook === undefined ? {} : { webhook }),
    }
  }

  async #required(id: string): Promise<ScheduleRow> {
    const row = await this.#options.schedules.get(id)
    if (row === undefined) throw new AnilloError('NOT_FOUND', { what: 'schedule with this id' })
    return row
  }

  #randomId(): string {
    return hexOf(this.#options.random.bytes(ID_DIGITS / 2))
  }
}

function hookOf({ webhook }: CrawlRequest): Pick<ScheduleRow, 'hasHook'> {
  return webhook === undefined ? {} : { hasHook: true }
}

function nextOf(times: Pick<ScheduleRow, 'cron' | 'zone'>, nowMs: number): { nextMs?: number } {
  const [nextMs] = timesAfter(times, nowMs, 1)
  return nextMs === undefined ? {} : { nextMs }
}

function scheduleOf(id: string, row: ScheduleRow): Schedule {
  const { by = null, changedAtMs, cron, isPaused, madeAtMs, nextMs, runs, zone } = row
  const later = nextMs === undefined ? [] : timesAfter(row, nextMs, SCHEDULE_TIMES_SHOWN - 1)
  const next = nextMs === undefined ? [] : [nextMs, ...later]
  return {
    id,
    crawl: requestTold(row),
    by,
    cron,
    zone,
    state: isPaused ? 'paused' : 'active',
    next: next.map(instant),
    runs: runs.map(runOf),
    madeAt: instant(madeAtMs),
    changedAt: instant(changedAtMs),
  }
}

function runOf({ byHand, crawl, dueMs, endedAtMs, state, totals }: Run): ScheduleRun {
  return {
    at: instant(dueMs),
    state,
    ...(crawl === undefined ? {} : { crawl }),
    ...(byHand === undefined ? {} : { byHand }),
    ...(endedAtMs === undefined ? {} : { endedAt: instant(endedAtMs) }),
    ...(totals === undefined ? {} : { counts: totals }),
  }
}
