/**
 * Begins the crawls of schedules when they are due, at the member that owns the place of schedules
 * on the ring. It looks when its neighbours change, when it is told of a change, when the next one
 * is due, and now and then. Two that believe they own it do no harm (`schedule-procedures.ts`).
 * The member’s own clock says only how long to wait.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { requestOf } from '../crawl/errand.ts'
import { hostsOf, type Host } from '../crawl/hosts.ts'
import { HOSTS_LOOK_EVERY_MS, PAUSE_AFTER_ERROR_MS } from '../crawl/limits.ts'
import { startOf } from '../crawl/start-of.ts'
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
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: ScheduleKeeperOptions) {
    this.#options = options
    this.#stopWatching = options.overlay.onNeighbours(() => this.#lookIn(PAUSE_AFTER_ERROR_MS))
    this.#lookIn(PAUSE_AFTER_ERROR_MS)
  }

  /** A schedule was made or changed. */
  hear(): void {
    this.#lookIn(0)
  }

  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: 'schedules' }))
    this.#stopWatching()
    this.#timer?.cancel()
    await this.#looking
  }

  #lookIn(delayMs: number): void {
    if (this.#closing.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(delayMs, () => {
      // One at a time: a word in between starts the next look.
      this.#looking = this.#looking.then(() => this.#look())
    })
  }

  async #look(): Promise<void> {
    const { log, overlay } = this.#options
    try {
      const isMine = overlay.joined && overlay.owns(SCHEDULES_POSITION)
      const waitMs = isMine ? await this.#beginDue() : HOSTS_LOOK_EVERY_MS
      this.#lookIn(Math.min(waitMs, HOSTS_LOOK_EVERY_MS))
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('schedules are looked at later', { error: thrown })
      this.#lookIn(PAUSE_AFTER_ERROR_MS)
    }
  }

  /** @returns until the next one is due */
  async #beginDue(): Promise<number> {
    const { schedules } = this.#options
    const found = await schedules.due(DUE_AT_ONCE)
    if (found.length === 0) return Infinity
    const timeMs = await schedules.timeMs()
    let isAllDone = true
    for (const due of found) {
      if (this.#closing.signal.aborted) return Infinity
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
