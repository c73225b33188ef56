/**
 * Whether those who shared something still may. Every stranger’s request asks, so it is known for a
 * moment: what a suspended account shared rests everywhere a few seconds later.
 */
import { KnownFor } from '../../effects/known-for.ts'
import { SHARER_KNOWN_MS, SHARERS_KNOWN_MAX } from './limits.ts'
import type { ShareParts, SharerStanding } from './parts.ts'

/** Why a share rests; `gone`: it is about to end. */
export type HeldBack = Exclude<SharerStanding['kind'], 'active'>

export class Sharers {
  readonly #standing: ShareParts['standing']
  readonly #known: KnownFor<HeldBack | undefined>

  constructor({ effects, standing }: Pick<ShareParts, 'effects' | 'standing'>) {
    this.#standing = standing
    this.#known = new KnownFor(effects.clock, { forMs: SHARER_KNOWN_MS, most: SHARERS_KNOWN_MAX })
  }

  /** `undefined`: it does not rest. @throws AnilloError STORE_UNAVAILABLE */
  heldBack(nick: string): Promise<HeldBack | undefined> {
    return this.#known.of(nick, () => this.#ask(nick))
  }

  async #ask(nick: string): Promise<HeldBack | undefined> {
    const { kind } = await this.#standing(nick)
    return kind === 'active' ? undefined : kind
  }
}
