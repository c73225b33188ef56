/**
 * What a node does by itself: it joins by those that it knows, looks into buckets in which nothing
 * was looked up, asks contacts that were silent for long, and says again what it keeps.
 */
import type { Endpoint } from '../effects/net.ts'
import { readPingAnswer } from '../wire/kademlia/answers.ts'
import { KEY_BITS, KeyId } from '../wire/kademlia/key-id.ts'
import { KEY_BYTES } from '../wire/kademlia/limits.ts'
import type { Admission } from './admission.ts'
import type { Commands } from './commands.ts'
import { ask, type Core } from './core.ts'
import {
  K,
  NEIGHBOUR_STALE_MS,
  REFRESH_MS,
  REJOIN_MS,
  REPUBLISH_A_ROUND,
  REPUBLISH_MS,
  STALE_A_ROUND,
  STALE_MS,
  UPKEEP_MS,
} from './settings.ts'

/** Refreshed in one round: a node that was away for long has many that are lonely. */
const REFRESHES_A_ROUND = 4

/** Nodes asked for the way in, of all that are known. */
const ENTRIES_MAX = 32

/** What nobody said again is said by one after another, not by all who keep it at once. */
const SPREAD = 0.5

/** Of those that keep a key, the closest. */
const SAYERS = 3
/** Of the rest: should the closest not know that they are. */
const OTHERS_SAY = 0.1

export interface UpkeepParts {
  readonly core: Core
  readonly commands: Commands
  readonly admission: Admission
}

export class Upkeep {
  readonly #parts: UpkeepParts
  #dueMs: number
  #hasJoined = false
  /** While the table is thin; grows from one time to the next. */
  #rejoinPauseMs = REJOIN_MS
  #rejoinAtMs: number

  constructor(parts: UpkeepParts) {
    this.#parts = parts
    const { now, options } = parts.core
    // Nodes that began together do not go on together.
    this.#dueMs = now.nowMs + options.random.fraction() * UPKEEP_MS
    this.#rejoinAtMs = now.nowMs + REJOIN_MS
  }

  get dueMs(): number {
    return this.#dueMs
  }

  /** Asks each who it is; the first that says so is the way in. */
  bootstrap(endpoints: readonly Endpoint[]): void {
    const { admission, core } = this.#parts
    for (const to of endpoints.slice(0, ENTRIES_MAX)) {
      ask(core, {
        to,
        id: undefined,
        question: { kind: 'ping', id: core.self },
        read: readPingAnswer,
        answered: (id) => {
          if (id.equals(core.self)) return
          admission.probe({ ...to, id }, () => this.#join())
        },
        lost: () => undefined,
      })
    }
  }

  passed(nowMs: number): void {
    if (nowMs < this.#dueMs) return
    this.#dueMs = nowMs + UPKEEP_MS
    const { core } = this.#parts
    core.held.expire(nowMs)
    if (core.table.size === 0) {
      this.#rejoinPauseMs = REJOIN_MS
      this.#enter()
      return
    }
    if (!this.#parts.commands.isIdle) return
    if (core.table.trusted < K) this.#rejoin(nowMs)
    else this.#rejoinPauseMs = REJOIN_MS
    this.#askStale(nowMs)
    this.#refresh(nowMs)
    this.#republish(nowMs)
  }

  #enter(): void {
    const { options } = this.#parts.core
    this.#hasJoined = false
    this.bootstrap([...options.bootstrap, ...options.restored.contacts])
  }

  /** Who came in by one that knew nobody itself, or is gone, would stay alone with it. */
  #rejoin(nowMs: number): void {
    if (nowMs < this.#rejoinAtMs) return
    this.#rejoinAtMs = nowMs + this.#rejoinPauseMs
    this.#rejoinPauseMs = Math.min(2 * this.#rejoinPauseMs, REFRESH_MS)
    const { commands, core } = this.#parts
    this.#enter()
    commands.find(core.self)
  }

  /** The own neighbourhood, then a look into each bucket that is farther (*Kademlia*, 2.3). */
  #join(): void {
    const { commands, core } = this.#parts
    if (this.#hasJoined || core.table.size === 0) return
    this.#hasJoined = true
    commands.find(core.self, () => {
      const buckets = core.table.buckets().length
      for (let bits = 0; bits < buckets - 1; bits++) commands.find(this.#within(bits))
    })
  }

  #askStale(nowMs: number): void {
    const { core } = this.#parts
    const since = { ms: nowMs - STALE_MS, ofNeighboursMs: nowMs - NEIGHBOUR_STALE_MS }
    for (const { contact } of core.table.stale(since, STALE_A_ROUND)) {
      ask(core, {
        to: contact,
        id: contact.id,
        question: { kind: 'ping', id: core.self },
        read: (body) => (readPingAnswer(body)?.equals(contact.id) === true ? true : undefined),
        answered: () => undefined,
        lost: () => undefined,
      })
    }
  }

  #refresh(nowMs: number): void {
    const { commands, core } = this.#parts
    const lonely = core.table.lonely(nowMs - REFRESH_MS).slice(0, REFRESHES_A_ROUND)
    const last = core.table.buckets().length - 1
    for (const bits of lonely) commands.find(bits === last ? core.self : this.#within(bits))
  }

  #republish(nowMs: number): void {
    const { commands, core } = this.#parts
    const share = 1 - SPREAD / 2 + SPREAD * core.options.random.fraction()
    for (const key of core.held.unsaid(nowMs - share * REPUBLISH_MS, REPUBLISH_A_ROUND)) {
      if (this.#isToSay(key)) commands.replicate(key)
      else core.held.said(key, nowMs)
    }
  }

  /** Each hour by the three closest, of whom one is enough, and by others now and then. */
  #isToSay(key: KeyId): boolean {
    const { options, self, table } = this.#parts.core
    const closest = table.closest(key)
    const closer = closest.filter(({ contact }) => key.compareDistance(contact.id, self) < 0)
    return closer.length < SAYERS || options.random.fraction() < OTHERS_SAY
  }

  /** An id that shares exactly so many leading bits with the own one. */
  #within(bits: number): KeyId {
    const { options, self } = this.#parts.core
    const drawn = options.random.bytes(KEY_BYTES)
    const own = self.bytes
    for (let at = 0; at <= bits && at < KEY_BITS; at++) {
      const mask = 0x80 >> (at % 8)
      const byte = Math.floor(at / 8)
      const ownBit = (own[byte] ?? 0) & mask
      const wanted = at < bits ? ownBit : ownBit ^ mask
      drawn[byte] = ((drawn[byte] ?? 0) & ~mask) | wanted
    }
    return KeyId.of(drawn)
  }
}
