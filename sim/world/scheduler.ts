/**
 * Virtual time. Events stand in one total order (time, then the order in which they were asked
 * for). After each one the promises that it settled run to their end, before the next event: so
 * code that awaits is as deterministic as the events are.
 */
import { assert, present } from '../../src/base/assert.ts'
import type { Timer } from '../../src/effects/clock.ts'
import type { Trace } from './trace.ts'

export class ScheduledEvent implements Timer {
  readonly timeMs: number
  readonly sequence: number
  /** Told to the trace when it runs. */
  readonly label: string
  readonly run: () => void
  isCancelled = false

  constructor(place: Place, label: string, run: () => void) {
    this.timeMs = place.timeMs
    this.sequence = place.sequence
    this.label = label
    this.run = run
  }

  cancel(): void {
    this.isCancelled = true
  }
}

interface Place {
  readonly timeMs: number
  readonly sequence: number
}

/** So often the event loop has its turn, in which rejections that nobody handles are told. */
const EVENTS_PER_TURN = 256

/** Lets all settled promises run. A macrotask comes only after the queue of microtasks is empty. */
export function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

const SETTLED = Promise.resolve()
/** Kept: each look at the global `process` runs a getter. */
const { nextTick } = process

export class Scheduler {
  readonly #heap: ScheduledEvent[] = []
  readonly #trace: Trace
  #nowMs = 0
  #sequence = 0
  #failure: { readonly cause: unknown } | undefined

  constructor(trace: Trace) {
    this.#trace = trace
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Runs the event `delayMs` from now, after those that were asked for the same instant before. */
  after(delayMs: number, label: string, run: () => void): ScheduledEvent {
    assert(delayMs >= 0, 'an event lies in the future')
    const place = { timeMs: this.#nowMs + delayMs, sequence: this.#sequence++ }
    const event = new ScheduledEvent(place, label, run)
    this.#push(event)
    return event
  }

  /**
   * A check found something wrong where nobody would hear its throw, within the code that is being
   * checked: the run ends with it after this event.
   */
  fail(cause: unknown): void {
    this.#failure ??= { cause }
  }

  /** Runs the next event and what it settled; `false` when there is none up to that time. */
  async step(untilMs: number): Promise<boolean> {
    const event = this.#take(untilMs)
    if (event === undefined) return false
    this.#run(event)
    await drain()
    this.#checkFailure()
    return true
  }

  /**
   * Runs all events up to `untilMs` and stands there; earlier when `done` says so after an event.
   */
  async run(untilMs: number, done: () => boolean = () => false): Promise<boolean> {
    await drain()
    const isDone = await this.#runAll(untilMs, done)
    if (!isDone) this.#nowMs = Math.max(this.#nowMs, untilMs)
    return isDone
  }

  /**
   * One event after the other. Node runs the next tick only when the queue of microtasks is empty,
   * and a tick that is asked for by a microtask only after all of them: that drains within one turn
   * of the event loop, without its system calls, and with no promise for each event to wait for.
   */
  #runAll(untilMs: number, done: () => boolean): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    let events = 0
    const tickLater = (): void => nextTick(next)
    const next = (): void => {
      try {
        this.#checkFailure()
        if (done()) return resolve(true)
        const event = this.#take(untilMs)
        if (event === undefined) return resolve(false)
        this.#run(event)
      } catch (error) {
        return reject(error)
      }
      if (++events % EVENTS_PER_TURN === 0) setImmediate(next)
      else void SETTLED.then(tickLater)
    }
    next()
    return promise
  }

  /** The next one up to that time. */
  #take(untilMs: number): ScheduledEvent | undefined {
    for (;;) {
      const event = this.#heap[0]
      if (event === undefined) return undefined
      if (!event.isCancelled && event.timeMs > untilMs) return undefined
      this.#pop()
      if (!event.isCancelled) return event
    }
  }

  #checkFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause
  }

  #run(event: ScheduledEvent): void {
    this.#nowMs = event.timeMs
    this.#trace.add(event.timeMs, event.label)
    event.run()
  }

  #push(event: ScheduledEvent): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = present(heap[above], 'parent')
      if (!isBefore(event, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = present(heap.pop(), 'last event')
    const { length } = heap
    if (length === 0) return
    let at = 0
    for (let child = 1; child < length; child = 2 * at + 1) {
      let smaller = present(heap[child], 'child')
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, smaller)) {
        smaller = right
        child++
      }
      if (!isBefore(smaller, last)) break
      heap[at] = smaller
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence)
}
