/**
 * Which piece is asked of whom. Pure: what happens comes in as calls with the time, what is to be
 * done goes out as orders. The rarest pieces come first, so that those who download at once have
 * something for each other; where nothing is left to begin, the last ones are asked of a second
 * source (end game). Who sends wrong bytes is done with; who hangs, breaks off or is slow rests,
 * and is given up at last.
 */
import { assert } from '../../../base/assert.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Failure } from '../../../wire/download-states.ts'
import type { Bitfield } from './bitfield.ts'
import { PlanSource, type Running } from './plan-source.ts'

export type Order =
  | { readonly kind: 'ask'; readonly source: string; readonly index: number }
  /** Nobody waits for it any more. */
  | { readonly kind: 'cancel'; readonly source: string; readonly index: number }

export interface PlanOptions {
  readonly bytesOf: (index: number) => number
  /** What is there already. The plan keeps it. */
  readonly have: Bitfield
  /** Where to begin among pieces that are equally rare: of chance, so that downloads differ. */
  readonly start: number
  /** A source that sends nothing for so long hangs. */
  readonly silentMs: number
  /** Pieces in memory, on their way in and to the store. */
  readonly inMemoryMax: number
}

/** Copies of a piece that are on their way at once, at the end. */
const COPIES_MAX = 2
/** A second one is asked when it would be there in so much of the time. */
const WORTH_IT = 0.75
/** Of one that has sent nothing for so long, nobody knows when it will. */
const QUIET_MS = 2 * SECOND_MS
/** Sources that are remembered, those that were given up among them: others name any number. */
export const SOURCES_KNOWN_MAX = 256
/** Candidates that are compared for the rarest. */
const COMPARED_MAX = 1_024

export class DownloadPlan {
  readonly have: Bitfield
  readonly #options: PlanOptions
  readonly #sources = new Map<string, PlanSource>()
  /** By piece: who is asked for it. */
  readonly #asked = new Map<number, Set<PlanSource>>()
  /** Arrived, right, and not kept yet. */
  readonly #inHand = new Set<number>()
  #cursor: number

  constructor(options: PlanOptions) {
    this.#options = options
    this.have = options.have
    this.#cursor = options.start % Math.max(1, options.have.length)
  }

  /** All is there, and kept. */
  get isDone(): boolean {
    return this.have.isFull && this.#inHand.size === 0
  }

  get underWay(): readonly number[] {
    return [...this.#asked.keys()].toSorted((a, b) => a - b)
  }

  get sources(): readonly PlanSource[] {
    return [...this.#sources.values()]
  }

  source(id: string): PlanSource | undefined {
    return this.#sources.get(id)
  }

  /** Nobody is left who could bring what is missing. */
  get isStarved(): boolean {
    return !this.have.isFull && this.sources.every(({ isDropped }) => isDropped)
  }

  /**
   * Told of again, one that was given up may be tried again. @returns whether it is to be asked
   * what it has
   */
  add(id: string, nowMs: number): boolean {
    const known = this.#sources.get(id)
    known?.revive(nowMs)
    if (known !== undefined) return !known.isDropped && known.has === undefined
    if (!this.#hasRoom()) return false
    this.#sources.set(id, new PlanSource(id))
    return true
  }

  /** Of more than anybody needs those are forgotten first that were given up longest ago. */
  #hasRoom(): boolean {
    if (this.#sources.size < SOURCES_KNOWN_MAX) return true
    const done = this.sources.find(({ isDropped, running }) => isDropped && running.size === 0)
    return done !== undefined && this.#sources.delete(done.id)
  }

  learned(id: string, has: Bitfield): void {
    const source = this.#sources.get(id)
    assert(source === undefined || has.length === this.have.length, 'pieces of one file')
    if (source !== undefined) source.has = has
  }

  /** Of a source itself, not of a piece. */
  failedWhole(id: string, why: Failure, nowMs: number): readonly Order[] {
    const source = this.#sources.get(id)
    if (source === undefined) return []
    source.failed(why, nowMs)
    return source.isDropped ? this.#callOff(source, nowMs) : []
  }

  progressed(id: string, index: number, bytes: number, nowMs: number): void {
    this.#sources.get(id)?.progressed(index, bytes, nowMs)
  }

  /**
   * A whole piece came. @returns `isNew`: it is to be kept, and `kept` told; and whom to cancel
   */
  arrived(
    id: string,
    { index, isRight }: { readonly index: number; readonly isRight: boolean },
    nowMs: number,
  ): { readonly isNew: boolean; readonly orders: readonly Order[] } {
    const source = this.#sources.get(id)
    if (source === undefined || !source.running.has(index)) return { isNew: false, orders: [] }
    this.#release(source, index, nowMs)
    if (!isRight) return { isNew: false, orders: this.failedWhole(id, 'corrupt', nowMs) }
    source.arrived(this.#options.bytesOf(index))
    if (this.have.has(index)) return { isNew: false, orders: [] }
    this.have.add(index)
    this.#inHand.add(index)
    const late = [...(this.#asked.get(index) ?? [])]
    const orders = late.map((other): Order => {
      this.#release(other, index, nowMs)
      other.lostRace(nowMs)
      return { kind: 'cancel', source: other.id, index }
    })
    const dropped = late.filter(({ isDropped }) => isDropped)
    return {
      isNew: true,
      orders: [...orders, ...dropped.flatMap((other) => this.#callOff(other, nowMs))],
    }
  }

  /** In the store. */
  kept(index: number): void {
    this.#inHand.delete(index)
  }

  failed(id: string, index: number, why: Failure, nowMs: number): readonly Order[] {
    const source = this.#sources.get(id)
    if (source === undefined || !source.running.has(index)) return []
    this.#release(source, index, nowMs)
    if (why === 'missing') source.has?.remove(index)
    return this.failedWhole(id, why, nowMs)
  }

  /** What is to be done now. */
  orders(nowMs: number): readonly Order[] {
    const orders = this.#callOffSilent(nowMs)
    // Fast ones first: they have the most to gain from what is rare.
    const ready = this.sources.toSorted((a, b) => b.rate - a.rate)
    for (let isMore = true; isMore;) {
      isMore = false
      for (const source of ready) {
        if (source.roomAt(nowMs) === 0 || this.#inMemory() >= this.#options.inMemoryMax) continue
        const index = this.#nextFor(source) ?? this.#racedFor(source, nowMs)
        if (index === undefined) continue
        this.#ask(source, index, nowMs)
        orders.push({ kind: 'ask', source: source.id, index })
        isMore = true
      }
    }
    return orders
  }

  /** When `orders` may have something to say though nothing happened; `undefined`: never. */
  wakeMs(nowMs: number): number | undefined {
    const { silentMs } = this.#options
    const times = this.sources.flatMap((source) => {
      if (source.isDropped) return []
      const rests = source.restUntilMs > nowMs ? [source.restUntilMs] : []
      const running = [...source.running.values()]
      return [...rests, ...running.map(({ lastMs }) => lastMs + silentMs)]
    })
    // A race becomes worth it with time alone.
    if (this.#asked.size > 0) times.push(nowMs + SECOND_MS)
    return times.length === 0 ? undefined : Math.max(nowMs, Math.min(...times))
  }

  #inMemory(): number {
    return this.#inHand.size + this.#asked.size
  }

  #ask(source: PlanSource, index: number, nowMs: number): void {
    source.begin(index, nowMs)
    const asked = this.#asked.get(index) ?? new Set()
    this.#asked.set(index, asked.add(source))
  }

  #release(source: PlanSource, index: number, nowMs: number): void {
    source.end(index, nowMs)
    const asked = this.#asked.get(index)
    asked?.delete(source)
    if (asked?.size === 0) this.#asked.delete(index)
  }

  #callOff(source: PlanSource, nowMs: number): readonly Order[] {
    return [...source.running.keys()].map((index): Order => {
      this.#release(source, index, nowMs)
      return { kind: 'cancel', source: source.id, index }
    })
  }

  #callOffSilent(nowMs: number): Order[] {
    const { silentMs } = this.#options
    const orders: Order[] = []
    for (const source of this.#sources.values()) {
      const silent = [...source.running].filter(([, { lastMs }]) => nowMs - lastMs >= silentMs)
      for (const [index] of silent) {
        this.#release(source, index, nowMs)
        orders.push({ kind: 'cancel', source: source.id, index })
      }
      if (silent.length > 0) orders.push(...this.failedWhole(source.id, 'silent', nowMs))
    }
    return orders
  }

  /** One that nobody is asked for; of the first that are, the rarest. */
  #nextFor({ has }: PlanSource): number | undefined {
    if (this.have.isFull) return undefined
    const { length } = this.have
    // What is there at the cursor need not be looked at again.
    while (this.have.has(this.#cursor)) this.#cursor = (this.#cursor + 1) % length
    const isAlike = this.sources.every((source) => source.has?.isFull !== false)
    let best: { readonly index: number; readonly holders: number } | undefined
    let compared = 0
    for (let step = 0; step < length && compared < COMPARED_MAX; step++) {
      const index = (this.#cursor + step) % length
      if (this.have.has(index) || this.#asked.has(index) || has?.has(index) !== true) continue
      if (isAlike) return index
      const holders = this.#holdersOf(index)
      if (best === undefined || holders < best.holders) best = { index, holders }
      if (holders === 1) break
      compared++
    }
    return best?.index
  }

  #holdersOf(index: number): number {
    return this.sources.filter(({ has, isDropped }) => !isDropped && has?.has(index) === true)
      .length
  }

  /** One that is on its way from a source that would bring it later than this one. */
  #racedFor(source: PlanSource, nowMs: number): number | undefined {
    let worst: { readonly index: number; readonly leftMs: number } | undefined
    for (const [index, askedOf] of this.#asked) {
      if (askedOf.size >= COPIES_MAX || askedOf.has(source)) continue
      if (source.has?.has(index) !== true) continue
      const leftMs = Math.min(...[...askedOf].map((other) => this.#leftMs(other, index, nowMs)))
      if (worst === undefined || leftMs > worst.leftMs) worst = { index, leftMs }
    }
    if (worst === undefined) return undefined
    const rate = source.shareOfRate(1)
    const bytes = this.#options.bytesOf(worst.index)
    const neededMs = rate === 0 ? QUIET_MS : (bytes * SECOND_MS) / rate
    return neededMs < worst.leftMs * WORTH_IT ? worst.index : undefined
  }

  #leftMs(source: PlanSource, index: number, nowMs: number): number {
    const running: Running | undefined = source.running.get(index)
    if (running === undefined || nowMs - running.lastMs >= QUIET_MS) return Number.POSITIVE_INFINITY
    const rate = source.shareOfRate(0)
    const bytes = this.#options.bytesOf(index) - running.bytes
    if (rate === 0) return nowMs - running.sinceMs >= QUIET_MS ? Number.POSITIVE_INFINITY : QUIET_MS
    return (bytes * SECOND_MS) / rate
  }
}
