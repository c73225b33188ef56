/**
 * Moments of a program at which a crash tells most: around writes, syncs, sends and
 * acknowledgements. Whoever deals out faults may strike exactly there.
 */
import { assert } from '../../src/base/assert.ts'

export const MOMENTS = [
  'before write',
  'after write',
  'before sync',
  'after sync',
  'before send',
  'after send',
  'before acknowledgement',
  'after acknowledgement',
] as const

export type Moment = (typeof MOMENTS)[number]

interface Ambush {
  readonly moment: Moment
  left: number
  readonly strike: () => void
}

export class Moments {
  #ambush: Ambush | undefined

  /** Strikes once, the `count`th time that the moment comes. It replaces the one that waited. */
  lieInWait(ambush: { moment: Moment; count: number; strike: () => void }): void {
    assert(ambush.count >= 1, 'the first time is number 1')
    this.#ambush = { moment: ambush.moment, left: ambush.count, strike: ambush.strike }
  }

  forget(): void {
    this.#ambush = undefined
  }

  /** Told by the machine's twins of disk and links. */
  reached(moment: Moment): void {
    const ambush = this.#ambush
    if (ambush === undefined || ambush.moment !== moment || --ambush.left > 0) return
    this.#ambush = undefined
    ambush.strike()
  }
}
