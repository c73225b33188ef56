/** Floods from addresses that are made up, and newcomers that come for what a node keeps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha1 } from '../base/digests.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Endpoint } from '../effects/net.ts'
import { encodeContacts, encodePingAnswer, encodeStunAnswer } from '../wire/kademlia/answers.ts'
import { encodeDatagram, readDatagram } from '../wire/kademlia/datagram.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { encodeQuestion, readQuestion, type Question } from '../wire/kademlia/questions.ts'
import { storedText } from '../wire/kademlia/stored-value.ts'
import { grown, hostOf, TestNetwork, type Member } from './network.test-helper.ts'
import { CALLS_MAX, CHALLENGES_MAX } from './settings.ts'

const KEY = KeyId.of(sha1('key'))
/** Beyond the members’ own. */
const MADE_UP = 20_000

let asked = 0

function asks(question: Question): Uint8Array {
  const messageId = sha1(`message ${asked++}`)
  return encodeDatagram({ kind: 'request', messageId, body: encodeQuestion(question) })
}

const idOf = (number: number): KeyId => KeyId.of(sha1(`node ${number}`))

const found = async (network: TestNetwork, member: Member): Promise<boolean> => {
  const told = await network.run(network.command(member, { kind: 'get', key: KEY }))
  return told.some((one) => one.kind === 'text' && one.text === 'v')
}

test('a flood of writes from addresses that are made up leaves the node its own questions', async () => {
  const network = new TestNetwork({ seed: 3 })
  const [victim = assert.fail(), other = assert.fail()] = grown(network, 30)
  const set = { kind: 'set', key: KEY, value: storedText('v') } as const
  await network.run(network.command(other, set))
  for (let at = 0; at < 2 * CALLS_MAX; at++) {
    const from = { host: hostOf(MADE_UP + at), port: 8_468 }
    const store = { kind: 'store', id: idOf(at), key: idOf(at), value: storedText('x') } as const
    network.inject(from, victim, asks(store))
    network.pass(1)
  }
  assert.equal(victim.node.counts.notAsked, 0)
  assert(victim.node.counts.cutShort > CALLS_MAX)
  assert(await found(network, victim))
  assert.equal(victim.node.held.keys < CHALLENGES_MAX, true)
})

test('one network that never answers keeps nobody else from writing', () => {
  const network = new TestNetwork({ seed: 4 })
  const [victim = assert.fail()] = grown(network, 3)
  const honest: Endpoint = { host: '198.51.100.9', port: 4_000 }
  answering(network, victim, honest)
  for (let round = 0; round < 20; round++) {
    for (let at = 0; at < 250; at++) {
      const from = { host: `203.0.113.${at}`, port: 1_000 + round }
      const store = { kind: 'store', id: idOf(at), key: KEY, value: storedText('x') } as const
      network.inject(from, victim, asks(store))
    }
    network.pass(SECOND_MS / 4)
  }
  const store = { kind: 'store', id: idOf(999), key: KEY, value: storedText('v') } as const
  network.inject(honest, victim, asks(store))
  network.pass(SECOND_MS / 4)
  assert.equal(victim.node.counts.valuesKept, 1)
})

test('newcomers that never answer keep no honest one out for long', () => {
  const network = new TestNetwork({ seed: 5 })
  const [victim = assert.fail()] = grown(network, 3)
  const honest: Endpoint = { host: '198.51.100.9', port: 4_000 }
  const id = answering(network, victim, honest)
  for (let at = 0; at < 40; at++) {
    const from = { host: hostOf(MADE_UP + at), port: 8_468 }
    network.inject(from, victim, asks({ kind: 'ping', id: idOf(at) }))
  }
  network.pass(2 * SECOND_MS)
  network.inject(honest, victim, asks({ kind: 'ping', id }))
  network.pass(SECOND_MS / 4)
  assert(victim.node.table.closest(id, 1)[0]?.contact.id.equals(id))
})

test('who comes as ever another newcomer is given what is kept a few times, not each time', () => {
  const network = new TestNetwork({ seed: 6 })
  const victim = network.add()
  const seeder: Endpoint = { host: '198.51.100.8', port: 4_000 }
  answering(network, victim, seeder)
  for (let at = 0; at < 100; at++) {
    const value = storedText('v'.repeat(1_000))
    const store = { kind: 'store', id: idOf(1), key: idOf(1_000 + at), value } as const
    network.inject(seeder, victim, asks(store))
    network.pass(10)
  }
  assert.equal(victim.node.held.keys, 100)
  const taker: Endpoint = { host: '203.0.113.7', port: 4_000 }
  let given = 0
  let self = idOf(2)
  network.passes = (_from, to, bytes) => {
    if (to.host !== taker.host) return true
    const told = readDatagram(bytes)
    const question = told?.kind === 'request' ? readQuestion(told.body, 'one') : undefined
    if (told === undefined || question === undefined) return true
    if (question.kind === 'store') given++
    reply(network, victim, { at: taker, id: self, messageId: told.messageId, question })
    return true
  }
  for (let at = 0; at < 200; at++) {
    self = idOf(10_000 + at)
    network.inject(taker, victim, asks({ kind: 'ping', id: self }))
    network.pass(SECOND_MS / 4)
  }
  assert(given > 0 && given <= 1_000, `${given} values were given`)
})

/** A stock node there that says who it is. */
function answering(network: TestNetwork, victim: Member, at: Endpoint): KeyId {
  const id = idOf(1)
  const passes = network.passes
  network.passes = (from, to, bytes) => {
    const told = to.host === at.host && to.port === at.port ? readDatagram(bytes) : undefined
    const question = told?.kind === 'request' ? readQuestion(told.body, 'one') : undefined
    if (told !== undefined && question !== undefined) {
      reply(network, victim, { at, id, messageId: told.messageId, question })
    }
    return passes(from, to, bytes)
  }
  return id
}

interface Reply {
  readonly at: Endpoint
  readonly id: KeyId
  readonly messageId: Uint8Array
  readonly question: Question
}

function reply(network: TestNetwork, to: Member, { at, id, messageId, question }: Reply): void {
  const { kind } = question
  const body =
    kind === 'stun'
      ? encodeStunAnswer({ seen: to.at, capability: undefined })
      : kind === 'ping'
        ? encodePingAnswer(id)
        : kind === 'store'
          ? Uint8Array.of(0xc3)
          : encodeContacts([])
  const answer = encodeDatagram({ kind: 'response', messageId: messageId.slice(), body })
  network.after(1, () => network.inject(at, to, answer))
}
