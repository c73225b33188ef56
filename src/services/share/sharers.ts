/**
 * Whether those who shared something still may. Every stranger’s request asks, so it is known for a
 * moment: what a suspended account shared rests everywhere a few seconds later.
 */
import type { Clock } from '../../effects/clock.ts'
import { SHARER_KNOWN_MS, SHARERS_KNOWN_MAX } from './limits.ts'
import type { ShareParts, SharerStanding } from './parts.ts'

/** Why a share rests; `gone`: it is about to end. */
export type HeldBack = Exclude<SharerStanding['kind'], 'active'>

interface Known {
  readonly atMs: number
  readonly found: Promise<HeldBack | undefined>
}

export class Sharers {
  readonly #clock: Clock
  readonly #standing: ShareParts['standing']
  readonly #known = new Map<string, Known>()

  constructor({ effects, standing }: Pick<ShareParts, 'effects' | 'standing'>) {
    this.#clock = effects.clock
    this.#standing = standing
  }

  /** `undefined`: it does not rest. @throws AnilloError STORE_UNAVAILABLE */
  heldBack(nick: string): Promise<HeldBack | undefined> {
    const atMs = this.#clock.nowMs()
    const known = this.#known.get(nick)
    if (known !== undefined && atMs - known.atMs < SHARER_KNOWN_MS) return known.found
    if (this.#known.size >= SHARERS_KNOWN_MAX) this.#known.clear()
    const found = this.#ask(nick)
    this.#known.set(nick, { atMs, found })
    found.catch(() => this.#known.delete(nick))
    return found
  }

  async #ask(nick: string): Promise<HeldBack | undefined> {
    const { kind } = await this.#standing(nick)
    return kind === 'active' ? undefined : kind
  }
}
