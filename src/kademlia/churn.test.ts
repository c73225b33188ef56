/** What nodes do about others that come and go, are slow, or lose what they are told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha1 } from '../base/digests.ts'
import { hexOf } from '../base/hex.ts'
import { MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import {
  decodeRecord,
  encodeRecord,
  encodeSignedRecord,
  type ShareRecord,
} from '../wire/kademlia/share-record.ts'
import {
  EMPTY_STATE,
  grown,
  START_WALL_MS,
  TestNetwork,
  type Member,
} from './network.test-helper.ts'
import { K, WALKS_AT_ONCE } from './settings.ts'
import type { Outcome } from './types.ts'

const keyOf = (name: string): KeyId => KeyId.of(sha1(name))
const member = (members: readonly Member[], at: number): Member => members[at] ?? assert.fail()

/** In networks that take any signature. */
function recordOf(key: KeyId, publisher: number): ShareRecord {
  const contents = {
    key: key.hex,
    publisher: hexOf(sha1(`publisher ${publisher}`)) + '00'.repeat(12),
    sequence: 1,
    expiresAtS: START_WALL_MS / SECOND_MS + 86_400,
    urls: ['http://192.0.2.1:9400/share/n/a'],
    size: 5,
    root: '22'.repeat(32),
  }
  return decodeRecord(encodeRecord(contents, new Uint8Array(64))) ?? assert.fail()
}

const publishers = (told: readonly Outcome[]): ReadonlySet<string> =>
  new Set(told.flatMap((one) => (one.kind === 'record' ? [one.record.publisher] : [])))

test('who came in by a node that knew nobody looks for the others again, minutes later', () => {
  const network = new TestNetwork({ seed: 1 })
  const members = grown(network, 40)
  const lonely = network.add()
  const late = network.add({ bootstrap: [lonely.at] })
  network.pass(10 * SECOND_MS)
  assert.equal(late.node.table.size, 1)
  // It comes to know the others, who are kept from asking the late one by themselves.
  network.passes = (_, to, bytes) => to.host !== late.at.host || bytes[0] !== 0
  const { at } = member(members, 0)
  lonely.node.step({ kind: 'bootstrap', endpoints: [at] }, network.moment)
  network.flush(lonely)
  network.pass(2 * MINUTE_MS)
  assert.ok(late.node.table.size >= K, `${late.node.table.size} contacts`)
})

test('neighbours that are gone are noticed in minutes', () => {
  const network = new TestNetwork({ seed: 2 })
  const members = grown(network, 80)
  const { node } = member(members, 5)
  const gone = node.table.neighbours.slice(0, K / 2).map(({ contact }) => contact.host)
  for (const one of members) if (gone.includes(one.at.host)) one.isDead = true
  network.pass(4 * MINUTE_MS)
  const told = node.table.closest(node.id).map(({ contact }) => contact.host)
  assert.equal(told.length, K)
  assert.deepEqual(
    told.filter((host) => gone.includes(host)),
    [],
  )
})

test('a record is kept as one, though many datagrams are lost while it is put', async () => {
  const network = new TestNetwork({ seed: 3, loss: 0.1, verify: () => true })
  const members = grown(network, 60)
  for (let at = 0; at < 20; at++) {
    const record = recordOf(keyOf(`name ${at}`), at)
    await network.run(network.command(member(members, at), { kind: 'put', record }))
  }
  const held = members.flatMap(({ node }) => node.state().held)
  // What a stock node would have been given says nothing of who said it, and stays for a week.
  const plain = held.filter(({ value }) => value !== undefined).length
  assert.ok(plain <= 1, `${plain} of ${held.length} as plain values`)
  assert.ok(held.length >= 20 * K * 0.9, `${held.length} kept`)
})

test('of keepers that each lack records so many are read that none is missed', async () => {
  const network = new TestNetwork({ seed: 4, verify: () => true })
  const key = keyOf('many')
  const all = Array.from({ length: 600 }, (_, at) => encodeSignedRecord(recordOf(key, at)))
  const kept = () => {
    const records = all.filter(() => network.chance.fraction() < 0.8)
    return { ...EMPTY_STATE, held: [{ key, value: undefined, records }] }
  }
  const first = network.add({ restored: kept() })
  for (let at = 1; at < 22; at++) network.add({ restored: kept(), bootstrap: [first.at] })
  network.pass(5 * SECOND_MS)
  const reader = network.add({ bootstrap: [first.at] })
  network.pass(200)
  const got = await network.run(network.command(reader, { kind: 'get', key }))
  // By the first three alone eight in a thousand would be missed.
  assert.equal(publishers(got).size, all.length, `more than ${WALKS_AT_ONCE} are to be read`)
})
