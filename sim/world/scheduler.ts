/**
 * Virtual time. Events stand in one total order (time, then the order in which they were asked
 * for). After each one the promises that it settled run to their end, before the next event: so
 * code that awaits is as deterministic as the events are.
 */
import { assert, present } from '../../src/base/assert.ts'
import type { Trace } from './trace.ts'

export interface ScheduledEvent {
  readonly timeMs: number
  readonly sequence: number
  /** Told to the trace when it runs. */
  readonly label: string
  readonly run: () => void
  cancelled: boolean
}

/** So often the event loop has its turn, in which rejections that nobody handles are told. */
const EVENTS_PER_TURN = 256

/** Lets all settled promises run. A macrotask comes only after the queue of microtasks is empty. */
export function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * As `drain`, within one turn of the event loop: Node runs the next tick only when the queue of
 * microtasks is empty, which spares the turn's system calls.
 */
function drainInTurn(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

export class Scheduler {
  readonly #heap: ScheduledEvent[] = []
  readonly #trace: Trace
  #nowMs = 0
  #sequence = 0
  #events = 0
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
    const timeMs = this.#nowMs + delayMs
    const event = { timeMs, sequence: this.#sequence++, label, run, cancelled: false }
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
    let event = this.#heap[0]
    while (event?.cancelled === true) {
      this.#pop()
      event = this.#heap[0]
    }
    if (event === undefined || event.timeMs > untilMs) return false
    this.#pop()
    this.#nowMs = event.timeMs
    this.#trace.add(event.timeMs, event.label)
    event.run()
    await (++this.#events % EVENTS_PER_TURN === 0 ? drain() : drainInTurn())
    if (this.#failure !== undefined) throw this.#failure.cause
    return true
  }

  /**
   * Runs all events up to `untilMs` and stands there; earlier when `done` says so after an event.
   */
  async run(untilMs: number, done: () => boolean = () => false): Promise<boolean> {
    await drain()
    if (done()) return true
    while (await this.step(untilMs)) if (done()) return true
    this.#nowMs = Math.max(this.#nowMs, untilMs)
    return false
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
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      const child = this.#smallerChild(at)
      if (child === undefined || !isBefore(child.event, last)) break
      heap[at] = child.event
      at = child.index
    }
    heap[at] = last
  }

  #smallerChild(at: number): { index: number; event: ScheduledEvent } | undefined {
    const index = 2 * at + 1
    const left = this.#heap[index]
    const right = this.#heap[index + 1]
    if (left === undefined) return undefined
    if (right !== undefined && isBefore(right, left)) return { index: index + 1, event: right }
    return { index, event: left }
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence)
}
