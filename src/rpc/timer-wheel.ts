/**
 * Deadlines, many of them and nearly all cancelled: one timer of the clock for all, no allocation
 * to set or clear one. A hashed wheel (Varghese and Lauck 1987, scheme 6) of doubly linked lists.
 */
import { assert } from '../base/assert.ts'
import type { Clock, Timer } from '../effects/clock.ts'

/** A deadline is met up to one slot late. */
export const SLOT_MS = 8
const SLOTS = 1024

/** What runs out. Extended by what has a deadline, so that setting one makes no object. */
export abstract class Deadline {
  /** Kept by the wheel. */
  wheelPrevious: Deadline | undefined
  wheelNext: Deadline | undefined
  wheelTick = -1

  /** Called once, when the time is up; by then it is no longer set. */
  abstract expired(): void
}

/** A deadline of its own, for what seldom has one. */
export class Alarm extends Deadline {
  readonly #ring: () => void

  constructor(ring: () => void) {
    super()
    this.#ring = ring
  }

  override expired(): void {
    this.#ring()
  }
}

export class TimerWheel {
  readonly #clock: Clock
  readonly #slots: (Deadline | undefined)[] = Array.from({ length: SLOTS })
  #count = 0
  /** All slots up to this tick are done. */
  #doneTick: number
  #timer: Timer | undefined
  #timerTick = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#doneTick = Math.floor(clock.nowMs() / SLOT_MS)
  }

  get size(): number {
    return this.#count
  }

  /** Sets it, anew where it was set already. */
  set(deadline: Deadline, atMs: number): void {
    this.clear(deadline)
    if (this.#count === 0) this.#doneTick = Math.floor(this.#clock.nowMs() / SLOT_MS)
    const tick = Math.max(Math.ceil(atMs / SLOT_MS), this.#doneTick + 1)
    deadline.wheelTick = tick
    this.#link(deadline, tick % SLOTS)
    this.#count++
    if (this.#timer === undefined || tick < this.#timerTick) this.#arm(tick)
  }

  /** Nothing happens where it is not set. */
  clear(deadline: Deadline): void {
    if (deadline.wheelTick < 0) return
    const { wheelPrevious: previous, wheelNext: next } = deadline
    if (previous === undefined) this.#slots[deadline.wheelTick % SLOTS] = next
    else previous.wheelNext = next
    if (next !== undefined) next.wheelPrevious = previous
    deadline.wheelPrevious = undefined
    deadline.wheelNext = undefined
    deadline.wheelTick = -1
    this.#count--
  }

  /** Forgets all deadlines without calling them. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const [slot, first] of this.#slots.entries()) {
      for (let next = first; next !== undefined; next = this.#slots[slot]) this.clear(next)
    }
    assert(this.#count === 0, 'a deadline is in no slot')
  }

  #link(deadline: Deadline, slot: number): void {
    const first = this.#slots[slot]
    deadline.wheelNext = first
    if (first !== undefined) first.wheelPrevious = deadline
    this.#slots[slot] = deadline
  }

  #arm(tick: number): void {
    this.#timer?.cancel()
    this.#timerTick = tick
    // Whole milliseconds: what is left by rounding of fractions would be waited for in no time, for
    // ever.
    const delayMs = Math.max(1, Math.ceil(tick * SLOT_MS - this.#clock.nowMs()))
    this.#timer = this.#clock.after(delayMs, () => this.#advance())
  }

  #advance(): void {
    this.#timer = undefined
    const nowTick = Math.floor(this.#clock.nowMs() / SLOT_MS)
    const slots = Math.min(nowTick - this.#doneTick, SLOTS)
    const from = nowTick - slots + 1
    this.#doneTick = nowTick
    for (let tick = from; tick <= nowTick; tick++) this.#expire(tick % SLOTS, nowTick)
    if (this.#count > 0 && this.#timer === undefined) this.#arm(this.#nextTick())
  }

  #expire(slot: number, nowTick: number): void {
    let due: Deadline[] | undefined
    for (let at = this.#slots[slot]; at !== undefined; at = at.wheelNext) {
      if (at.wheelTick > nowTick) continue
      due ??= []
      due.push(at)
    }
    // One that another's expiry cleared or set anew is no longer due.
    for (const deadline of due ?? []) {
      if (deadline.wheelTick < 0 || deadline.wheelTick > nowTick) continue
      this.clear(deadline)
      deadline.expired()
    }
  }

  /** The next slot that holds anything; what it holds may be due a turn of the wheel later. */
  #nextTick(): number {
    for (let ahead = 1; ahead <= SLOTS; ahead++) {
      if (this.#slots[(this.#doneTick + ahead) % SLOTS] !== undefined) return this.#doneTick + ahead
    }
    return this.#doneTick + SLOTS
  }
}
