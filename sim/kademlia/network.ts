/**
 * Thousands of nodes of the open network in one process: virtual time, datagrams that take their
 * time and get lost, and nothing else. What nodes do is the code of src/kademlia; the virtual
 * machines of sim/world, with disks and clocks each, would be too heavy for so many.
 */
import { SeededChance } from '../../src/base/random.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import type { Random } from '../../src/effects/random.ts'
import type { Moment } from '../../src/kademlia/types.ts'
import type { NodeContact } from '../../src/wire/kademlia/answers.ts'
import type { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { Agenda } from '../agenda.ts'
import { Tally } from '../ring/tally.ts'
import { Delays } from './delays.ts'

/** Wall clock at the start. */
const START_WALL_MS = Date.UTC(2026, 10, 23)

export const PORT = 8468

/** Whoever stands at an address. */
export interface Peer {
  /** From 0, in the order in which they came. */
  readonly number: number
  readonly at: Endpoint
  readonly id: KeyId
  isDead: boolean
  receive(from: Endpoint, bytes: Uint8Array): void
}

export interface NetworkOptions {
  readonly seed: number
  /** Of datagrams, 0 to 1. */
  readonly loss: number
}

export interface Carried {
  readonly from: Peer
  /** As it says that it comes from. */
  readonly as: Endpoint
  readonly to: Endpoint
  readonly bytes: Uint8Array
}

export class OpenNetwork {
  readonly agenda = new Agenda()
  readonly tally = new Tally()
  readonly chance: SeededChance
  datagrams = 0
  /** Hears all that is sent. */
  onSent: (carried: Carried) => void = () => undefined
  readonly #loss: number
  readonly #delays: Delays
  readonly #carrying: SeededChance
  readonly #byHost = new Map<string, Peer>()
  #entered = 0
  readonly #contacts = new Map<string, NodeContact>()

  constructor({ loss, seed }: NetworkOptions) {
    this.chance = new SeededChance(seed)
    this.#delays = new Delays(seed)
    this.#carrying = this.chance.fork()
    this.#loss = loss
  }

  get moment(): Moment {
    const { nowMs } = this.agenda
    return { nowMs, wallMs: START_WALL_MS + nowMs }
  }

  get nextNumber(): number {
    return this.#entered
  }

  /** Those that are there. */
  get peers(): readonly Peer[] {
    return [...this.#byHost.values()]
  }

  enter(peer: Peer): void {
    this.#entered++
    this.#byHost.set(peer.at.host, peer)
  }

  /** It was there: nothing of it is kept, and its address is nobody’s again. */
  leave(peer: Peer): void {
    peer.isDead = true
    this.#byHost.delete(peer.at.host)
  }

  peerAt({ host, port }: Endpoint): Peer | undefined {
    return port === PORT ? this.#byHost.get(host) : undefined
  }

  carry(carried: Carried): void {
    const { as, bytes, from, to } = carried
    this.datagrams++
    this.onSent(carried)
    if (this.#carrying.fraction() < this.#loss) return
    const receiver = this.peerAt(to)
    if (receiver === undefined) return
    const delayMs = this.#delays.oneWayMs(from.number, receiver.number, this.#carrying.fraction())
    this.agenda.after(delayMs, () => {
      if (!receiver.isDead) receiver.receive(as, bytes)
    })
  }

  /** One object for equal contacts. */
  intern(contact: NodeContact): NodeContact {
    const held = this.#contacts.get(contact.id.text)
    if (held !== undefined && held.host === contact.host && held.port === contact.port) return held
    if (held === undefined) this.#contacts.set(contact.id.text, contact)
    return contact
  }

  /** Runs until it holds. @returns whether it came to that in time */
  runUntil(holds: () => boolean, { stepMs, withinMs }: Waiting): boolean {
    const lastMs = this.agenda.nowMs + withinMs
    while (!holds()) {
      if (this.agenda.nowMs >= lastMs) return false
      this.agenda.runUntil(this.agenda.nowMs + stepMs)
    }
    return true
  }
}

interface Waiting {
  readonly stepMs: number
  readonly withinMs: number
}

/** Each in a /24 of its own. */
export function hostOf(number: number): string {
  return `${20 + Math.floor(number / 65_536)}.${Math.floor(number / 256) % 256}.${number % 256}.1`
}

export function randomOf(chance: SeededChance): Random {
  return {
    u32: () => chance.u32(),
    fraction: () => chance.fraction(),
    below: (below) => chance.below(below),
    bytes: (length) => {
      const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => chance.u32())
      return new Uint8Array(words.buffer, 0, length)
    },
  }
}
