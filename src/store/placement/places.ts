/**
 * The places that a member has for copies on their way to it, so that a ring in trouble does not
 * drown those that are well (architecture 5, *Against storms*). Leaders ask for one, say that it is
 * still used, and give it back; one that is not heard of any more is free again.
 */
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { PlaceQuestion } from '../../wire/roster.ts'

/** Leaders tell every `PLACE_TELL_MS` that a place is used: three may be lost. */
export const PLACE_KEPT_MS = 15 * SECOND_MS
export const PLACE_TELL_MS = 4 * SECOND_MS

export class Places {
  readonly #clock: Clock
  readonly #countMax: () => number
  readonly #untilMs = new Map<number, number>()

  constructor(clock: Clock, countMax: () => number) {
    this.#clock = clock
    this.#countMax = countMax
  }

  /** Groups that come in. */
  get used(): number {
    this.#forget()
    return this.#untilMs.size
  }

  /** A copy that goes on has its place, also where a leader before had asked for it. */
  answer({ group, phase }: Pick<PlaceQuestion, 'group' | 'phase'>): {
    readonly isGranted: boolean
  } {
    if (phase === 'look') return { isGranted: true }
    if (phase === 'end') {
      this.#untilMs.delete(group)
      return { isGranted: true }
    }
    this.#forget()
    const isFull = this.#untilMs.size >= this.#countMax() && !this.#untilMs.has(group)
    if (phase === 'begin' && isFull) return { isGranted: false }
    this.#untilMs.set(group, this.#clock.nowMs() + PLACE_KEPT_MS)
    return { isGranted: true }
  }

  #forget(): void {
    const nowMs = this.#clock.nowMs()
    for (const [group, untilMs] of this.#untilMs) {
      if (untilMs <= nowMs) this.#untilMs.delete(group)
    }
  }
}

/** A place at another member, as a leader keeps it. */
export interface HeldPlace {
  readonly group: PartitionId
  toldAtMs: number
}
