/**
 * Nodes that harm. Each says the id of its own key, so that it gets into tables. Asked who is
 * closer, it names others of its kind, under ids that it made up next to the key; it has no values
 * but forged ones; and it writes what is forged, expired or too much, and asks much in few bytes
 * in the name of somebody else.
 */
import { unreachable } from '../../src/base/assert.ts'
import { concat } from '../../src/base/bytes.ts'
import { sha1 } from '../../src/base/digests.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { pick } from '../../src/base/random.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import type { Random } from '../../src/effects/random.ts'
import {
  encodeContacts,
  encodePingAnswer,
  encodeRecords,
  encodeStunAnswer,
  encodeTaken,
  readRecords,
  type NodeContact,
} from '../../src/wire/kademlia/answers.ts'
import { encodeDatagram, readDatagram } from '../../src/wire/kademlia/datagram.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { TOKEN_BYTES } from '../../src/wire/kademlia/limits.ts'
import { encodeQuestion, readQuestion, type Question } from '../../src/wire/kademlia/questions.ts'
import { hostOf, PORT, randomOf, type OpenNetwork, type Peer } from './network.ts'
import { signedRecord } from './signatures.ts'

const KEY_BYTES = 20
/** Of a lie about who is closer. */
const NAMED = 10
/** Leading bytes that a made-up id shares with the key. */
const SHARED_BYTES = 4
const FORGED = 3
const FLOOD = 40

export class HostilePeer implements Peer {
  readonly number: number
  readonly at: Endpoint
  readonly id: KeyId
  isDead = false
  readonly #network: OpenNetwork
  readonly #random: Random
  readonly #publicKey: Uint8Array
  readonly #others: readonly HostilePeer[]
  /** Nobody: who gets anything there gets it for no question of its own. */
  readonly #victim: Endpoint

  constructor(
    network: OpenNetwork,
    { others, victim }: { readonly others: readonly HostilePeer[]; readonly victim: Endpoint },
  ) {
    this.#network = network
    this.#others = others
    this.#victim = victim
    this.number = network.nextNumber
    this.at = { host: hostOf(this.number), port: PORT }
    this.#random = randomOf(network.chance.fork())
    this.#publicKey = this.#random.bytes(32)
    this.id = KeyId.of(sha1(this.#publicKey))
    network.enter(this)
  }

  receive(from: Endpoint, bytes: Uint8Array): void {
    const datagram = readDatagram(bytes)
    if (datagram === undefined) return
    const { body, kind, messageId } = datagram
    if (kind === 'response') return this.#write(from, body)
    const question = readQuestion(body, 'one')
    if (question === undefined) return
    const answer = this.#answer(question, from)
    this.#send(from, encodeDatagram({ kind: 'response', messageId, body: answer }))
  }

  /** Asks for itself, in the name of the victim, and for a token to write with. */
  strike(to: Endpoint, key: KeyId): void {
    const { id } = this
    const empty = new Uint8Array()
    const get = { kind: 'a_get', id, key, cursor: empty, token: empty, padding: empty } as const
    this.#ask(to, get)
    this.#ask(to, { kind: 'ping', id })
    for (const kind of ['find_node', 'find_value'] as const) {
      this.#ask(to, { kind, id, key }, this.#victim)
    }
    this.#ask(to, { kind: 'stun' }, this.#victim)
    this.#ask(to, { kind: 'ping', id }, this.#victim)
    this.#ask(to, get, this.#victim)
    const padding = this.#random.bytes(this.#random.below(500))
    this.#ask(to, { ...get, padding }, this.#victim)
    const messageId = this.#random.bytes(KEY_BYTES)
    const body = this.#random.bytes(1 + this.#random.below(100))
    this.#send(to, encodeDatagram({ kind: 'response', messageId, body }))
    this.#wanted = key
  }

  #wanted: KeyId | undefined

  /** With the token that an answer brought. */
  #write(to: Endpoint, body: Uint8Array): void {
    const key = this.#wanted
    const token = readRecords(body, 'one')?.token
    if (key === undefined || token === undefined) return
    this.#wanted = undefined
    const { id } = this
    const put = (record: Uint8Array): void =>
      this.#ask(to, { kind: 'a_put', id, key, token, record })
    for (const record of this.#forged(key)) put(record)
    for (let count = 0; count < FLOOD; count++) put(this.#said(key, this.#random.bytes(32)))
  }

  #answer(question: Question, from: Endpoint): Uint8Array {
    switch (question.kind) {
      case 'stun':
        return encodeStunAnswer({
          seen: from,
          capability: { publicKey: this.#publicKey, caps: 0 },
        })
      case 'ping':
        return encodePingAnswer(this.id)
      case 'find_node':
      case 'find_value':
        return encodeContacts(this.#named(question.key))
      case 'a_get':
        return encodeRecords({
          publicKey: this.#publicKey,
          token: this.#random.bytes(TOKEN_BYTES),
          total: FORGED,
          records: this.#forged(question.key),
          next: undefined,
          value: undefined,
          contacts: this.#named(question.key).map((contact) => ({ contact, isCapable: true })),
        })
      case 'store':
      case 'a_put':
      case 'a_del':
        return encodeTaken(true)
      default:
        return unreachable(question)
    }
  }

  /** Others of its kind, under ids next to the key. */
  #named(key: KeyId): readonly NodeContact[] {
    return Array.from({ length: NAMED }, () => {
      const near = key.bytes.slice(0, SHARED_BYTES)
      const made = concat([near, this.#random.bytes(KEY_BYTES - SHARED_BYTES)])
      return { ...pick(this.#random, this.#others).at, id: KeyId.of(made) }
    })
  }

  /**
   * Past its end, of far ahead, of another key, and, behind which nothing is read, wrongly signed.
   */
  #forged(key: KeyId): readonly Uint8Array[] {
    const whole = this.#said(key, this.#random.bytes(32))
    whole[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1
    const other = KeyId.of(this.#random.bytes(KEY_BYTES))
    const expired = this.#said(key, this.#random.bytes(32), -MINUTE_MS)
    const far = this.#said(key, this.#random.bytes(32), 30 * DAY_MS)
    return [expired, far, this.#said(other, this.#random.bytes(32)), whole]
  }

  #said(key: KeyId, publicKey: Uint8Array, lifeMs = HOUR_MS): Uint8Array {
    const { wallMs } = this.#network.moment
    const sequence = Math.floor(wallMs / SECOND_MS)
    const urls = [`http://${this.at.host}/`]
    return signedRecord({ key, publicKey, wallMs, lifeMs, sequence, urls }).bytes.slice()
  }

  #ask(to: Endpoint, question: Question, as: Endpoint = this.at): void {
    const messageId = this.#random.bytes(KEY_BYTES)
    const body = encodeQuestion(question)
    this.#send(to, encodeDatagram({ kind: 'request', messageId, body }), as)
  }

  #send(to: Endpoint, bytes: Uint8Array, as: Endpoint = this.at): void {
    this.#network.carry({ from: this, as, to, bytes })
  }
}
