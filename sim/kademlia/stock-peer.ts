/**
 * A node as strict as bmuller/kademlia 2.2.3: what that program would not understand fails the
 * check. It knows whoever asked it, as that program does, and answers from that.
 */
import { unreachable } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { sha1 } from '../../src/base/digests.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import type { Random } from '../../src/effects/random.ts'
import { K } from '../../src/kademlia/settings.ts'
import {
  encodeContacts,
  encodeFound,
  encodePingAnswer,
  encodeStunAnswer,
  encodeTaken,
  type NodeContact,
} from '../../src/wire/kademlia/answers.ts'
import { encodeDatagram, readDatagram } from '../../src/wire/kademlia/datagram.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { unpackValue, type Packable } from '../../src/wire/kademlia/msgpack.ts'
import { encodeQuestion, readQuestion, type Question } from '../../src/wire/kademlia/questions.ts'
import type { StoredValue } from '../../src/wire/kademlia/stored-value.ts'
import { hostOf, PORT, randomOf, type OpenNetwork, type Peer } from './network.ts'

const KEY_BYTES = 20
const KNOWN_MAX = 160

export class StockPeer implements Peer {
  readonly number: number
  readonly at: Endpoint
  readonly id: KeyId
  isDead = false
  readonly values = new Map<string, StoredValue>()
  readonly #network: OpenNetwork
  readonly #random: Random
  readonly #known = new Map<string, NodeContact>()
  readonly #asked = new Map<string, { readonly kind: Question['kind']; readonly to: string }>()

  constructor(network: OpenNetwork) {
    this.#network = network
    this.number = network.nextNumber
    this.at = { host: hostOf(this.number), port: PORT }
    this.#random = randomOf(network.chance.fork())
    this.id = KeyId.of(sha1(utf8(`stock ${this.number}`)))
    network.enter(this)
  }

  receive(from: Endpoint, bytes: Uint8Array): void {
    const { tally } = this.#network
    const datagram = readDatagram(bytes)
    if (datagram === undefined) return
    const { body, kind, messageId } = datagram
    if (kind === 'response') return this.#onAnswer(String(messageId), from, body)
    const question = readQuestion(body, 'one')
    tally.check('stock nodes understand questions', question !== undefined, () => 'not read')
    if (question === undefined) return
    const isOwn = question.kind === 'a_put' || question.kind === 'a_del'
    tally.check('stock nodes are not written to as capable ones', !isOwn, () => question.kind)
    const answer = this.#answer(question, from)
    if (answer === undefined) return
    if (question.kind !== 'stun') this.#know({ ...from, id: question.id })
    const response = encodeDatagram({ kind: 'response', messageId, body: answer })
    this.#network.carry({ from: this, as: this.at, to: from, bytes: response })
  }

  ask(to: Endpoint, key: KeyId): void {
    const { id } = this
    this.#ask(to, { kind: 'ping', id })
    this.#ask(to, { kind: 'find_node', id, key })
    this.#ask(to, { kind: 'find_value', id, key })
  }

  #ask(to: Endpoint, question: Question): void {
    const messageId = this.#random.bytes(KEY_BYTES)
    this.#asked.set(String(messageId), { kind: question.kind, to: to.host })
    const bytes = encodeDatagram({ kind: 'request', messageId, body: encodeQuestion(question) })
    this.#network.carry({ from: this, as: this.at, to, bytes })
  }

  #onAnswer(messageId: string, from: Endpoint, body: Uint8Array): void {
    const asked = this.#asked.get(messageId)
    if (asked === undefined || asked.to !== from.host) return
    this.#asked.delete(messageId)
    const value = unpackValue(body)
    const isRight = isStockAnswer(asked.kind, value)
    const told = (): string => `${asked.kind}: ${JSON.stringify(value)}`
    this.#network.tally.check('stock nodes understand answers', isRight, told)
  }

  #answer(question: Question, seen: Endpoint): Uint8Array | undefined {
    switch (question.kind) {
      case 'stun':
        return encodeStunAnswer({ seen, capability: undefined })
      case 'ping':
        return encodePingAnswer(this.id)
      case 'store':
        this.values.set(question.key.text, question.value)
        return encodeTaken(true)
      case 'find_node':
      case 'find_value': {
        const value = question.kind === 'find_value' && this.values.get(question.key.text)
        return value === false || value === undefined
          ? encodeContacts(this.#closest(question.key))
          : encodeFound(value)
      }
      case 'a_get':
      case 'a_put':
      case 'a_del':
        // A name that it does not know gets no answer.
        return undefined
      default:
        return unreachable(question)
    }
  }

  #closest(key: KeyId): readonly NodeContact[] {
    const known = [...this.#known.values()]
    return known.sort((a, b) => key.compareDistance(a.id, b.id)).slice(0, K)
  }

  #know(contact: NodeContact): void {
    if (this.#known.size < KNOWN_MAX) this.#known.set(contact.id.text, contact)
  }
}

/** As what rpcudp unpacks is used: anything else raises there. */
function isStockAnswer(kind: Question['kind'], value: Packable | undefined): boolean {
  if (kind === 'ping') return value instanceof Uint8Array && value.length === KEY_BYTES
  return isContacts(value) || (kind === 'find_value' && isValue(value))
}

function isContacts(value: Packable | undefined): boolean {
  return Array.isArray(value) && value.every(isContact)
}

function isContact(one: unknown): boolean {
  if (!Array.isArray(one) || one.length !== 3) return false
  const [id, host, port] = one as unknown[]
  return id instanceof Uint8Array && typeof host === 'string' && typeof port === 'number'
}

/** One text: a list raises at a stock node. */
function isValue(value: Packable | undefined): boolean {
  return value instanceof Map && value.size === 1 && typeof value.get('value') === 'string'
}
