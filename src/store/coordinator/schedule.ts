/**
 * Work that is to be done again and again, by one member of the ring at a time, whichever has a
 * hand free. A service declares it at every member (`every`); the coordinator makes a task of each
 * tick; each member looks for tasks that it can do, takes one with a lease and ends it.
 */
import { assert } from '../../base/assert.ts'
import { asAnilloError, isAnilloError, AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { shuffled } from '../../base/random.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import {
  PLAN_PREFIX,
  readPlanRow,
  readTaskRow,
  SCHEDULE_PARTITION,
  SCHEDULE_PK,
  SCHEDULE_TABLE,
  TASK_PREFIX,
  type TaskRow,
} from '../../wire/schedule.ts'
import type { StoredRecord } from '../partition/procedure.ts'
import { jsonOf } from '../roster/rows.ts'
import type { RecordMessage, Store } from '../types.ts'
import {
  INTERVAL_MS_MAX,
  INTERVAL_MS_MIN,
  LEAVE_WITHIN_MS,
  LOOK_EVERY_MS,
  PLANS_MAX,
  TASK_LEASE_MS,
  TASK_RENEW_EVERY_MS,
  TASKS_AT_ONCE_MAX,
} from './limits.ts'
import { declarePlan, failTask, finishTask, renewTask, takeTask } from './procedures.ts'

export interface Task {
  /** Counts the ticks of a plan from 1; a task that is tried again keeps it. */
  readonly number: number
  /** From 1. */
  readonly attempt: number
  /** The task was lost to another member, or this one stops: leave off. */
  readonly signal: AbortSignal
}

/**
 * Does the work. It may be done more than once, wholly or in part, where members die: what must
 * come about exactly once is given back as messages, which are sent together with the task's end.
 */
export type TaskWork = (task: Task) => Promise<readonly RecordMessage[]>

/** What services see. */
export interface Schedule {
  /**
   * Declares a plan; every member that can do the work declares it alike. The first task is due one
   * interval after it was first declared. Ticks that are missed are caught up by one task, and a
   * task that takes longer than the interval delays the next. `name`: lower case, digits, `.`, `-`.
   */
  every(name: string, intervalMs: number, work: TaskWork): void
}

export interface SchedulerOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly self: MemberId
  readonly store: Pick<Store, 'call' | 'list'>
}

interface Declared {
  readonly intervalMs: number
  readonly work: TaskWork
}

/** A task as it was last seen unchanged, since when by this member's clock. */
interface Seen {
  readonly generation: number
  readonly index: number
  readonly sinceMs: number
}

interface FoundTask extends TaskRow {
  readonly name: string
}

export class Scheduler implements Schedule {
  readonly #options: SchedulerOptions
  readonly #plans = new Map<string, Declared>()
  readonly #seen = new Map<string, Seen>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  every(name: string, intervalMs: number, work: TaskWork): void {
    assert(!this.#plans.has(name), `two plans ${name}`)
    assert(intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX, 'a bearable interval')
    this.#plans.set(name, { intervalMs, work })
  }

  start(): void {
    const { clock, random } = this.#options.effects
    const delayMs = LOOK_EVERY_MS * (0.5 + random.fraction())
    this.#timer = clock.after(delayMs, () => {
      this.#looking = this.#look().finally(() => {
        if (!this.#stopping.signal.aborted) this.start()
      })
    })
  }

  /**
   * What is under way is told to leave off, and is waited for a little; another member takes it.
   */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#stopping.abort(new AnilloError('RPC_CANCELLED', { method: 'schedule' }))
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#options.effects.clock.after(2 * LEAVE_WITHIN_MS, resolve)
    await Promise.race([promise, this.#looking.then(() => Promise.all(this.#running.values()))])
    timer.cancel()
  }

  /** Never rejects: the store may be away for a while. */
  async #look(): Promise<void> {
    const { effects, store } = this.#options
    const { signal } = this.#stopping
    const range = { table: SCHEDULE_TABLE, pk: SCHEDULE_PK }
    try {
      const plans = await store.list(
        { ...range, prefix: PLAN_PREFIX, limit: PLANS_MAX },
        { signal },
      )
      await this.#declare(plans.items)
      const tasks = await store.list(
        { ...range, prefix: TASK_PREFIX, limit: PLANS_MAX },
        { signal },
      )
      const free = tasks.items.flatMap((record) => this.#freeTask(record) ?? [])
      for (const task of shuffled(effects.random, free)) await this.#take(task)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.debug('schedule.waits', { code: thrown.code })
    }
  }

  async #declare(records: readonly StoredRecord[]): Promise<void> {
    const known = new Map(
      records.map(({ sk, value }) => [sk.slice(PLAN_PREFIX.length), readPlanRow(jsonOf(value))]),
    )
    for (const [name, { intervalMs }] of this.#plans) {
      if (known.get(name)?.intervalMs === intervalMs) continue
      const { signal } = this.#stopping
      const asked = { name, intervalMs }
      await this.#options.store.call(SCHEDULE_PARTITION, declarePlan, asked, { signal })
    }
  }

  /**
   * One that this member can do, and that nobody has. A lease ends by logged time, which is not
   * known here; so one that stood unchanged for as long as a lease is asked for.
   */
  #freeTask({ sk, value, etag }: StoredRecord): FoundTask | undefined {
    const name = sk.slice(TASK_PREFIX.length)
    const task = readTaskRow(jsonOf(value))
    if (task === undefined || !this.#plans.has(name) || this.#running.has(name)) return undefined
    const nowMs = this.#options.effects.clock.nowMs()
    const before = this.#seen.get(name)
    const isSame = before?.index === etag.index && before.generation === etag.generation
    const seen = isSame ? before : { ...etag, sinceMs: nowMs }
    this.#seen.set(name, seen)
    const isFree = task.attempts === 0 || nowMs - seen.sinceMs >= TASK_LEASE_MS
    return isFree ? { ...task, name } : undefined
  }

  async #take({ name, number }: FoundTask): Promise<void> {
    if (this.#running.size >= TASKS_AT_ONCE_MAX || this.#stopping.signal.aborted) return
    const { self, store } = this.#options
    const asked = { name, number, member: self }
    const answer = await store.call(SCHEDULE_PARTITION, takeTask, asked)
    const plan = this.#plans.get(name)
    if (answer.kind === 'gone') this.#seen.delete(name)
    if (answer.kind !== 'taken' || plan === undefined) return
    const { attempt, fence } = answer
    const held = new HeldTask(this.#options, { name, number, fence })
    const running = held.run(plan.work, attempt, this.#stopping.signal)
    this.#running.set(
      name,
      running.finally(() => this.#running.delete(name)),
    )
  }
}

/** A task in this member's hands. */
class HeldTask {
  readonly #options: SchedulerOptions
  readonly #held: { readonly name: string; readonly number: number; readonly fence: number }
  readonly #lost = new AbortController()
  #timer: Timer | undefined

  constructor(
    options: SchedulerOptions,
    held: { readonly name: string; readonly number: number; readonly fence: number },
  ) {
    this.#options = options
    this.#held = held
  }

  /** Never rejects. */
  async run(work: TaskWork, attempt: number, stopping: AbortSignal): Promise<void> {
    const { log } = this.#options.effects
    const { name, number } = this.#held
    const signal = AbortSignal.any([this.#lost.signal, stopping])
    this.#renewLater()
    try {
      await this.#finish(await work({ number, attempt, signal }))
    } catch (thrown) {
      log.warn('task failed', { name, number, attempt, problem: asAnilloError(thrown).message })
      await this.#fail()
    } finally {
      this.#lost.abort()
      this.#timer?.cancel()
    }
  }

  async #finish(messages: readonly RecordMessage[]): Promise<void> {
    const { store } = this.#options
    const input = { ...this.#held, messages: [...messages] }
    await store.call(SCHEDULE_PARTITION, finishTask, input)
  }

  /** Where that fails too the lease ends, and another takes it then. */
  async #fail(): Promise<void> {
    const { store } = this.#options
    try {
      const timeoutMs = LEAVE_WITHIN_MS
      await store.call(SCHEDULE_PARTITION, failTask, this.#held, { timeoutMs })
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
    }
  }

  #renewLater(): void {
    const { clock } = this.#options.effects
    this.#timer = clock.after(TASK_RENEW_EVERY_MS, () => void this.#renew())
  }

  /** A renewal that is not answered is tried again; whether the task was lost the store knows. */
  async #renew(): Promise<void> {
    const { store } = this.#options
    const { isHeld } = await store
      .call(SCHEDULE_PARTITION, renewTask, this.#held)
      .catch(() => ({ isHeld: true }))
    if (this.#lost.signal.aborted) return
    if (isHeld) this.#renewLater()
    else this.#lost.abort()
  }
}
