/** Somebody who takes a lock of WebDAV again and again: while it is held nobody else has it. */
import { assert } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import { FilesAsker } from './asker.ts'

/** One lies in the other: who has the folder has the file. */
const PATHS = ['/shared/plans', '/shared/plans/one.txt'] as const
/** A lock whose answer was lost holds others up for so long. */
const LOCK_MS = 10 * SECOND_MS
const HELD_MS_MAX = 2 * SECOND_MS
/** Clocks of members differ by less. */
const MARGIN_MS = 2 * SECOND_MS
const PAUSE_MS_MAX = SECOND_MS

/** Who has it, as they know themselves. */
export interface LockHolder {
  nick: string | undefined
}

export interface LockerParts {
  readonly ring: CrawlingRing
  readonly world: World
  readonly chance: SeededChance
  readonly nick: string
  readonly holder: LockHolder
}

export class Locker {
  readonly #parts: LockerParts
  readonly #asker: FilesAsker

  constructor(parts: LockerParts) {
    this.#parts = parts
    this.#asker = new FilesAsker(parts.ring)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    while (world.nowMs < untilMs) {
      await this.#hold(PATHS[chance.below(PATHS.length)] ?? PATHS[0])
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  /** Nothing is left to be checked: each lock was, while it was held. */
  async checkAll(): Promise<void> {}

  async #hold(path: string): Promise<void> {
    const { chance, holder, nick, ring, world } = this.#parts
    const ask = { path, nick, isDeep: true, isShared: false, owner: '', forMs: LOCK_MS }
    const { askedMs, taken } = await this.#asker.ask(async ({ pathLocks }) => {
      const asked = world.nowMs
      return { askedMs: asked, taken: await pathLocks.take(ask) }
    })
    if (taken.kind === 'conflict') {
      world.tally.add('check: a lock that somebody has is not given')
      return
    }
    const untilMs = askedMs + LOCK_MS - MARGIN_MS
    if (world.nowMs >= untilMs) return
    assert(holder.nick === undefined, `${nick} has the lock that ${String(holder.nick)} has`)
    holder.nick = nick
    world.tally.add('check: a lock is had by one')
    const heldMs = Math.min(HELD_MS_MAX * chance.fraction(), untilMs - world.nowMs)
    await ring.pause(heldMs)
    holder.nick = undefined
    await this.#asker.do(({ pathLocks }) => pathLocks.release({ path, token: taken.lock.token }))
  }
}
