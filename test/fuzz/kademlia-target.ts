/**
 * Nodes of the open network, to which strangers send anything: bytes, half messages, questions and
 * answers that were changed, from many addresses, while the nodes go on with one another. Whatever
 * comes, no step throws, nobody who proved nothing is sent more than three times what came from
 * there, and what is kept stays within its bounds.
 */
import assert from 'node:assert/strict'

import { sha1 } from '../../src/base/digests.ts'
import { hexOf } from '../../src/base/hex.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import {
  grown,
  hostOf,
  START_WALL_MS,
  TestNetwork,
  type Member,
} from '../../src/kademlia/network.test-helper.ts'
import { HELD_BYTES_MAX } from '../../src/kademlia/settings.ts'
import { encodeContacts, encodeRecords } from '../../src/wire/kademlia/answers.ts'
import { encodeDatagram } from '../../src/wire/kademlia/datagram.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { packValue } from '../../src/wire/kademlia/msgpack.ts'
import { encodeQuestion, type Question } from '../../src/wire/kademlia/questions.ts'
import { encodeRecord } from '../../src/wire/kademlia/share-record.ts'
import { storedText } from '../../src/wire/kademlia/stored-value.ts'
import { mutated, randomBytes } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

const NODES = 12
const STRANGERS = 400
/** Beyond it a new network stands: what one keeps of strangers must not make the next case. */
const CASES_A_NETWORK = 2_000
const NAMES = 30
/** By which strangers answer: whoever did may be sent more. */
const PROVING_PORT = 7

interface Running {
  readonly network: TestNetwork
  readonly members: readonly Member[]
  /** Bytes that came from a stranger, and answers to it. */
  readonly balance: Map<string, { came: number; went: number }>
  /** Message ids of what was asked of strangers. */
  readonly asked: Uint8Array[]
  cases: number
}

export async function kademliaTarget(): Promise<FuzzTarget> {
  let running: Running | undefined
  let seed = 1
  return {
    name: 'kademlia',
    run: async (chance) => {
      if (running === undefined || running.cases >= CASES_A_NETWORK) running = begun(seed++)
      running.cases++
      runOne(running, chance)
    },
    rest: async () => {
      running = undefined
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function begun(seed: number): Running {
  const network = new TestNetwork({ seed, delayMs: [1, 3], verify: () => false })
  const members = grown(network, NODES, 5)
  const running: Running = { network, members, balance: new Map(), asked: [], cases: 0 }
  const own = new Set(members.map(({ at }) => at.host))
  network.passes = (_, to, bytes) => {
    if (own.has(to.host)) return true
    if (bytes[0] === 1) balanceOf(running, to).went += bytes.length
    else running.asked.push(bytes.slice(1, 21))
    if (running.asked.length > 100) running.asked.shift()
    return true
  }
  return running
}

function balanceOf({ balance }: Running, { host, port }: Endpoint): { came: number; went: number } {
  const address = `${host}:${port}`
  const held = balance.get(address) ?? { came: 0, went: 0 }
  balance.set(address, held)
  return held
}

function runOne(running: Running, chance: SeededChance): void {
  const { members, network } = running
  const member = pick(chance, members)
  const isAnswer = chance.below(3) === 0
  const port = isAnswer || chance.below(8) === 0 ? PROVING_PORT : 1 + chance.below(3)
  const from = { host: hostOf(1_000 + chance.below(STRANGERS)), port }
  const base = isAnswer ? anyAnswer(running, chance) : anyQuestion(chance, member)
  const changed = chance.below(3) === 0 ? new Uint8Array(mutated(base, chance)) : base
  const bytes = chance.below(10) === 0 ? randomBytes(chance, chance.below(400)) : changed
  balanceOf(running, from).came += bytes.length
  network.inject(from, member, new Uint8Array(bytes))
  if (chance.below(4) === 0) network.pass(chance.below(2_000))
  if (chance.below(20) === 0) {
    member.node.step({ kind: 'bootstrap', endpoints: [from] }, network.moment)
    network.flush(member)
  }
  const { came, went } = balanceOf(running, from)
  if (port !== PROVING_PORT) assert.ok(went <= 3 * came, `${went} bytes for ${came}`)
  assert.ok(member.node.held.bytes <= HELD_BYTES_MAX, 'more is kept than there is room for')
}

function anyKey(chance: SeededChance): KeyId {
  return KeyId.of(sha1(`name ${chance.below(NAMES)}`))
}

function anyQuestion(chance: SeededChance, member: Member): Uint8Array {
  const id =
    chance.below(20) === 0 ? member.node.id : KeyId.of(sha1(`stranger ${chance.below(STRANGERS)}`))
  const key = anyKey(chance)
  const token = randomBytes(chance, 8)
  const record = encodeRecord(
    {
      key: key.hex,
      publisher: hexOf(randomBytes(chance, 32)),
      sequence: chance.below(2 ** 32),
      expiresAtS: START_WALL_MS / 1_000 + chance.below(200_000),
      urls: ['http://a/'],
      size: 1,
      root: '00'.repeat(32),
    },
    randomBytes(chance, 64),
  )
  const empty = new Uint8Array()
  const questions: readonly Question[] = [
    { kind: 'stun' },
    { kind: 'ping', id },
    { kind: 'find_node', id, key },
    { kind: 'find_value', id, key },
    { kind: 'store', id, key, value: storedText('x'.repeat(chance.below(3_000))) },
    { kind: 'a_get', id, key, cursor: empty, token: empty, padding: empty },
    {
      kind: 'a_get',
      id,
      key,
      cursor: randomBytes(chance, 32),
      token,
      padding: new Uint8Array(300),
    },
    { kind: 'a_put', id, key, token, record },
    { kind: 'a_del', id, key, token, record },
  ]
  const messageId = new Uint8Array(randomBytes(chance, 20))
  const body = encodeQuestion(pick(chance, questions))
  return encodeDatagram({ kind: 'request', messageId, body })
}

function anyAnswer({ asked }: Running, chance: SeededChance): Uint8Array {
  const id = KeyId.of(sha1(`stranger ${chance.below(STRANGERS)}`))
  const contacts = [{ id, host: hostOf(1_000 + chance.below(STRANGERS)), port: PROVING_PORT }]
  const told = contacts.map((contact) => ({ contact, isCapable: chance.below(2) === 0 }))
  const answers = [
    packValue(['1.2.3.4', 5]),
    packValue(id.bytes),
    packValue(true),
    encodeContacts(contacts),
    encodeRecords({
      publicKey: new Uint8Array(32).fill(4),
      token: new Uint8Array(8),
      total: chance.below(5),
      records: [randomBytes(chance, 20)],
      next: randomBytes(chance, 32),
      value: undefined,
      contacts: told,
    }),
  ]
  const known = asked.length > 0 && chance.below(2) === 0
  const messageId = known ? pick(chance, asked) : new Uint8Array(randomBytes(chance, 20))
  return encodeDatagram({ kind: 'response', messageId, body: pick(chance, answers) })
}
