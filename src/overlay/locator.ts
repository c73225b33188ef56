/**
 * Look-ups: lets the pure look-up machine run over RPC, remembers what was found, and tries again
 * while the ring heals.
 */
import { AnilloError } from '../base/errors.ts'
import type { Position } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import {
  emptyLocationCache,
  forgetOwner,
  learn,
  recall,
  type LocationCache,
} from '../ring/location-cache.ts'
import { startLookup, stepLookup, type LookupOutcome } from '../ring/lookup.ts'
import { locate } from '../ring/view.ts'
import type { Contact } from '../wire/contact.ts'
import type { RingDriver } from './ring-driver.ts'

/** A ring of five closes a gap within three periods; a look-up waits that long and some more. */
const LOOKUP_PATIENCE_MS = 8 * SECOND_MS

/**
 * Between two tries of an exhausted look-up: a fraction of a period, so that a healed ring is
 * noticed.
 */
const RETRY_DELAY_MS = 250

export interface Found {
  readonly owner: Contact
  readonly hops: readonly Contact[]
}

export interface LocatorOptions {
  readonly clock: Clock
  readonly driver: RingDriver
  /** A member did not answer a look-up. */
  readonly failed: (contact: Contact) => void
}

export class Locator {
  readonly #options: LocatorOptions
  #cache: LocationCache = emptyLocationCache()

  constructor(options: LocatorOptions) {
    this.#options = options
  }

  /**
   * The owner of a position, asked itself, so that it is known to live. What was found last time
   * for the position's neighbourhood is asked first.
   * @throws AnilloError LOOKUP_EXHAUSTED, RING_NOT_READY, RPC_CANCELLED
   */
  async find(position: Position, signal?: AbortSignal): Promise<Found> {
    const { clock, driver } = this.#options
    const giveUpAtMs = clock.nowMs() + LOOKUP_PATIENCE_MS
    for (;;) {
      if (signal?.aborted === true) throw new AnilloError('RPC_CANCELLED', { method: 'look-up' })
      const outcome =
        driver.state.phase === 'joined' ? await this.#once(position, signal) : undefined
      if (outcome?.kind === 'owner') return outcome
      if (clock.nowMs() >= giveUpAtMs) {
        throw new AnilloError(outcome === undefined ? 'RING_NOT_READY' : 'LOOKUP_EXHAUSTED')
      }
      await elapsed(clock, RETRY_DELAY_MS)
    }
  }

  /** The member is gone, or was found not to own what it was asked for. */
  forget(contact: Contact): void {
    this.#cache = forgetOwner(this.#cache, contact.id)
  }

  async #once(position: Position, signal?: AbortSignal): Promise<LookupOutcome> {
    const { driver } = this.#options
    const { self } = driver.state
    const remembered = recall(this.#cache, position)
    let [state, effect] = startLookup({
      position,
      self,
      start: locate(driver.state, position),
      confirm: true,
      target: 'owner',
      ...(remembered !== undefined && { remembered }),
    })
    while (effect.kind === 'ask') {
      const answer = await driver.ask(effect.contact, { kind: 'locate', position }, signal)
      if (answer === undefined) this.#options.failed(effect.contact)
      const event =
        answer === undefined
          ? ({ kind: 'failed' } as const)
          : ({ kind: 'answered', answer } as const)
      ;[state, effect] = stepLookup(state, event)
    }
    this.#cache = learn(this.#cache, effect.outcome, remembered)
    return effect.outcome
  }
}

export function elapsed(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve)
  })
}
