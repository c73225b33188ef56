/** What must hold of every node, whoever harms it. */
import { sha1 } from '../../src/base/digests.ts'
import { hexOf } from '../../src/base/hex.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import {
  AMPLIFICATION_MAX,
  HELD_BYTES_MAX,
  K,
  NETWORK_A_BUCKET,
  NETWORK_A_TABLE,
  RECORDS_A_KEY,
  RECORDS_A_NETWORK,
  REPLACEMENTS_MAX,
} from '../../src/kademlia/settings.ts'
import type { Outcome } from '../../src/kademlia/types.ts'
import { readTaken } from '../../src/wire/kademlia/answers.ts'
import { readDatagram } from '../../src/wire/kademlia/datagram.ts'
import type { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { readQuestion } from '../../src/wire/kademlia/questions.ts'
import { decodeRecord } from '../../src/wire/kademlia/share-record.ts'
import { HostilePeer } from './hostile.ts'
import type { Carried, OpenNetwork, Peer } from './network.ts'
import { NodePeer } from './node-peer.ts'
import { isSignedRecord } from './signatures.ts'

/** Bytes asked in the name of somebody who never asked, and what that one got. */
export class VictimWatch {
  readonly #network: OpenNetwork
  readonly #host: string
  readonly #asked = new Map<string, number>()
  readonly #got = new Map<string, number>()

  constructor(network: OpenNetwork, host: string) {
    this.#network = network
    this.#host = host
  }

  onSent({ as, bytes, from, to }: Carried): void {
    if (as.host === this.#host) add(this.#asked, to.host, bytes.length)
    if (to.host !== this.#host) return
    const node = from.at.host
    const got = add(this.#got, node, bytes.length)
    const asked = this.#asked.get(node) ?? 0
    const holds = got <= AMPLIFICATION_MAX * asked
    const told = (): string => `${got} bytes for ${asked} asked in its name`
    this.#network.tally.check('who asked nothing gets at most three times', holds, told)
  }
}

function add(sums: Map<string, number>, name: string, more: number): number {
  const sum = (sums.get(name) ?? 0) + more
  sums.set(name, sum)
  return sum
}

/** How many records of one key hostile nodes get into one node. */
export class FloodWatch {
  readonly #network: OpenNetwork
  readonly #asked = new Map<string, { readonly place: string; readonly record: string }>()
  readonly #taken = new Map<string, Set<string>>()

  constructor(network: OpenNetwork) {
    this.#network = network
  }

  onSent({ bytes, from, to }: Carried): void {
    const datagram = readDatagram(bytes)
    if (datagram === undefined) return
    const { body, kind, messageId } = datagram
    const id = String(messageId)
    if (kind === 'response') return this.#onAnswer(id, from, body)
    if (!(from instanceof HostilePeer)) return
    const question = readQuestion(body, 'one')
    if (question?.kind !== 'a_put') return
    const read = decodeRecord(question.record)
    const place = `${from.at.host} ${to.host} ${question.key.hex}`
    this.#asked.set(id, { place, record: read?.publisher ?? '' })
  }

  #onAnswer(id: string, from: Peer, body: Uint8Array): void {
    const asked = this.#asked.get(id)
    if (asked === undefined || !(from instanceof NodePeer)) return
    this.#asked.delete(id)
    if (readTaken(body) !== true) return
    const taken = this.#taken.get(asked.place) ?? new Set()
    this.#taken.set(asked.place, taken.add(asked.record))
    const isBounded = taken.size <= RECORDS_A_NETWORK
    const told = (): string => `${taken.size} at ${asked.place}`
    this.#network.tally.check('one network brings few records a key', isBounded, told)
  }
}

/** What a command for a key was told. */
export function checkOutcome(network: OpenNetwork, key: KeyId, outcome: Outcome): void {
  if (outcome.kind !== 'record') return
  const { record } = outcome
  const { tally } = network
  const { wallMs } = network.moment
  tally.check('a record that is told is of its key', record.key === key.hex, () => record.key)
  tally.check('a record that is told is signed', isSignedRecord(record), () => record.publisher)
  const isAlive = record.expiresAtS * SECOND_MS > wallMs
  tally.check('a record that is told has not expired', isAlive, () => String(record.expiresAtS))
}

/** Tables and what is kept, of one node. */
export function checkNode(network: OpenNetwork, peer: NodePeer): void {
  checkTable(network, peer)
  const { tally } = network
  const { node } = peer
  const { bytes } = node.held
  tally.check('what is kept is bounded', bytes <= HELD_BYTES_MAX, () => String(bytes))
  for (const { key, records } of node.state().held) {
    tally.check('records of a key are bounded', records.length <= RECORDS_A_KEY, () => key.hex)
    const read = records.flatMap((one) => decodeRecord(one) ?? [])
    const isSigned = read.length === records.length && read.every(isSignedRecord)
    tally.check('a record that is kept is signed', isSigned, () => key.hex)
    const isOfKey = read.every((record) => record.key === key.hex)
    tally.check('a record that is kept is of its key', isOfKey, () => key.hex)
  }
}

function checkTable(network: OpenNetwork, peer: NodePeer): void {
  const { tally } = network
  const { table } = peer.node
  const near = new Set(table.neighbours.map(({ contact }) => contact.id.text))
  const networks = new Map<string, number>()
  const buckets = table.buckets()
  for (const { entries, replacements } of buckets) {
    const far = entries.filter(({ contact }) => !near.has(contact.id.text))
    const isBounded = far.length <= K && replacements.length <= REPLACEMENTS_MAX
    tally.check('buckets are bounded', isBounded, () => `${far.length} ${replacements.length}`)
    for (const { network: own } of entries) {
      if (own === undefined) continue
      const inBucket = entries.filter((other) => other.network === own).length
      const told = (): string => String(inBucket)
      tally.check('few of a network a bucket', inBucket <= NETWORK_A_BUCKET, told)
      const inTable = add(networks, own, 1)
      tally.check('few of a network a table', inTable <= NETWORK_A_TABLE, () => String(inTable))
    }
    for (const { contact, isCapable } of entries) {
      const other = network.peerAt(contact)
      if (other === undefined) continue
      const isWho = other.id.equals(contact.id)
      const told = (): string => `${contact.host} is not ${contact.id.hex}`
      tally.check('a contact is who it is said to be', isWho, told)
      if (!isCapable || !(other instanceof NodePeer)) continue
      const isOfKey = hexOf(sha1(other.publicKey)) === contact.id.hex
      tally.check('a capable contact has the id of its key', isOfKey, told)
    }
  }
}
