/**
 * Begins the crawls of schedules when they are due, at the member that owns the place of schedules
 * on the ring. It looks when the next one is due, too. Two that believe they own it do no harm
 * (`schedule-procedures.ts`). The member’s own clock says only how long to wait.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { requestOf } from '../crawl/errand.ts'
import { hostsOf, type Host } from '../crawl/hosts.ts'
import { startOf } from '../crawl/start-of.ts'
import { LOOK_AROUND_EVERY_MS } from '../lookout/limits.ts'
import { Lookout } from '../lookout/lookout.ts'
import { timesAfter } from './cron.ts'
import type { FireInput } from './schedule-procedures.ts'
import { SCHEDULES_POSITION, type ScheduleRow } from './schedule-rows.ts'
import type { Due, ScheduleStore } from './schedule-store.ts'

export interface ScheduleKeeperOptions {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly schedules: ScheduleStore
  readonly isSuspended: IsSuspended
  /** Crawls of these hosts began. */
  readonly tell: (hosts: readonly Host[]) => void
  /** Something will be to be told to it. */
  readonly tellHook: (hook: string) => void
}

/** Asked of the nick of an account. @throws AnilloError STORE_UNAVAILABLE */
export type IsSuspended = (nick: string) => Promise<boolean>

/** Looked at in one turn; more are looked at in the next one. */
const DUE_AT_ONCE = 100

export class ScheduleKeeper {
  readonly #options: ScheduleKeeperOptions
  readonly #lookout: Lookout

  constructor(options: ScheduleKeeperOptions) {
    this.#options = options
    const { clock, log, overlay } = options
    this.#lookout = new Lookout({
      clock,
      log,
      overlay,
      what: 'schedules',
      look: () => this.#look(),
    })
  }

  /** A schedule was made or changed. */
  hear(): void {
    this.#lookout.hear()
  }

  close(): Promise<void> {
    return this.#lookout.close()
  }

  async #look(): Promise<number> {
    const isMine = this.#lookout.owns(SCHEDULES_POSITION)
    return Math.min(isMine ? await this.#beginDue() : Infinity, LOOK_AROUND_EVERY_MS)
  }

  /** @returns until the next one is due */
  async #beginDue(): Promise<number> {
    const { schedules } = this.#options
    const found = await schedules.due(DUE_AT_ONCE)
    if (found.length === 0) return Infinity
    const timeMs = await schedules.timeMs()
    let isAllDone = true
    for (const due of found) {
      if (this.#lookout.closing.aborted) return Infinity
      if (due.atMs > timeMs) return due.atMs - timeMs
      isAllDone = (await this.#fire(due, timeMs)) && isAllDone
    }
    return isAllDone ? 0 : Infinity
  }

  /** `false`: this member cannot, and leaves it to another. */
  async #fire({ atMs, id }: Due, timeMs: number): Promise<boolean> {
    const { isSuspended, log, schedules, tell, tellHook } = this.#options
    const row = await schedules.get(id)
    if (row === undefined) return true
    const start = readable(row)
    if (start === undefined) {
      log.warn('a schedule that is due cannot be read', { id })
      return false
    }
    // Times that were missed meanwhile are this one run.
    const [nextMs] = timesAfter(row, Math.max(atMs, timeMs), 1)
    const next = nextMs === undefined ? {} : { nextMs }
    const held = row.by !== undefined && (await isSuspended(row.by)) ? HELD_BACK : {}
    const fired = { id, revision: row.revision, dueMs: atMs, ...next, ...held, start }
    const { kind } = await schedules.fire(fired)
    log.info('a schedule was due', { id, dueMs: atMs, kind })
    if (kind === 'begun') tell(hostsOf(start.seeds))
    if (row.hasHook === true && kind !== 'heldBack') tellHook(id)
    return true
  }
}

const HELD_BACK = { isHeldBack: true } as const

/** `undefined`: a member of another version made it. */
function readable(row: ScheduleRow): FireInput['start'] | undefined {
  const request = requestOf(row)
  try {
    return request === undefined ? undefined : startOf(request)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
