import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'

import { hexOf } from '../../base/hex.ts'
import { platformSigning } from '../../platform/signing.ts'
import { bencode, type Bencoded } from '../../wire/bencode.ts'
import { itemMap } from '../../wire/mainline/item.ts'
import { compactNodes } from '../../wire/mainline/krpc.ts'
import { QUESTIONS_PER_TARGET_MAX } from './guarded-socket.ts'
import { answered, liar, mapOf, type Asked, type Liar } from './liar.test-helper.ts'
import { ourNode, until } from './small-dht.test-helper.ts'

const SALT = 'ab'.repeat(20)
const URLS = ['http://door.example:9400/share/00']
const ID = new Uint8Array(20).fill(9)
const key = platformSigning().makeKey()
const ASK = { publisher: hexOf(key.publicKey), salt: SALT }

function signed(sequence: number, values: Readonly<Record<string, Bencoded>>, by = key) {
  const v = mapOf(values)
  const salt = Buffer.from(SALT, 'hex')
  const bytes = bencode(mapOf({ salt, seq: sequence, v })).slice(1, -1)
  const sig = platformSigning().sign(by.privateKey, bytes)
  return { id: ID, token: 'aa', k: by.publicKey, seq: sequence, sig, v }
}

const RIGHT = signed(3, { ih: Buffer.from(SALT, 'hex'), ws: URLS })

/** What a node tells that answers each question for an item so. */
async function foundFrom(t: TestContext, values: Readonly<Record<string, Bencoded>>) {
  const node = await liar(t, (asked) => [
    answered(asked, asked.name === 'get' ? values : { id: ID }),
  ])
  const ours = await ourNode(t, [node.at])
  const found = await ours.find(ASK)
  assert.ok(node.asked.some(({ name }) => name === 'get'))
  return found
}

test('an item that its publisher signed is found, and questions say that this node only reads', async (t) => {
  const node = await liar(t, (asked) => [
    answered(asked, asked.name === 'get' ? RIGHT : { id: ID }),
  ])
  const ours = await ourNode(t, [node.at])
  assert.deepEqual(await ours.find(ASK), URLS)
  assert.ok(node.asked.every(({ message }) => message.get('ro') === 1))
  const transactions = node.asked.map(({ transaction }) => hexOf(transaction))
  assert.equal(new Set(transactions).size, transactions.length)
  assert.ok(transactions.every((one) => one.length === 16))
})

const other = platformSigning().makeKey()
const ih = Buffer.from(SALT, 'hex')

const LIES: Readonly<Record<string, Readonly<Record<string, Bencoded>>>> = {
  'of another key': signed(3, { ih, ws: URLS }, other),
  'with another key’s signature': { ...RIGHT, sig: signed(3, { ih, ws: URLS }, other).sig },
  'of another number than was signed': { ...RIGHT, seq: 4 },
  'below zero': signed(-1, { ih, ws: URLS }),
  'of another share': signed(3, { ih: Buffer.alloc(20, 1), ws: URLS }),
  'with a short hash': signed(3, { ih: ih.subarray(1), ws: URLS }),
  'with addresses that are none': signed(3, { ih, ws: ['file:///etc/passwd'] }),
  'with numbers for addresses': signed(3, { ih, ws: [7] }),
  'with more than it may have': signed(3, { ih, ws: URLS, more: 'x' }),
  'too large': signed(3, {
    ih,
    ws: Array.from({ length: 8 }, () => `http://a.b/${'x'.repeat(400)}`),
  }),
  'of many addresses': signed(3, { ih, ws: Array.from({ length: 99 }, () => 'http://a.b/') }),
  'without an id': { ...RIGHT, id: '' },
  'with a number for an id': { ...RIGHT, id: 1 },
  'with a number for a key': { ...RIGHT, k: 1 },
  'with a list for a signature': { ...RIGHT, sig: ['x'] },
}

for (const [what, values] of Object.entries(LIES)) {
  test(`an item ${what} is not taken`, async (t) => {
    assert.deepEqual(await foundFrom(t, values), [])
  })
}

test('an earlier item loses against a later one, whoever answers first', async (t) => {
  const early = await liar(t, (asked) => [
    answered(asked, asked.name === 'get' ? RIGHT : { id: ID }),
  ])
  const later = signed(8, { ih, ws: ['http://new.example:9400/share/00'] })
  const late = await liar(t, (asked) => [
    answered(asked, { ...(asked.name === 'get' ? later : {}), id: new Uint8Array(20).fill(7) }),
  ])
  const ours = await ourNode(t, [early.at, late.at])
  assert.deepEqual(await ours.find(ASK), ['http://new.example:9400/share/00'])
})

const deep = Buffer.from(`${'d1:a'.repeat(2_000)}i1e${'e'.repeat(2_000)}`)

/** Frames that are wrong, of a question’s transaction. */
function wrongFrames({ transaction: t }: Asked): readonly Uint8Array[] {
  const frames: readonly Bencoded[] = [
    mapOf({ t, y: 'r' }),
    mapOf({ t, y: 'r', r: 'x' }),
    mapOf({ t, y: 'r', r: ['x'] }),
    mapOf({ t, y: 'r', r: mapOf({}) }),
    mapOf({ t, y: 'x', r: mapOf({ id: ID }) }),
    mapOf({ t: 1, y: 'r', r: mapOf({ id: ID }) }),
    mapOf({ t: [t], y: 'r', r: mapOf({ id: ID }) }),
    mapOf({ y: 'r', r: mapOf({ id: ID }) }),
    mapOf({ t, y: 'r', r: mapOf({ id: ID, v: 'x'.repeat(5_000) }) }),
    [1],
    7,
  ]
  const whole = answered({ transaction: t }, { id: ID })
  return [
    ...frames.map(bencode),
    whole.subarray(1),
    whole.subarray(0, -1),
    Buffer.concat([whole, whole]),
    Buffer.from('d1:rd2:id20:'),
    Buffer.from('i-0e'),
    Buffer.from('99999999999999999999:'),
    deep,
    randomBytes(200),
    new Uint8Array(0),
  ]
}

test('whatever is no message is dropped and counted, and the right answer behind it is taken', async (t) => {
  const node = await liar(t, (asked) => [
    ...wrongFrames(asked),
    answered(asked, asked.name === 'get' ? RIGHT : { id: ID }),
  ])
  const ours = await ourNode(t, [node.at])
  assert.deepEqual(await ours.find(ASK), URLS)
  assert.ok(ours.counts.malformed >= 10, `${ours.counts.malformed}`)
  assert.equal(ours.counts.failures, 0)
})

test('answers of whom nobody asked, and to what nobody asked, are dropped', async (t) => {
  const stranger = await liar(t, () => [])
  const node = await liar(t, (asked) => {
    if (asked.name !== 'get') return [answered(asked, { id: ID })]
    const right = answered(asked, RIGHT)
    // From another address, and under another transaction.
    stranger.send(right, asked.from)
    return [answered({ transaction: randomBytes(8) }, RIGHT), answered(asked, { id: ID }), right]
  })
  const ours = await ourNode(t, [node.at])
  assert.deepEqual(await ours.find(ASK), [])
  await until(() => ours.counts.unasked >= 3)
})

test('nobody is answered, whatever they ask', async (t) => {
  const node = await liar(t, (asked) => [answered(asked, { id: ID })])
  const ours = await ourNode(t, [node.at])
  await ours.find(ASK)
  const [{ from: at }] = node.asked as [Asked]
  const args = { id: ID, target: ID, info_hash: ID, token: 'aa', v: 'x', port: 1 }
  const asks = ['ping', 'find_node', 'get_peers', 'announce_peer', 'get', 'put', 'x'].flatMap((q) =>
    [args, { ...args, target: 1, info_hash: 1, token: 1, id: 1 }].map((a) =>
      bencode(mapOf({ t: 'aa', y: 'q', q, a: mapOf(a) })),
    ),
  )
  const before = ours.counts.questions
  for (const bytes of asks) node.send(bytes, at)
  await until(() => ours.counts.questions === before + asks.length)
  // It goes on, and had answered by now.
  assert.deepEqual(await ours.find({ ...ASK, salt: 'cd'.repeat(20) }), [])
  assert.deepEqual(node.others, [])
})

test('nodes that name ever closer ones do not draw a look-up out', async (t) => {
  const crowd: Liar[] = []
  /** The next in the row, closer than this one by one. */
  const closer = ({ args, ...asked }: Asked, self: Liar): readonly Uint8Array[] => {
    const target = args.get('target')
    if (!(target instanceof Uint8Array)) return []
    const named = (at: number) => {
      const id = Uint8Array.from(target)
      // Twenty share so many bits with the target, the next twenty one more.
      const bit = Math.floor(at / 20)
      id[bit >> 3] = (id[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))
      id[19] = (id[19] ?? 0) ^ (at % 20)
      return { id, ...(crowd[at % crowd.length] as Liar).at }
    }
    const at = crowd.indexOf(self)
    const nodes = compactNodes([named(at + 1)])
    return [answered(asked, { id: named(at).id, token: 'aa', nodes })]
  }
  while (crowd.length < QUESTIONS_PER_TARGET_MAX + 100) crowd.push(await liar(t, closer))
  const ours = await ourNode(t, [(crowd[0] as Liar).at])
  assert.deepEqual(await ours.find(ASK), [])
  const gets = crowd.flatMap(({ asked }) => asked).filter(({ name }) => name === 'get').length
  assert.equal(gets, QUESTIONS_PER_TARGET_MAX)
  assert.ok(ours.counts.overdrawn > 0)
})

test('nodes at addresses that no stranger may name are never asked', async (t) => {
  const victim = await liar(t, () => [])
  const node = await liar(t, (asked) => [
    answered(asked, {
      id: ID,
      token: 'aa',
      nodes: compactNodes([
        { id: new Uint8Array(20).fill(1), ...victim.at },
        { id: new Uint8Array(20).fill(2), host: '10.0.0.1', port: 6881 },
      ]),
    }),
  ])
  const ours = await ourNode(t, [node.at], { isAllowed: () => false })
  assert.deepEqual(await ours.find(ASK), [])
  assert.deepEqual(victim.asked, [])
  assert.ok(node.asked.length > 0, 'the one that the operator named is')
})

test('a network that does not answer costs seconds, and an end none', async (t) => {
  const silent = await liar(t, () => [])
  const ours = await ourNode(t, [silent.at])
  const ending = new AbortController()
  const found = ours.find(ASK, ending.signal)
  await until(() => silent.asked.length > 0)
  ending.abort()
  assert.deepEqual(await found, [])
  assert.equal(await ours.say(key, { salt: SALT, sequence: 1, urls: URLS }), 0)
})

test('addresses that are not for the world are not said; of none nothing is said', async (t) => {
  const node = await liar(t, (asked) => [answered(asked, { id: ID, token: 'aa' })])
  const ours = await ourNode(t, [node.at], { isTold: (url) => url.includes('example') })
  const urls = ['http://192.168.1.2:9400/share/00', ...URLS]
  assert.equal(await ours.say(key, { salt: SALT, sequence: 1, urls }), 1)
  const put = node.asked.find(({ name }) => name === 'put')
  const said = put?.args.get('v')
  assert(said instanceof Map)
  assert.deepEqual(bencode(said), bencode(itemMap({ infoHash: ih, urls: URLS })))
  assert.equal(await ours.say(key, { salt: SALT, sequence: 2, urls: urls.slice(0, 1) }), 0)
  assert.equal(node.asked.filter(({ name }) => name === 'put').length, 1)
})
