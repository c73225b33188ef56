/**
 * Two people who follow one another, leave one another and block one another, at the same time:
 * when all is quiet both know the same, and nobody follows over a block.
 */
import { assert } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { Relationship } from '../../src/wire/api-dweets.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import { type DweetDoors, dweeter } from './doors.ts'

const PAUSE_MS_MAX = SECOND_MS
const PEOPLE_LIMIT = 10

export interface RivalsParts {
  readonly ring: CrawlingRing
  readonly doors: DweetDoors
  readonly world: World
  readonly chance: SeededChance
  readonly nicks: readonly [string, string]
}

export class Rivals {
  readonly #parts: RivalsParts

  constructor(parts: RivalsParts) {
    this.#parts = parts
  }

  async live(untilMs: number): Promise<void> {
    const [one, other] = this.#parts.nicks
    await Promise.all([this.#quarrel(untilMs, one, other), this.#quarrel(untilMs, other, one)])
  }

  async checkAll(): Promise<void> {
    const { nicks, world } = this.#parts
    const [one, other] = nicks
    const [here, there] = [await this.#relation(one, other), await this.#relation(other, one)]
    assert(here.following === there.followedBy, `${one} follows ${other}, or does not`)
    assert(there.following === here.followedBy, `${other} follows ${one}, or does not`)
    const isBlocked = here.blocked || there.blocked
    const isFollowed = here.following || there.following
    assert(!isBlocked || !isFollowed, 'nobody follows over a block')
    await this.#checkLists(one, other, here.following)
    await this.#checkLists(other, one, there.following)
    world.tally.add('check: both know who follows whom')
  }

  async #quarrel(untilMs: number, nick: string, whom: string): Promise<void> {
    const { chance, doors, ring, world } = this.#parts
    const who = dweeter(nick)
    while (world.nowMs < untilMs) {
      const act = chance.below(5)
      await doors.ask(async (dweets) => {
        try {
          if (act < 2) await dweets.follow(who, whom, {})
          else if (act === 2) await dweets.unfollow(who, whom)
          else await dweets.block(who, whom, act === 3)
        } catch (thrown) {
          // Over a block.
          if (!isAnilloError(thrown, 'FORBIDDEN')) throw thrown
        }
      })
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  async #relation(nick: string, whom: string): Promise<Relationship> {
    const who = dweeter(nick)
    const profile = await this.#parts.doors.ask((dweets) => dweets.profile(who, whom))
    assert(profile.relationship !== undefined, `${nick} has a relation to ${whom}`)
    return profile.relationship
  }

  /** Whom `nick` follows, and who follows `whom`, with what is counted. */
  async #checkLists(nick: string, whom: string, isFollowing: boolean): Promise<void> {
    const { doors } = this.#parts
    const who = dweeter(nick)
    const page = { limit: PEOPLE_LIMIT }
    const following = await doors.ask((dweets) => dweets.following(who, nick, page))
    const followers = await doors.ask((dweets) => dweets.followers(who, whom, page))
    const profile = await doors.ask((dweets) => dweets.profile(who, nick))
    const other = await doors.ask((dweets) => dweets.profile(who, whom))
    const wanted = isFollowing ? 1 : 0
    const told = [following.items.length, followers.items.length]
    const counted = [profile.following, other.followers]
    assert(
      [...told, ...counted].every((count) => count === wanted),
      `of ${nick}: ${told.join()}`,
    )
  }
}
