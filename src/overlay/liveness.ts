/**
 * Everybody stalks everybody a little: lets one suspicion machine run for each member that the ring
 * needs, probing at random intervals, and tells the ring who is down.
 */
import type { MemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Random } from '../effects/random.ts'
import {
  LAG_MS,
  stepSuspicion,
  UNSUSPECTED,
  type Suspicion,
  type SuspicionEffect,
  type SuspicionEvent,
} from '../ring/suspicion.ts'
import type { MemberState } from '../wire/api.ts'
import type { Contact } from '../wire/contact.ts'
import { LagWatch } from './lag.ts'

/** Each probe follows the last after a random time in this range: one a second on average. */
const PROBE_INTERVAL_MS = { min: SECOND_MS / 2, max: 1.5 * SECOND_MS } as const

/** A member heard from within so long lives: the mean time between two probes. */
const HEARD_WITHIN_MS = SECOND_MS

export interface LivenessOptions {
  readonly clock: Clock
  readonly random: Random
  /** Whom the ring needs to be right: neighbours and fingers. */
  readonly watched: () => readonly Contact[]
  readonly ping: (contact: Contact) => Promise<boolean>
  readonly suspected: (contact: Contact) => void
  readonly died: (contact: Contact) => void
  readonly returned: (contact: Contact) => void
}

interface Watched {
  readonly contact: Contact
  state: Suspicion
  heardAtMs: number
}

export class Liveness {
  readonly lag: LagWatch
  readonly #options: LivenessOptions
  readonly #watched = new Map<MemberId, Watched>()
  #isStopped = false

  constructor(options: LivenessOptions) {
    this.#options = options
    this.lag = new LagWatch(options.clock, LAG_MS, (lagMs) =>
      this.#stepAll({ kind: 'lagged', nowMs: this.#nowMs(), lagMs }),
    )
  }

  start(): void {
    this.lag.start()
    this.#look()
  }

  stop(): void {
    this.#isStopped = true
    this.lag.stop()
  }

  stateOf(id: MemberId): MemberState {
    const kind = this.#watched.get(id)?.state.kind ?? 'alive'
    return kind === 'alive' ? 'up' : kind
  }

  /** The member answered something, or asked. */
  heardFrom(id: MemberId): void {
    const watched = this.#watched.get(id)
    if (watched === undefined) return
    watched.heardAtMs = this.#nowMs()
    this.#step(watched, { kind: 'answered', nowMs: watched.heardAtMs })
  }

  /** How long ago the member was heard from, in ms; endless for one that is not watched. */
  silenceMs(id: MemberId): number {
    const heardAtMs = this.#watched.get(id)?.heardAtMs ?? Number.NEGATIVE_INFINITY
    return this.#nowMs() - heardAtMs
  }

  /**
   * Begins to watch whom the ring needs since the last look, and forgets whom it does not need any
   * more.
   */
  #look(): void {
    if (this.#isStopped) return
    const needed = new Map(this.#options.watched().map((contact) => [contact.id, contact]))
    for (const [id, watched] of this.#watched) {
      // One that is down stays known until it is back or somebody else has its place.
      if (!needed.has(id) && watched.state.kind === 'alive') this.#watched.delete(id)
    }
    for (const [id, contact] of needed) {
      if (this.#watched.has(id)) continue
      const watched: Watched = {
        contact,
        state: UNSUSPECTED,
        heardAtMs: Number.NEGATIVE_INFINITY,
      }
      this.#watched.set(id, watched)
      this.#options.clock.after(this.#interval(), () => this.#due(watched))
    }
    this.#trim()
    this.#options.clock.after(PROBE_INTERVAL_MS.min, () => this.#look())
  }

  #due(watched: Watched): void {
    if (this.#isStopped || this.#watched.get(watched.contact.id) !== watched) return
    this.#step(watched, { kind: 'due', nowMs: this.#nowMs(), intervalMs: this.#interval() })
  }

  #step(watched: Watched, event: SuspicionEvent): void {
    const [state, effects] = stepSuspicion(watched.state, event)
    watched.state = state
    for (const effect of effects) this.#perform(watched, effect)
  }

  #stepAll(event: SuspicionEvent): void {
    for (const watched of this.#watched.values()) this.#step(watched, event)
  }

  #perform(watched: Watched, effect: SuspicionEffect): void {
    const { contact } = watched
    switch (effect.kind) {
      case 'probe':
        void this.#probe(watched)
        break
      case 'wake':
        this.#options.clock.after(effect.afterMs, () => this.#due(watched))
        break
      case 'suspected':
        this.#options.suspected(contact)
        break
      case 'died':
        this.#options.died(contact)
        break
      case 'returned':
        this.#options.returned(contact)
        break
    }
  }

  async #probe(watched: Watched): Promise<void> {
    // Whoever was just heard from need not be asked: of two that probe each other, one does.
    const isHeard = this.#nowMs() - watched.heardAtMs < HEARD_WITHIN_MS
    const isAlive = isHeard || (await this.#options.ping(watched.contact))
    if (this.#isStopped) return
    this.#step(watched, { kind: isAlive ? 'answered' : 'missed', nowMs: this.#nowMs() })
  }

  /** Members that are down for long are remembered up to a bound, the longest known first to go. */
  #trim(): void {
    for (const id of this.#watched.keys()) {
      if (this.#watched.size <= WATCHED_MAX) return
      this.#watched.delete(id)
    }
  }

  #interval(): number {
    const { min, max } = PROBE_INTERVAL_MS
    return min + this.#options.random.fraction() * (max - min)
  }

  #nowMs(): number {
    return this.#options.clock.nowMs()
  }
}

/** Neighbours and fingers are some 30 in the largest ring; the rest are members that are down. */
const WATCHED_MAX = 256
