/**
 * What a host’s scheduler may have open to the address that the host lies at. A name with several
 * addresses counts at the least of them.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Dns } from '../../../effects/dns.ts'
import { hostOf as hostnameOf } from '../fetch/address-gate.ts'
import type { ShareInput } from './address-procedures.ts'
import type { Frontier, HostLease } from './frontier.ts'
import { LOOK_EVERY_MS } from './limits.ts'

/** Of all hosts of an address together, where a crawl does not ask for more. */
export const CONNECTIONS_PER_ADDRESS = 2
/** While others wait a host has its share for so long. */
export const SHARE_TURN_MS = 10 * SECOND_MS

export interface AddressShareOptions {
  readonly clock: Clock
  readonly dns: Dns
  readonly frontier: Frontier
  readonly lease: HostLease
}

export interface ShareNeed {
  /** Requests that are open. */
  readonly open: number
  /** Whether there is anything to ask the host for, or under way. */
  readonly isNeeded: boolean
  /** To this host at once, at most. */
  readonly connections: number
}

export class AddressShare {
  readonly #options: AddressShareOptions
  /** `undefined`: not looked up; `null`: the name has none, and nobody needs be spared. */
  #address: string | null | undefined
  #given = 0
  #sinceMs = 0
  #nextAtMs = -Infinity
  /** Others wait: nothing more begins until all is ended and given back. */
  #isYielding = false

  constructor(options: AddressShareOptions) {
    this.#options = options
  }

  /** So many requests may be open. */
  get connections(): number {
    return this.#isYielding ? 0 : this.#given
  }

  /** When `renew` has something to do by the clock alone. */
  get dueInMs(): number {
    return Math.max(1, this.#nextAtMs - this.#options.clock.nowMs())
  }

  /** To be called before requests begin, and after they ended. @throws AnilloError LOCK_LOST */
  async renew({ connections, isNeeded, open }: ShareNeed): Promise<void> {
    const { clock } = this.#options
    const isFree = open === 0 && (this.#isYielding || !isNeeded)
    if (isFree && this.#given > 0) await this.giveBack()
    if (!isNeeded || clock.nowMs() < this.#nextAtMs) return
    this.#address = await this.#lookUp()
    if (this.#address === null) {
      this.#given = connections
      this.#nextAtMs = clock.nowMs() + LOOK_EVERY_MS
      return
    }
    const max = Math.max(CONNECTIONS_PER_ADDRESS, connections)
    const { given, inMs, isWaitedFor } = await this.#ask({ want: connections, max })
    if (this.#given === 0) this.#sinceMs = clock.nowMs()
    this.#given = given
    this.#nextAtMs = clock.nowMs() + inMs
    this.#isYielding = isWaitedFor && given > 0 && this.#hadItsTurn
  }

  /** Nothing is open any more. */
  async giveBack(): Promise<void> {
    const hadSome = this.#given > 0
    this.#given = 0
    this.#isYielding = false
    this.#nextAtMs = -Infinity
    if (hadSome && typeof this.#address === 'string') await this.#ask({ want: 0, max: 1 })
  }

  get #hadItsTurn(): boolean {
    // Timers are not so exact.
    return this.#options.clock.nowMs() - this.#sinceMs >= SHARE_TURN_MS - SECOND_MS
  }

  async #lookUp(): Promise<string | null> {
    const { dns, lease } = this.#options
    if (typeof this.#address === 'string') return this.#address
    try {
      const found = await dns.resolve(hostnameOf(new URL(lease.host)))
      return found.map(({ address }) => address).toSorted()[0] ?? null
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return null
    }
  }

  #ask(asked: Pick<ShareInput, 'want' | 'max'>) {
    const { frontier, lease } = this.#options
    return frontier.share({ address: this.#address ?? '', ...lease, ...asked })
  }
}
