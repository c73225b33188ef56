/** A source as the plan of a download sees it: what it has, how fast it is, how often it failed. */
import { MIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import type { Failure, SourceState } from '../../../wire/download-states.ts'
import type { Bitfield } from './bitfield.ts'

/**
 * A source that has shown that it is right is asked for so many pieces at once, and fast ones for
 * more.
 */
const AT_ONCE = 2
const AT_ONCE_MAX = 4
const FAST_BYTES_PER_SECOND = 16 * MIB

const RATE_WINDOW_MS = SECOND_MS
const REST_FIRST_MS = SECOND_MS
const REST_MAX_MS = 30 * SECOND_MS
/** So often in a row, and it is given up. */
const STRIKES_MAX = 5
/** One that was given up and is told of again is tried again after this. */
const REVIVED_AFTER_MS = MINUTE_MS
/** Races for a piece that it lost, and it is too slow to be worth its place. */
const LOST_RACES_MAX = 3

/** One piece on its way. */
export interface Running {
  readonly sinceMs: number
  /** When bytes of it came last. */
  lastMs: number
  bytes: number
}

export class PlanSource {
  readonly id: string
  readonly running = new Map<number, Running>()
  /** `undefined`: it is not known yet, and it is not asked. */
  has: Bitfield | undefined
  pieces = 0
  bytes = 0
  why: Failure | undefined
  #isDropped = false
  #droppedMs = 0
  #strikes = 0
  #lostRaces = 0
  #restUntilMs = 0
  #rate = 0
  #windowBytes = 0
  #windowSinceMs: number | undefined

  constructor(id: string) {
    this.id = id
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  get restUntilMs(): number {
    return this.#restUntilMs
  }

  /** Bytes a second, of all its pieces together. */
  get rate(): number {
    return this.#rate
  }

  stateAt(nowMs: number): SourceState {
    if (this.#isDropped) return 'dropped'
    if (this.running.size > 0) return 'active'
    return this.#restUntilMs > nowMs ? 'resting' : 'idle'
  }

  /** One that has not brought a right piece yet is asked for one. */
  roomAt(nowMs: number): number {
    if (this.#isDropped || this.has === undefined || this.#restUntilMs > nowMs) return 0
    const fast = Math.floor(this.#rate / FAST_BYTES_PER_SECOND)
    const atOnce = this.pieces === 0 ? 1 : Math.min(AT_ONCE_MAX, AT_ONCE + fast)
    return Math.max(0, atOnce - this.running.size)
  }

  /** Of one of its pieces, with one more beside it. */
  shareOfRate(more: number): number {
    return this.#rate / Math.max(1, this.running.size + more)
  }

  begin(index: number, nowMs: number): void {
    this.#windowSinceMs ??= nowMs
    this.running.set(index, { sinceMs: nowMs, lastMs: nowMs, bytes: 0 })
  }

  progressed(index: number, bytes: number, nowMs: number): void {
    const running = this.running.get(index)
    if (running === undefined) return
    running.bytes += bytes
    running.lastMs = nowMs
    this.#windowBytes += bytes
    this.#measure(nowMs)
  }

  arrived(bytes: number): void {
    this.pieces++
    this.bytes += bytes
    this.#strikes = 0
    this.why = undefined
  }

  end(index: number, nowMs: number): void {
    this.running.delete(index)
    this.#measure(nowMs)
    if (this.running.size === 0) {
      this.#windowSinceMs = undefined
      this.#windowBytes = 0
    }
  }

  failed(why: Failure, nowMs: number): void {
    this.why = why
    if (why === 'corrupt' || why === 'forbidden' || why === 'gone') return this.#drop(nowMs)
    this.#strikes++
    if (this.#strikes >= STRIKES_MAX) return this.#drop(nowMs)
    const restMs = Math.min(REST_MAX_MS, REST_FIRST_MS * 2 ** (this.#strikes - 1))
    this.#restUntilMs = nowMs + restMs
  }

  /** Another brought the piece first. */
  lostRace(nowMs: number): void {
    this.#lostRaces++
    if (this.#lostRaces < LOST_RACES_MAX) return
    this.why = 'slow'
    this.#drop(nowMs)
  }

  /** It was told of again. One that lied stays out. */
  revive(nowMs: number): void {
    if (!this.#isDropped || this.why === 'corrupt' || this.why === 'forbidden') return
    if (nowMs - this.#droppedMs < REVIVED_AFTER_MS) return
    this.#isDropped = false
    this.#strikes = 0
    this.#lostRaces = 0
    this.has = undefined
  }

  #drop(nowMs: number): void {
    this.#isDropped = true
    this.#droppedMs = nowMs
    this.#rate = 0
  }

  #measure(nowMs: number): void {
    const sinceMs = this.#windowSinceMs
    if (sinceMs === undefined || nowMs - sinceMs < RATE_WINDOW_MS) return
    const measured = (this.#windowBytes * SECOND_MS) / (nowMs - sinceMs)
    this.#rate = this.#rate === 0 ? measured : (this.#rate + measured) / 2
    this.#windowSinceMs = nowMs
    this.#windowBytes = 0
  }
}
