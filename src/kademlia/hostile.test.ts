/** What strangers may send (issue: bad input): dropped, counted, never fatal, never amplified. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { sha1 } from '../base/digests.ts'
import { hexOf } from '../base/hex.ts'
import { DAY_MS, SECOND_MS } from '../base/limits.ts'
import { SeededChance } from '../base/random.ts'
import type { Endpoint } from '../effects/net.ts'
import { platformSigning } from '../platform/signing.ts'
import { encodeContacts, encodePingAnswer, readRecords } from '../wire/kademlia/answers.ts'
import { encodeDatagram, readDatagram } from '../wire/kademlia/datagram.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { packValue, type Packable } from '../wire/kademlia/msgpack.ts'
import { encodeQuestion, type Question } from '../wire/kademlia/questions.ts'
import { encodeRecord, signedBytes, type RecordContents } from '../wire/kademlia/share-record.ts'
import { storedText } from '../wire/kademlia/stored-value.ts'
import { grown, hostOf, START_WALL_MS, TestNetwork, type Member } from './network.test-helper.ts'
import { AMPLIFICATION_MAX, QUESTIONS_A_HOST, ROOMY_BYTES, TOLD_MAX } from './settings.ts'

const signing = platformSigning()
const STRANGER: Endpoint = { host: '198.51.100.9', port: 4_000 }
const MESSAGE = new Uint8Array(20).fill(9)
const ID = KeyId.of(sha1('stranger'))
const KEY = KeyId.of(sha1('key'))
const NONE = new Uint8Array()

function asks(question: Question): Uint8Array {
  return encodeDatagram({ kind: 'request', messageId: MESSAGE, body: encodeQuestion(question) })
}

function asksAny(value: Packable): Uint8Array {
  return encodeDatagram({ kind: 'request', messageId: MESSAGE, body: packValue(value) })
}

/** A network of some, and all that its first node sends to one address. */
function watched(count = 30): {
  readonly network: TestNetwork
  readonly victim: Member
  readonly sent: (to: Endpoint) => readonly Uint8Array[]
} {
  const network = new TestNetwork({ seed: 1 })
  const members = grown(network, count)
  const victim = members[0] ?? assert.fail()
  const all: { readonly to: Endpoint; readonly bytes: Uint8Array }[] = []
  network.passes = (from, to, bytes) => {
    if (from === victim.at) all.push({ to, bytes })
    return true
  }
  const sent = ({ host, port }: Endpoint) =>
    all.filter(({ to }) => to.host === host && to.port === port).map(({ bytes }) => bytes)
  return { network, victim, sent }
}

const length = (datagrams: readonly Uint8Array[]): number =>
  datagrams.reduce((sum, bytes) => sum + bytes.length, 0)

const get = (more: Partial<Extract<Question, { kind: 'a_get' }>> = {}): Question => ({
  kind: 'a_get',
  id: ID,
  key: KEY,
  cursor: NONE,
  token: NONE,
  padding: NONE,
  ...more,
})

test('random bytes, half messages and deep nesting are dropped and counted', () => {
  const { network, sent, victim } = watched(3)
  const whole = asks({ kind: 'find_node', id: ID, key: KEY })
  const nested = Uint8Array.from({ length: 9_000 }, (_, at) => (at === 0 ? 0 : 0x91))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      network.inject(STRANGER, victim, bytes)
    }),
    { numRuns: 500 },
  )
  const before = victim.node.counts.malformed
  for (let end = 0; end < whole.length; end++) network.inject(STRANGER, victim, whole.slice(0, end))
  network.inject(STRANGER, victim, nested)
  network.inject(STRANGER, victim, new Uint8Array(60_000))
  assert.equal(victim.node.counts.malformed, before + whole.length + 2)
  assert.deepEqual(sent(STRANGER), [])
})

test('questions of wrong types and unknown names are dropped', () => {
  const { network, sent, victim } = watched(3)
  for (const value of [
    null,
    'ping',
    ['ping', ['not bytes']],
    ['shutdown', []],
    ['store', [ID.bytes, KEY.bytes, new Map()]],
    ['store', [ID.bytes, KEY.bytes, 'x'.repeat(9_000)]],
    ['find_node', [ID.bytes, KEY.bytes, KEY.bytes]],
  ]) {
    network.inject(STRANGER, victim, asksAny(value))
  }
  assert.equal(victim.node.counts.malformed, 7)
  network.pass(SECOND_MS)
  assert.deepEqual(sent(STRANGER), [])
  assert.equal(victim.node.held.keys, 0)
})

test('who proved nothing, but asks in enough bytes, is told of as many as anybody', () => {
  const { network, sent, victim } = watched(60)
  const padding = new Uint8Array(ROOMY_BYTES - asks(get()).length - 1)
  const question = asks(get({ padding }))
  assert.equal(question.length, ROOMY_BYTES)
  network.inject(STRANGER, victim, question)
  const answers = sent(STRANGER).flatMap((bytes) => {
    const datagram = readDatagram(bytes)
    return datagram?.kind === 'response' ? [readRecords(datagram.body, 'one')] : []
  })
  assert.deepEqual(
    answers.map((answer) => answer?.contacts.length),
    [TOLD_MAX],
  )
})

test('whoever asks, an address that proved nothing gets three times its bytes at most', () => {
  const { network, sent, victim } = watched(30)
  let port = 1
  const questions: readonly Question[] = [
    { kind: 'stun' },
    { kind: 'ping', id: ID },
    { kind: 'find_node', id: ID, key: KEY },
    { kind: 'find_value', id: ID, key: KEY },
    { kind: 'store', id: ID, key: KEY, value: storedText('x') },
    get(),
    get({ padding: new Uint8Array(300) }),
    get({ padding: new Uint8Array(8_000) }),
  ]
  for (const question of questions) {
    const from = { host: '203.0.113.5', port: ++port }
    const bytes = asks(question)
    network.inject(from, victim, bytes)
    network.pass(10 * SECOND_MS)
    // That its id is asked for is the node's own question, one for each newcomer.
    const answers = sent(from).filter((datagram) => datagram[0] === 1)
    assert.ok(length(answers) <= AMPLIFICATION_MAX * bytes.length, question.kind)
    assert.ok(length(sent(from)) <= AMPLIFICATION_MAX * bytes.length, question.kind)
  }
  assert.equal(victim.node.held.keys, 0, 'nothing is stored for who is not heard')
})

test('a node under an id that is not of its key is not taken in', () => {
  const { network, sent, victim } = watched(3)
  network.inject(STRANGER, victim, asks({ kind: 'ping', id: ID }))
  // It answers what it is asked, as a stock node, then with another id than it said.
  for (let turn = 0; turn < 4; turn++) {
    for (const datagram of sent(STRANGER)) {
      const asked = readDatagram(datagram)
      if (asked?.kind !== 'request') continue
      const isPing = asked.body.length > 20
      const body = isPing ? encodePingAnswer(KEY) : packValue(['1.2.3.4', 5])
      const { messageId } = asked
      network.inject(STRANGER, victim, encodeDatagram({ kind: 'response', messageId, body }))
    }
  }
  assert.equal(victim.node.counts.forged, 1)
  assert.ok(victim.node.table.closest(ID).every(({ contact }) => !contact.id.equals(ID)))
})

test('who says that it is this very node is dropped', () => {
  const { network, victim } = watched(3)
  network.inject(STRANGER, victim, asks({ kind: 'ping', id: victim.node.id }))
  assert.equal(victim.node.counts.forged, 1)
})

test('answers to what was never asked, or from elsewhere, change nothing', () => {
  const { network, victim } = watched(5)
  const before = victim.node.table.size
  const contacts = [{ id: ID, host: STRANGER.host, port: STRANGER.port }]
  for (let at = 0; at < 50; at++) {
    const messageId = new Uint8Array(20).fill(at)
    const body = encodeContacts(contacts)
    network.inject(STRANGER, victim, encodeDatagram({ kind: 'response', messageId, body }))
  }
  assert.equal(victim.node.counts.unasked, 50)
  // One that was asked of another.
  victim.node.step(
    { kind: 'bootstrap', endpoints: [{ host: hostOf(900), port: 1 }] },
    network.moment,
  )
  const [asked] = victim.node.take().sends
  const messageId = readDatagram(asked?.bytes ?? NONE)?.messageId ?? assert.fail()
  const body = encodePingAnswer(ID)
  network.inject(STRANGER, victim, encodeDatagram({ kind: 'response', messageId, body }))
  assert.equal(victim.node.counts.unasked, 51)
  assert.equal(victim.node.table.size, before)
})

test('a flood of one address is cut off, and others are answered meanwhile', () => {
  const { network, sent, victim } = watched(3)
  const ping = asks({ kind: 'ping', id: ID })
  for (let at = 0; at < 5_000; at++) network.inject({ ...STRANGER, port: 1 + at }, victim, ping)
  assert.ok(victim.node.counts.flooded >= 5_000 - 2 * QUESTIONS_A_HOST.burst)
  const other = { host: '203.0.113.77', port: 7 }
  network.inject(other, victim, ping)
  assert.equal(sent(other).filter((datagram) => datagram[0] === 1).length, 1)
})

test('newcomers of many addresses cannot make it ask without bound', () => {
  const { network, victim } = watched(3)
  const before = victim.node.counts.asked
  for (let at = 0; at < 3_000; at++) {
    const id = KeyId.of(sha1(String(at)))
    network.inject({ host: hostOf(2_000 + at), port: 1 }, victim, asks({ kind: 'ping', id }))
  }
  assert.ok(victim.node.counts.asked - before <= 64)
})

function record(more: Partial<RecordContents> = {}) {
  const pair = signing.makeKey()
  const contents: RecordContents = {
    key: KEY.hex,
    publisher: hexOf(pair.publicKey),
    sequence: 5,
    expiresAtS: START_WALL_MS / SECOND_MS + 80_000,
    urls: ['http://a/'],
    size: 1,
    root: '11'.repeat(32),
    ...more,
  }
  return {
    contents,
    pair,
    bytes: encodeRecord(contents, signing.sign(pair.privateKey, signedBytes(contents))),
  }
}

function tokenOf(setting: ReturnType<typeof watched>): Uint8Array {
  const { network, sent, victim } = setting
  network.inject(STRANGER, victim, asks(get({ padding: new Uint8Array(300) })))
  const last = sent(STRANGER).findLast((datagram) => datagram[0] === 1) ?? NONE
  return readRecords(readDatagram(last)?.body ?? NONE, 'one')?.token ?? assert.fail()
}

test('records without a token, of another key, changed, replayed or of a wrong clock are refused', () => {
  const setting = watched(3)
  const { network, victim } = setting
  const token = tokenOf(setting)
  const put = (
    bytes: Uint8Array,
    more: { readonly token?: Uint8Array; readonly key?: KeyId } = {},
  ) =>
    network.inject(
      STRANGER,
      victim,
      asks({ kind: 'a_put', id: ID, key: KEY, token, record: bytes, ...more }),
    )
  const good = record()
  const { counts } = victim.node
  put(good.bytes, { token: new Uint8Array(8) })
  assert.equal(counts.tokensRefused, 1)
  put(good.bytes, { key: ID })
  put(good.bytes.with(-1, (good.bytes.at(-1) ?? 0) ^ 1))
  put(good.bytes.slice(1))
  put(record({ urls: [] }).bytes)
  assert.equal(counts.recordsForged, 4)
  for (const days of [-400, -1, 3, 400]) {
    const expiresAtS = (START_WALL_MS + days * DAY_MS) / SECOND_MS
    put(record({ expiresAtS }).bytes)
  }
  assert.equal(counts.recordsExpired, 4)
  assert.equal(victim.node.held.records, 0)
  put(good.bytes)
  assert.equal(counts.recordsKept, 1)
  const { contents, pair } = good
  const later = { ...contents, sequence: 6 }
  put(encodeRecord(later, signing.sign(pair.privateKey, signedBytes(later))))
  put(good.bytes)
  assert.equal(counts.recordsOutdated, 1)
  assert.equal(victim.node.held.records, 1)
})

test('one network cannot fill a key', () => {
  const setting = watched(3)
  const { network, victim } = setting
  const token = tokenOf(setting)
  for (let at = 0; at < 20; at++) {
    const put = { kind: 'a_put', id: ID, key: KEY, token, record: record().bytes } as const
    network.inject(STRANGER, victim, asks(put))
  }
  assert.equal(victim.node.held.records, 8)
})

test('a node that names ever closer nodes that are not there ends no look-up late', async () => {
  const network = new TestNetwork({ seed: 5 })
  const members = grown(network, 20)
  const liar = network.add({ bootstrap: [members[0]?.at ?? STRANGER] })
  network.pass(10 * SECOND_MS)
  const chance = new SeededChance(1)
  // In place of each of its answers: twenty that are closer than any, at addresses of nobody.
  network.passes = (from, to, bytes) => {
    if (from !== liar.at || bytes[0] !== 1 || bytes.length < 200) return true
    const near = Array.from({ length: 20 }, () => {
      const id = KEY.bytes.slice()
      for (let at = 10; at < 20; at++) id[at] = chance.below(256)
      return { id: KeyId.of(id), host: hostOf(10_000 + chance.below(50_000)), port: 1 }
    })
    const told = readDatagram(bytes)
    const target = members.find(({ at }) => at.host === to.host)
    if (told === undefined || target === undefined) return true
    const body = packValue(
      new Map<string, Packable>([
        ['t', new Uint8Array(8)],
        ['n', 0],
        ['r', []],
        ['c', near.map(({ host, id, port }) => [id.bytes, host, port, true])],
      ]),
    )
    const lie = encodeDatagram({ kind: 'response', messageId: told.messageId, body })
    network.after(1, () => network.inject(liar.at, target, lie))
    return false
  }
  const asker = members[3] ?? assert.fail()
  const set = { kind: 'set', key: KEY, value: storedText('v') } as const
  await network.run(network.command(members[7] ?? asker, set))
  const startMs = network.nowMs
  const got = await network.run(network.command(asker, { kind: 'get', key: KEY }))
  assert.ok(got.some((one) => one.kind === 'text' && one.text === 'v'))
  assert.ok(network.nowMs - startMs < 3 * SECOND_MS, `${network.nowMs - startMs}`)
})
