/** Dweets at whole members, asked as a program would that tries again until one answers. */
import { isAnilloError } from '../../src/base/errors.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { KnownPeople } from '../../src/node/known-people.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import { createAccounts } from '../../src/services/accounts/accounts.ts'
import { RingDweets } from '../../src/services/dweets/dweets.ts'
import type { Dweeter, Dweets } from '../../src/services/dweets/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import { RING_ID } from '../world/credentials.ts'

const ORIGIN = { address: undefined, client: 'a person' }
const PASSWORD = 'correct horse'
/** More than anybody publishes here: what is refused for its number would stop everything. */
const DWEETS_PER_PERIOD = 10_000

export type Question<T> = (dweets: Dweets) => Promise<T>

export interface Done<T> {
  readonly value: T
  /** An attempt before it got no answer: it may be carried out yet, at any time. */
  readonly isCertain: boolean
}

export class DweetDoors {
  readonly #ring: CrawlingRing
  /** What members remember is theirs: heads that were read, names of people. */
  readonly #doors = new WeakMap<RunningMember, Dweets>()

  constructor(ring: CrawlingRing) {
    this.#ring = ring
  }

  async register(nick: string): Promise<void> {
    await this.#ring.askBeside(async ({ store }, effects) => {
      const accounts = createAccounts({ effects, ringId: RING_ID, store: store.records })
      try {
        await accounts.register({ nick, password: PASSWORD }, ORIGIN)
      } catch (thrown) {
        // By an attempt whose answer was lost.
        if (!isAnilloError(thrown, 'NICK_TAKEN')) throw thrown
      } finally {
        await accounts.close()
      }
    })
  }

  async ask<T>(question: Question<T>): Promise<T> {
    return (await this.do(question)).value
  }

  /** Again until it is answered. */
  async do<T>(question: Question<T>): Promise<Done<T>> {
    let tries = 0
    const value = await this.#ring.askBeside((member, effects) => {
      tries++
      return question(this.#at(member, effects))
    })
    return { value, isCertain: tries === 1 }
  }

  #at(member: RunningMember, effects: Effects): Dweets {
    const known = this.#doors.get(member)
    if (known !== undefined) return known
    const { records } = member.store
    const accounts = createAccounts({ effects, ringId: RING_ID, store: records })
    const made = new RingDweets({
      store: records,
      people: new KnownPeople(accounts, effects.clock),
      clock: effects.clock,
      dweetsPerPeriod: DWEETS_PER_PERIOD,
    })
    this.#doors.set(member, made)
    return made
  }
}

/** `undefined`: what was asked for, or named, is not there any more. */
export async function orGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isAnilloError(thrown, 'DWEET_GONE')) return undefined
    throw thrown
  }
}

export function dweeter(nick: string): Dweeter {
  return { nick, isModerator: false }
}
