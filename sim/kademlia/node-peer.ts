/** A node of src/kademlia at an address of the simulated network. */
import { sha1 } from '../../src/base/digests.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import { KademliaNode } from '../../src/kademlia/node.ts'
import type { Command, NodeState, Outcome } from '../../src/kademlia/types.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { hostOf, PORT, randomOf, type OpenNetwork, type Peer } from './network.ts'
import { verify } from './signatures.ts'

const KEY_BYTES = 32
const NOTHING: NodeState = { contacts: [], held: [] }

export type Unnumbered = Command extends infer C
  ? C extends Command
    ? Omit<C, 'token'>
    : never
  : never

export interface NodePeerOptions {
  readonly bootstrap?: readonly Endpoint[]
  readonly restored?: NodeState
  readonly publicKey?: Uint8Array
  readonly host?: string
}

export class NodePeer implements Peer {
  readonly number: number
  readonly at: Endpoint
  readonly id: KeyId
  readonly node: KademliaNode
  readonly publicKey: Uint8Array
  isDead = false
  /** Hears all that commands bring. */
  onOutcome: (outcome: Outcome) => void = () => undefined
  readonly #network: OpenNetwork
  readonly #told = new Map<number, (outcome: Outcome) => void>()
  #tokens = 0
  #wokenMs = Infinity

  constructor(network: OpenNetwork, options: NodePeerOptions = {}) {
    this.#network = network
    this.number = network.nextNumber
    const { bootstrap = [], host = hostOf(this.number), restored = NOTHING } = options
    this.at = { host, port: PORT }
    const random = randomOf(network.chance.fork())
    this.publicKey = options.publicKey ?? random.bytes(KEY_BYTES)
    this.id = KeyId.of(sha1(this.publicKey))
    const { publicKey } = this
    const intern = network.intern.bind(network)
    const made = { publicKey, random, verify, values: 'one', bootstrap, restored, intern } as const
    this.node = new KademliaNode(made, network.moment)
    network.enter(this)
    this.flush()
  }

  receive(from: Endpoint, bytes: Uint8Array): void {
    this.node.step({ kind: 'datagram', from, bytes }, this.#network.moment)
    this.flush()
  }

  /** @param told of each outcome; the last is `done` or `busy` */
  command(command: Unnumbered, told: (outcome: Outcome) => void): void {
    const token = ++this.#tokens
    this.#told.set(token, told)
    this.node.step({ ...command, token }, this.#network.moment)
    this.flush()
  }

  flush(): void {
    const { outcomes, sends } = this.node.take()
    for (const { bytes, to } of sends) this.#network.carry({ from: this, as: this.at, to, bytes })
    for (const outcome of outcomes) {
      const { kind, token } = outcome
      this.onOutcome(outcome)
      this.#told.get(token)?.(outcome)
      if (kind === 'done' || kind === 'busy') this.#told.delete(token)
    }
    this.#wake()
  }

  #wake(): void {
    const { agenda, moment } = this.#network
    const { dueMs } = this.node
    if (dueMs >= this.#wokenMs) return
    this.#wokenMs = dueMs
    agenda.after(Math.max(0, dueMs - moment.nowMs), () => {
      if (this.isDead || this.#wokenMs !== dueMs) return
      this.#wokenMs = Infinity
      this.node.step({ kind: 'timer' }, this.#network.moment)
      this.flush()
    })
  }
}
