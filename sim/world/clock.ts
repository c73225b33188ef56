/** The clock of one virtual machine: it may drift, and its wall clock may jump. */
import { assert } from '../../src/base/assert.ts'
import type { Clock, Timer } from '../../src/effects/clock.ts'
import type { Life } from './life.ts'
import type { Scheduler } from './scheduler.ts'

/** A microtask without the resource that Node makes for each of `queueMicrotask`. */
const SETTLED = Promise.resolve()

/** Where virtual time begins: 2026-01-01 in UTC. */
const EPOCH_MS = Date.UTC(2026, 0, 1)

/**
 * The step of every clock, as crystals have one. A power of two: sums and differences of times are
 * exact, so that nobody waits for what rounding left.
 */
const STEPS_PER_MS = 1024
const STEP_MS = 1 / STEPS_PER_MS

/** What a machine's crystal and its operator do to time; outlives the programs. */
export class MachineTime {
  readonly #scheduler: Scheduler
  #rate = 1
  #sinceMs = 0
  #localMs = 0
  #jumpedMs = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Milliseconds of the monotonic clock since the machine was made. */
  get nowMs(): number {
    const localMs = this.#localMs + (this.#scheduler.nowMs - this.#sinceMs) * this.#rate
    return Math.floor(localMs * STEPS_PER_MS) / STEPS_PER_MS
  }

  get wallMs(): number {
    return Math.floor(EPOCH_MS + this.#jumpedMs + this.nowMs)
  }

  get rate(): number {
    return this.#rate
  }

  /** 1.0001: gains a tenth of a second in 1,000. */
  drift(rate: number): void {
    assert(rate > 0, 'time goes forward')
    this.#localMs = this.nowMs
    this.#sinceMs = this.#scheduler.nowMs
    this.#rate = rate
  }

  /** Moves the wall clock alone, either way. */
  jump(byMs: number): void {
    this.#jumpedMs += byMs
  }
}

export function virtualClock(life: Life, time: MachineTime): Clock {
  return {
    nowMs: () => time.nowMs,
    wallMs: () => time.wallMs,
    after: (delayMs, run) =>
      // No timer is finer, or what rounding left would be waited for in no time, for ever.
      startTimer(life, time, {
        dueMs: time.nowMs + (delayMs > 0 ? Math.max(STEP_MS, delayMs) : 0),
        run,
      }),
    soon: (run) => void SETTLED.then(() => life.now('soon', run)),
  }
}

interface Alarm {
  readonly dueMs: number
  readonly run: () => void
}

/** A drift that changed meanwhile may bring it early: then it waits again. */
function startTimer(life: Life, time: MachineTime, alarm: Alarm): Timer {
  const arm = (leftMs: number): Timer => life.after(leftMs / time.rate, 'timer', fired)
  const fired = (): void => {
    const leftMs = alarm.dueMs - time.nowMs
    if (leftMs > 0) timer = arm(Math.max(leftMs, STEP_MS))
    else alarm.run()
  }
  let timer = arm(Math.max(0, alarm.dueMs - time.nowMs))
  return { cancel: () => timer.cancel() }
}
