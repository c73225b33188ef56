/**
 * Lets the boot machine run: finds out who stands at the known addresses and joins through them.
 */
import { parseMemberId } from '../base/ids.ts'
import type { Clock } from '../effects/clock.ts'
import {
  BOOT_PAUSE_MS,
  startBoot,
  stepBoot,
  type BootEvent,
  type BootState,
  type Found,
} from '../ring/boot.ts'
import type { Doing } from '../ring/state.ts'
import type { RpcClient } from '../rpc/types.ts'
import { contactOf, type Contact } from '../wire/contact.ts'
import { describeMember } from '../wire/members.ts'
import type { RingDriver } from './ring-driver.ts'
import type { PeerMemory } from './types.ts'

export interface BootOptions {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly driver: RingDriver
  readonly peers: PeerMemory
  /** Founds the ring: only where the command said so and the ring is not founded yet. */
  readonly begins: boolean
  /** Addresses of members: siblings, a token's, discovery's. */
  readonly hints: () => readonly string[]
}

export class Booter {
  readonly #options: BootOptions
  #state: BootState | undefined
  #isStopped = false

  constructor(options: BootOptions) {
    this.#options = options
  }

  /** Returns at once; the ring machine tells when it has joined. */
  async start(): Promise<void> {
    const remembered = await this.#options.peers.read()
    this.#options.driver.dispatch({ kind: 'heardOf', contacts: remembered ?? [] })
    this.#state = startBoot({
      // What has had a place takes it up again: founding would make it the owner of everything.
      ringFile: this.#options.begins && remembered === undefined ? 'founding' : 'founded',
      // What was never joined has no place to take again (ring/boot.ts).
      hasMemberDirectory: remembered !== undefined,
      mayFound: this.#options.begins,
      position: this.#options.driver.state.self.position,
      ...(await this.#look()),
    })
    this.#step({ kind: 'start' })
  }

  stop(): void {
    this.#isStopped = true
  }

  /** To be called with each doing of the ring machine. */
  did(doing: Doing): void {
    if (this.#state === undefined || this.#state.kind === 'done') return
    if (doing.kind === 'joined') this.#step({ kind: 'joined' })
    else if (doing.kind === 'joinFailed') this.#step({ kind: 'joinFailed' })
  }

  #step(event: BootEvent): void {
    if (this.#isStopped || this.#state === undefined) return
    const [state, effect] = stepBoot(this.#state, event)
    this.#state = state
    const { clock, driver } = this.#options
    switch (effect.kind) {
      case 'found':
      case 'resume':
        driver.dispatch({ kind: effect.kind })
        break
      case 'join':
        driver.dispatch({ kind: 'join', hint: effect.hint })
        break
      case 'wait':
        clock.after(BOOT_PAUSE_MS, () => void this.#again())
        break
      case 'none':
        break
    }
  }

  /**
   * A joined member that knows nobody any more, or nobody at some of the addresses that it was
   * given, learns who answers there: the ring machine finds its way to them (ring/probe.ts). Two
   * that were made anew may have met before they met the ring, and know nobody of it.
   */
  async lookForOthers(): Promise<void> {
    const { driver, hints } = this.#options
    const { phase, self, successors, book } = driver.state
    if (this.#isStopped || phase !== 'joined') return
    const known = new Set([self, ...book.peers.map(({ contact }) => contact)].map(addressOf))
    const isAlone = successors.length === 0
    const wanted = isAlone ? this.#knownAddresses() : hints().filter((hint) => !known.has(hint))
    if (!isAlone && wanted.length === 0) return
    const { contacts } = await this.#look(wanted)
    driver.dispatch({ kind: 'heardOf', contacts })
  }

  async #again(): Promise<void> {
    this.#step({ kind: 'again', ...(await this.#look()) })
  }

  /** Who answers at the addresses, by default all known ones, the member itself left out. */
  async #look(wanted: readonly string[] = this.#knownAddresses()): Promise<Found> {
    const { driver, rpc } = this.#options
    const { self } = driver.state
    const addresses = new Set(wanted)
    addresses.delete(self.address)
    const answers = await Promise.allSettled(
      [...addresses]
        .slice(0, BOOT_ADDRESSES_MAX)
        .map((address) => rpc.call({ addresses: [address] }, describeMember, {})),
    )
    const members = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    )
    return {
      contacts: members.map(({ id, address }) => contactOf(parseMemberId(id), address)),
      isRingAlive: members.some(({ predecessor, successors }) =>
        // Those who take this one for their only neighbour have none without it.
        [predecessor, ...successors].some((other) => other !== null && other.id !== self.id),
      ),
    }
  }

  #knownAddresses(): readonly string[] {
    const { driver, hints } = this.#options
    return [...hints(), ...driver.state.book.peers.map(({ contact }) => contact.address)]
  }
}

function addressOf({ address }: Contact): string {
  return address
}

/** Asked in one round: any one that has joined is enough. */
const BOOT_ADDRESSES_MAX = 32
