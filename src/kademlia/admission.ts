/**
 * Who may stand in the table. Whoever is heard of is asked, at its address, whether it is more than
 * a stock node: its id must then be the SHA-1 of the key that it shows. A stock node must say its
 * id. So nobody is taken in at an address that it is not heard at.
 */
import { sha1 } from '../base/digests.ts'
import {
  readPingAnswer,
  readStunAnswer,
  type NodeContact,
  type StunAnswer,
} from '../wire/kademlia/answers.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { addressText } from './calls.ts'
import { ask, isElsewhere, type Core } from './core.ts'
import { networkOf } from './networks.ts'
import { PROBES_A_NETWORK, PROBES_MAX } from './settings.ts'

export class Admission {
  readonly #core: Core
  /** By address, the network of it. */
  readonly #probed = new Map<string, string | undefined>()
  /** Told of each that was taken in. */
  readonly #admitted: (contact: NodeContact) => void

  constructor(core: Core, admitted: (contact: NodeContact) => void) {
    this.#core = core
    this.#admitted = admitted
  }

  /** It asked, answered or was heard of. */
  consider(contact: NodeContact): void {
    const { self, table } = this.#core
    if (contact.id.equals(self) || table.holds(contact)) return
    if (isElsewhere(this.#core, contact)) return
    if (!table.hasRoomFor(contact)) {
      table.heardOf(this.#interned(contact))
      return
    }
    this.probe(contact)
  }

  /** @param ended told when it is known, or will not be known, who that is */
  probe(contact: NodeContact, ended: () => void = () => undefined): void {
    const address = addressText(contact)
    if (this.#probed.has(address) || !this.#hasRoomFor(contact)) return ended()
    this.#probed.set(address, networkOf(contact.host))
    const lost = (): void => {
      this.#probed.delete(address)
      ended()
    }
    ask(this.#core, {
      to: contact,
      id: undefined,
      question: { kind: 'stun' },
      read: readStunAnswer,
      answered: (answer) => this.#onStun(contact, answer, lost),
      // Its answer still counts, but addresses that are made up shall not keep others waiting.
      slow: () => void this.#probed.delete(address),
      lost,
    })
  }

  #hasRoomFor({ host }: NodeContact): boolean {
    if (this.#probed.size >= PROBES_MAX) return false
    const network = networkOf(host)
    if (network === undefined) return true
    const same = [...this.#probed.values()].filter((other) => other === network)
    return same.length < PROBES_A_NETWORK
  }

  #onStun(contact: NodeContact, { capability }: StunAnswer, ended: () => void): void {
    if (capability === undefined) return this.#ping(contact, ended)
    if (KeyId.of(sha1(capability.publicKey)).equals(contact.id)) this.#admit(contact, true)
    else this.#core.count('forged')
    ended()
  }

  #ping(contact: NodeContact, ended: () => void): void {
    ask(this.#core, {
      to: contact,
      id: undefined,
      question: { kind: 'ping', id: this.#core.self },
      read: readPingAnswer,
      answered: (id) => {
        if (id.equals(contact.id)) this.#admit(contact, false)
        else this.#core.count('forged')
        ended()
      },
      lost: ended,
    })
  }

  #admit(contact: NodeContact, isCapable: boolean): void {
    const { now, table } = this.#core
    const place = table.add(this.#interned(contact), { isCapable, nowMs: now.nowMs })
    if (place === 'crowded') this.#core.count('crowdedOut')
    if (place === 'kept') this.#admitted(contact)
  }

  #interned(contact: NodeContact): NodeContact {
    return this.#core.options.intern?.(contact) ?? contact
  }
}
