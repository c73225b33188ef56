import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import {
  contactBytes,
  encodeContacts,
  encodeFound,
  encodePingAnswer,
  encodeRecords,
  encodeStunAnswer,
  encodeTaken,
  readFindAnswer,
  readPingAnswer,
  readRecords,
  readStunAnswer,
  readTaken,
  type NodeContact,
} from './answers.ts'
import { encodeDatagram, readDatagram } from './datagram.ts'
import { KeyId } from './key-id.ts'
import { DATAGRAM_BYTES_MAX, HEADER_BYTES, REQUEST_BODY_BYTES_MAX } from './limits.ts'
import { packValue, type Packable } from './msgpack.ts'
import { encodeQuestion, encodeRoomyStun, readQuestion, type Question } from './questions.ts'
import { storedList, storedText, textsOf } from './stored-value.ts'
import { ANSWERS, QUESTIONS } from './vectors.test-helper.ts'

const sha1 = (text: string): Uint8Array => createHash('sha1').update(text).digest()
const ID = KeyId.of(sha1('node'))
const KEY = KeyId.of(sha1('key'))
const body = (hex: string): Uint8Array => {
  const read = readDatagram(bytesOfHex(hex))
  assert.ok(read !== undefined)
  return read.body
}
const CONTACTS: readonly NodeContact[] = [0, 1, 2].map((at) => ({
  id: KeyId.of(sha1(String(at))),
  host: `192.0.2.${at + 1}`,
  port: 8468 + at,
}))

test('it asks what Python asks', () => {
  const asked: Readonly<Record<string, Question>> = {
    stun: { kind: 'stun' },
    ping: { kind: 'ping', id: ID },
    store: { kind: 'store', id: ID, key: KEY, value: storedText('http://127.0.0.1:9400/a') },
    find_node: { kind: 'find_node', id: ID, key: KEY },
    find_value: { kind: 'find_value', id: ID, key: KEY },
  }
  for (const [name, question] of Object.entries(asked)) {
    const datagram = readDatagram(bytesOfHex(QUESTIONS[name as 'stun']))
    assert.ok(datagram !== undefined)
    assert.equal(hexOf(encodeQuestion(question)), hexOf(datagram.body), name)
    assert.deepEqual(readQuestion(datagram.body, 'one'), question)
    assert.equal(hexOf(encodeDatagram(datagram)), QUESTIONS[name as 'stun'])
  }
})

test('values keep the type that Python gave them', () => {
  for (const [name, text, packed] of [
    ['store bytes', '00ff', 'c40200ff'],
    ['store float', '1', 'cb3ff0000000000000'],
  ] as const) {
    const question = readQuestion(body(QUESTIONS[name]), 'one')
    assert.ok(question?.kind === 'store')
    assert.equal(hexOf(question.value), packed)
    assert.deepEqual(textsOf(question.value), [text])
  }
})

test('it answers what Python answers, and reads it', () => {
  assert.deepEqual(readStunAnswer(body(ANSWERS.stun)), {
    seen: { host: '198.51.100.7', port: 40_000 },
    capability: undefined,
  })
  const own = readPingAnswer(body(ANSWERS.ping))
  assert.ok(own?.equals(ID))
  assert.equal(hexOf(encodePingAnswer(ID)), hexOf(body(ANSWERS.ping)))
  const found = readFindAnswer(body(ANSWERS.find_node), 'one')
  assert.ok(found?.kind === 'contacts')
  const byHost = (a: NodeContact, b: NodeContact) => a.host.localeCompare(b.host)
  assert.deepEqual([...found.contacts].sort(byHost), CONTACTS)
  assert.equal(hexOf(encodeContacts(found.contacts)), hexOf(body(ANSWERS.find_node)))
  assert.deepEqual(readFindAnswer(body(ANSWERS['find_value without']), 'one'), found)
  assert.equal(readTaken(body(ANSWERS.store)), true)
  assert.equal(hexOf(encodeTaken(true)), hexOf(body(ANSWERS.store)))
  const value = readFindAnswer(body(ANSWERS['find_value with']), 'one')
  assert.deepEqual(value, { kind: 'value', value: storedText('hola') })
  assert.equal(hexOf(encodeFound(storedText('hola'))), hexOf(body(ANSWERS['find_value with'])))
})

test('a node that is more than a stock one says so in a third element', () => {
  const answer = {
    seen: { host: '198.51.100.7', port: 40_000 },
    capability: { publicKey: new Uint8Array(32).fill(7), caps: 5 },
  }
  assert.deepEqual(readStunAnswer(encodeStunAnswer(answer)), answer)
  for (const third of [null, 7, 'x', new Map([['a', 2]]), new Map<string, Packable>([['a', 1]])]) {
    const packed = packValue(['198.51.100.7', 40_000, third])
    assert.deepEqual(readStunAnswer(packed), { ...answer, capability: undefined })
  }
})

test('three times a roomy question holds the whole answer', () => {
  const roomy = encodeRoomyStun()
  assert.deepEqual(readQuestion(roomy, 'one'), { kind: 'stun' })
  const capability = { publicKey: new Uint8Array(32), caps: 2 ** 31 }
  for (const host of ['255.255.255.255', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff']) {
    const answer = encodeStunAnswer({ seen: { host, port: 65_535 }, capability })
    assert.ok(HEADER_BYTES + answer.length <= 3 * (HEADER_BYTES + roomy.length), host)
  }
})

test('records come with token, total, cursor and contacts', () => {
  const answer = {
    publicKey: new Uint8Array(32).fill(4),
    token: new Uint8Array(8).fill(1),
    total: 300,
    records: [new Uint8Array(3), new Uint8Array(900)],
    next: new Uint8Array(32).fill(9),
    value: storedText('x'),
    contacts: CONTACTS.map((contact, at) => ({ contact, isCapable: [true, false, undefined][at] })),
  }
  assert.deepEqual(readRecords(encodeRecords(answer), 'one'), answer)
  const last = { ...answer, next: undefined, value: undefined }
  assert.deepEqual(readRecords(encodeRecords(last), 'one'), last)
})

test('own questions are read again', () => {
  const token = new Uint8Array(8)
  const record = new Uint8Array(1_000)
  for (const question of [
    {
      kind: 'a_get',
      id: ID,
      key: KEY,
      cursor: new Uint8Array(),
      token,
      padding: new Uint8Array(200),
    },
    { kind: 'a_put', id: ID, key: KEY, token, record },
    { kind: 'a_del', id: ID, key: KEY, token, record },
  ] as const) {
    assert.deepEqual(readQuestion(encodeQuestion(question), 'one'), question)
  }
})

test('questions of wrong types, counts and sizes are refused', () => {
  const [id, key] = [ID.bytes, KEY.bytes]
  const wrong: readonly Packable[] = [
    null,
    [],
    ['ping'],
    ['ping', id],
    ['ping', []],
    ['ping', [id, id]],
    ['ping', [ID.hex]],
    ['ping', [id.slice(1)]],
    ['stun', [1]],
    ['constructor', []],
    ['__proto__', [id]],
    ['rpc_ping', [id]],
    [7, [id]],
    ['find_node', [id, 'key']],
    ['find_value', [id, new Uint8Array(21)]],
    ['store', [id, key]],
    ['store', [id, key, null]],
    ['store', [id, key, ['a']]],
    ['store', [id, key, new Map([['a', 'b']])]],
    ['store', [id, key, 'v', 'v']],
    ['store', [id, key, 'x'.repeat(REQUEST_BODY_BYTES_MAX)]],
    ['a_get', [id, key, new Uint8Array()]],
    ['a_get', [id, key, new Uint8Array(33), new Uint8Array(), new Uint8Array()]],
    ['a_put', [id, key, new Uint8Array(7), new Uint8Array(1)]],
    ['a_put', [id, key, new Uint8Array(8), new Uint8Array(1_001)]],
    ['a_del', [id, key, new Uint8Array(8), new Uint8Array()]],
  ]
  for (const value of wrong) {
    assert.equal(readQuestion(packValue(value), 'one'), undefined, JSON.stringify(value))
  }
})

test('lists of texts are values in a network of iic2523 alone', () => {
  const question = (value: Packable) => packValue(['store', [ID.bytes, KEY.bytes, value]])
  assert.equal(readQuestion(question(['a', 'b']), 'one'), undefined)
  assert.deepEqual(readQuestion(question(['a', 'b']), 'lists'), {
    kind: 'store',
    id: ID,
    key: KEY,
    value: storedList(['a', 'b']),
  })
  assert.equal(readQuestion(question(['a', 1]), 'lists'), undefined)
})

test('contacts at names, or at no port, are passed over; malformed ones are refused', () => {
  const ok = [KEY.bytes, '192.0.2.1', 1]
  const read = (contacts: Packable) => readFindAnswer(packValue(contacts), 'one')
  for (const [host, port] of [
    ['localhost', 1],
    ['192.0.2.1', 0],
    ['192.0.2.1', 65_536],
    ['', 1],
  ] as const) {
    const found = read([[KEY.bytes, host, port], ok])
    assert.ok(found?.kind === 'contacts')
    assert.equal(found.contacts.length, 1)
  }
  for (const contact of [
    [],
    [...ok, 1],
    [KEY.hex, '192.0.2.1', 1],
    ok[0] ?? 0,
    [KEY.bytes, 1, 1],
  ]) {
    assert.equal(read([contact]), undefined)
  }
  assert.equal(read([[KEY.bytes, '192.0.2.1', -1]]), undefined)
  assert.equal(read(Array.from({ length: 101 }, () => ok)), undefined)
})

test('the room of a contact is told before it is packed', () => {
  const contacts = fc.record({ host: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.nat(65_535) })
  fc.assert(
    fc.property(contacts, ({ host, port }) => {
      const packed = encodeContacts([{ id: KEY, host, port }])
      assert.ok(packed.length - 1 <= contactBytes({ id: KEY, host, port }) + 1)
    }),
  )
})

test('datagrams that are too short, too long or of no kind are dropped', () => {
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array(HEADER_BYTES),
    new Uint8Array(DATAGRAM_BYTES_MAX + 1),
    new Uint8Array(100).fill(2),
  ]) {
    assert.equal(readDatagram(bytes), undefined)
  }
})

test('any bytes are read or refused, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const values of ['one', 'lists'] as const) {
        readQuestion(bytes, values)
        readFindAnswer(bytes, values)
        readRecords(bytes, values)
      }
      readStunAnswer(bytes)
      readPingAnswer(bytes)
      readTaken(bytes)
    }),
    { numRuns: 2_000 },
  )
})
