import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha1 } from '../base/digests.ts'
import { hexOf } from '../base/hex.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import { platformSigning } from '../platform/signing.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import {
  decodeRecord,
  encodeRecord,
  encodeSignedRecord,
  signedBytes,
  type RecordContents,
  type ShareRecord,
} from '../wire/kademlia/share-record.ts'
import { storedText } from '../wire/kademlia/stored-value.ts'
import { grown, START_WALL_MS, TestNetwork, type Member } from './network.test-helper.ts'
import { K, LOOKUPS_MAX } from './settings.ts'
import type { Outcome } from './types.ts'

const signing = platformSigning()
const SECONDS = START_WALL_MS / SECOND_MS
const keyOf = (name: string): KeyId => KeyId.of(sha1(name))

function signed(name: string, more: Partial<RecordContents> = {}, pair = signing.makeKey()) {
  const contents: RecordContents = {
    key: keyOf(name).hex,
    publisher: hexOf(pair.publicKey),
    sequence: 1,
    expiresAtS: SECONDS + 86_400,
    urls: ['http://192.0.2.1:9400/share/n/a'],
    size: 5,
    root: '22'.repeat(32),
    ...more,
  }
  const signature = signing.sign(pair.privateKey, signedBytes(contents))
  const record = decodeRecord(encodeRecord(contents, signature))
  assert.ok(record !== undefined)
  return record
}

const texts = (told: readonly Outcome[]): readonly string[] =>
  told.flatMap((one) => (one.kind === 'text' ? [one.text] : []))
const records = (told: readonly Outcome[]): readonly ShareRecord[] =>
  told.flatMap((one) => (one.kind === 'record' ? [one.record] : []))
const taken = (told: readonly Outcome[]): number =>
  told.reduce((sum, one) => sum + (one.kind === 'done' ? one.taken : 0), 0)
const member = (members: readonly Member[], at: number): Member => members[at] ?? assert.fail()

test('what one sets any other gets, in a network of two and of sixty', async () => {
  for (const count of [2, 60]) {
    const network = new TestNetwork({ seed: 1 })
    const members = grown(network, count)
    for (let at = 0; at < 10; at++) {
      const [from, to] = [member(members, at % count), member(members, (at * 7 + 1) % count)]
      const name = `name ${at}`
      const set = { kind: 'set', key: keyOf(name), value: storedText(name) } as const
      assert.ok(taken(await network.run(network.command(from, set))) >= Math.min(count, K))
      const got = await network.run(network.command(to, { kind: 'get', key: keyOf(name) }))
      assert.deepEqual(texts(got), [name])
    }
  }
})

test('a node alone says so at once: nobody took it but itself', async () => {
  const network = new TestNetwork({ seed: 1 })
  const alone = network.add()
  const set = { kind: 'set', key: keyOf('a'), value: storedText('a') } as const
  assert.equal(taken(await network.run(network.command(alone, set))), 1)
  const got = await network.run(network.command(alone, { kind: 'get', key: keyOf('a') }))
  assert.deepEqual(texts(got), ['a'])
})

test('who was not heard for a while, as all others were not, is asked again all the same', async () => {
  const network = new TestNetwork({ seed: 1 })
  const members = grown(network, 4)
  const asker = member(members, 0)
  const set = { kind: 'set', key: keyOf('a'), value: storedText('a') } as const
  for (const other of members.slice(1)) other.isDead = true
  while (asker.node.table.closest(keyOf('a')).length > 0) {
    await network.run(network.command(asker, set))
  }
  assert.equal(asker.node.table.size, 3)
  for (const other of members.slice(1)) other.isDead = false
  assert.equal(taken(await network.run(network.command(asker, set))), 4)
})

test('a newcomer of whom nothing was heard at first is known to all soon, though nobody speaks', () => {
  const network = new TestNetwork({ seed: 1 })
  const members = grown(network, 8)
  const deaf = new Set(members.slice(0, 4).map(({ at }) => at.host))
  const newcomer = { host: '192.0.2.1', port: 8468 }
  const untilMs = network.nowMs + 2 * SECOND_MS
  network.passes = (from, to) =>
    network.nowMs >= untilMs || !deaf.has(from.host) || to.host !== newcomer.host
  network.add({ bootstrap: [member(members, 5).at], at: newcomer })
  network.pass(2 * SECOND_MS)
  assert.ok(members.some(({ node }) => node.table.size < 8))
  network.pass(MINUTE_MS)
  assert.deepEqual([...new Set(network.members.map(({ node }) => node.table.size))], [8])
})

test('a look-up tells whom it asked: how near, who named them, how long they took, what they had', async () => {
  const network = new TestNetwork({ seed: 4 })
  const members = grown(network, 80)
  const asker = network.add({ bootstrap: [member(members, 0).at], keepsHops: true })
  network.pass(20_000)
  const key = keyOf('film')
  const set = { kind: 'set', key, value: storedText('a') } as const
  await network.run(network.command(member(members, 1), set))
  const dead = new Set(members.slice(40, 60).map(({ node }) => node.id.hex))
  for (const one of members.slice(40, 60)) one.isDead = true
  const told = await network.run(network.command(asker, { kind: 'get', key }))
  const done = told.at(-1)
  const report = asker.node.reports.at(-1)
  assert.ok(done?.kind === 'done' && report !== undefined)
  assert.equal(done.lookup, report.number)
  const { hops } = report
  assert.ok(hops.length > K)
  for (const [at, hop] of hops.entries()) {
    const next = hops[at + 1]
    if (next !== undefined) assert.ok(key.compareDistance(hop.contact.id, next.contact.id) < 0)
    assert.equal(hop.state, hop.tookMs === undefined ? hop.state : 'answered')
    assert.equal(hop.state === 'answered', !dead.has(hop.contact.id.hex) && hop.state !== 'awaited')
    assert.ok(hop.askedMs >= 0 && hop.askedMs + (hop.tookMs ?? 0) <= report.tookMs)
    const teller = hops.find(({ contact }) => hop.toldBy?.equals(contact.id))
    assert.equal(teller === undefined, hop.round === 1)
    if (teller !== undefined) assert.equal(teller.round, hop.round - 1)
  }
  assert.equal(hops.filter(({ state }) => state === 'answered').length, report.answered)
  assert.ok(hops.some(({ state }) => state === 'silent'))
  const having = hops.filter(({ has }) => has === 'value')
  assert.ok(having.length > 0 && having.every(({ state }) => state === 'answered'))
})

test('the closest that are found are the closest that there are', async () => {
  const network = new TestNetwork({ seed: 2, loss: 0.01 })
  const members = grown(network, 100)
  let right = 0
  let all = 0
  for (let at = 0; at < 30; at++) {
    const key = keyOf(`key ${at}`)
    const asker = member(members, at)
    const told = await network.run(network.command(asker, { kind: 'find', key }))
    const done = told.at(-1)
    assert.ok(done?.kind === 'done')
    const expected = members
      .filter((one) => one !== asker)
      .map(({ node }) => node.id)
      .toSorted((a, b) => key.compareDistance(a, b))
      .slice(0, K)
    const found = new Set(done.nodes.map(({ id }) => id.hex))
    all += expected.length
    right += expected.filter(({ hex }) => found.has(hex)).length
  }
  assert.ok(right / all >= 0.98, `${right} of ${all}`)
})

test('with a third of all dead, values are found, and the dead cost no time-out of seconds', async () => {
  const network = new TestNetwork({ seed: 3 })
  const members = grown(network, 90)
  for (let at = 0; at < 10; at++) {
    const set = { kind: 'set', key: keyOf(`${at}`), value: storedText(`${at}`) } as const
    await network.run(network.command(member(members, 0), set))
  }
  for (let at = 60; at < 90; at++) member(members, at).isDead = true
  for (let at = 0; at < 10; at++) {
    const startMs = network.nowMs
    const get = { kind: 'get', key: keyOf(`${at}`) } as const
    const got = await network.run(network.command(member(members, at + 20), get))
    assert.deepEqual(texts(got), [`${at}`])
    assert.ok(network.nowMs - startMs < SECOND_MS, `${network.nowMs - startMs} ms`)
  }
})

test('records of several publishers stand beside each other; one takes its own back', async () => {
  const network = new TestNetwork({ seed: 4 })
  const members = grown(network, 40)
  const [one, two] = [signing.makeKey(), signing.makeKey()]
  const [first, second] = [signed('n', {}, one), signed('n', { urls: ['http://b/'] }, two)]
  for (const record of [first, second]) {
    const put = await network.run(network.command(member(members, 3), { kind: 'put', record }))
    assert.ok(taken(put) >= K)
  }
  // An earlier record may come first, from one that has not heard of the later one.
  const get = async (): Promise<readonly ShareRecord[]> => {
    const command = { kind: 'get', key: keyOf('n') } as const
    const told = records(await network.run(network.command(member(members, 30), command)))
    return [...new Map(told.map((record) => [record.publisher, record])).values()]
  }
  const byUrl = (a: ShareRecord, b: ShareRecord) => String(a.urls).localeCompare(String(b.urls))
  assert.deepEqual([...(await get())].sort(byUrl), [first, second].sort(byUrl))
  const removal = signed('n', { sequence: 2, urls: [] }, one)
  await network.run(network.command(member(members, 9), { kind: 'put', record: removal }))
  const replay = await network.run(
    network.command(member(members, 5), { kind: 'put', record: first }),
  )
  assert.equal(taken(replay), 0)
  assert.deepEqual(
    (await get()).filter(({ urls }) => urls.length > 0),
    [second],
  )
})

test('a thousand records of one key are all returned', async () => {
  const network = new TestNetwork({ seed: 5, verify: () => true })
  const key = keyOf('many')
  const made = Array.from({ length: 1_000 }, () => encodeSignedRecord(signed('many')))
  const restored = { contacts: [], held: [{ key, value: undefined, records: made }] }
  const keeper = network.add({ restored })
  for (let at = 1; at < 22; at++) network.add({ restored, bootstrap: [keeper.at] })
  network.pass(5 * SECOND_MS)
  const reader = network.add({ bootstrap: [keeper.at] })
  network.pass(200)
  const got = records(await network.run(network.command(reader, { kind: 'get', key })))
  assert.equal(new Set(got.map(({ publisher }) => publisher)).size, 1_000)
})

test('who joins later is given what it should keep', async () => {
  const network = new TestNetwork({ seed: 6 })
  const members = grown(network, 10)
  const record = signed('r')
  const set = { kind: 'set', key: keyOf('v'), value: storedText('v') } as const
  await network.run(network.command(member(members, 0), set))
  await network.run(network.command(member(members, 0), { kind: 'put', record }))
  const late = network.add({ bootstrap: [member(members, 0).at] })
  network.pass(20 * SECOND_MS)
  assert.deepEqual(late.node.held, { ...late.node.held, keys: 2, records: 1 })
  for (const old of members.slice(0, 10)) old.isDead = true
  const reader = late
  const got = await network.run(network.command(reader, { kind: 'get', key: keyOf('r') }))
  assert.deepEqual(records(got), [record])
})

test('what nobody says again its keepers do, before all of them are gone', async () => {
  const network = new TestNetwork({ seed: 7 })
  const members = grown(network, 60)
  const set = { kind: 'set', key: keyOf('v'), value: storedText('v') } as const
  await network.run(network.command(member(members, 0), set))
  // Two of three go, one after another, in six hours.
  for (let gone = 0; gone < 40; gone++) {
    member(members, gone).isDead = true
    network.pass((6 * HOUR_MS) / 40)
  }
  const get = { kind: 'get', key: keyOf('v') } as const
  const got = await network.run(network.command(member(members, 50), get))
  assert.deepEqual(texts(got), ['v'])
})

test('a node comes back with its contacts and what it kept, and not with what was damaged', async () => {
  const network = new TestNetwork({ seed: 8 })
  const members = grown(network, 8)
  const record = signed('r')
  const set = { kind: 'set', key: keyOf('v'), value: storedText('v') } as const
  await network.run(network.command(member(members, 0), set))
  await network.run(network.command(member(members, 0), { kind: 'put', record }))
  const old = member(members, 4)
  const state = old.node.state()
  assert.equal(state.contacts.length, 7)
  old.isDead = true
  const damaged = state.held.map((held) => ({
    ...held,
    records: held.records.map((bytes) => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1)),
  }))
  const forged = network.add({ restored: { contacts: [], held: damaged } })
  assert.deepEqual(forged.node.held.records, 0)
  const back = network.add({ restored: state })
  network.pass(5 * SECOND_MS)
  assert.ok(back.node.table.size >= 6)
  const got = await network.run(network.command(back, { kind: 'get', key: keyOf('r') }))
  assert.deepEqual(records(got), [record])
})

test('a get that nobody wants any more tells nothing', () => {
  const network = new TestNetwork({ seed: 9 })
  const members = grown(network, 5)
  const { node } = member(members, 0)
  node.step({ kind: 'get', key: keyOf('x'), token: 7 }, network.moment)
  node.step({ kind: 'cancel', token: 7 }, network.moment)
  network.flush(member(members, 0))
  network.pass(20 * SECOND_MS)
  assert.ok(node.take().outcomes.every(({ token }) => token !== 7))
})

test('one that is called off while it waits for its turn is never begun', async () => {
  const network = new TestNetwork({ seed: 9 })
  const [first, other] = grown(network, 2)
  assert.ok(first !== undefined && other !== undefined)
  other.isDead = true
  const get = (at: number) => ({ kind: 'get', key: keyOf(`name ${at}`) }) as const
  const under = Array.from({ length: LOOKUPS_MAX }, (_, at) => network.command(first, get(at)))
  const token = LOOKUPS_MAX + 1
  first.node.step({ ...get(token), token }, network.moment)
  first.node.step({ kind: 'cancel', token }, network.moment)
  network.flush(first)
  await network.run(Promise.all(under))
  network.pass(MINUTE_MS)
  const looked = first.node.reports.map(({ key }) => key.hex)
  assert.ok(looked.length > 0 && !looked.includes(keyOf(`name ${token}`).hex))
})

test('in a network of iic2523 a key has all values that were set', async () => {
  const network = new TestNetwork({ seed: 10 })
  const first = network.add({ values: 'lists' })
  const others = Array.from({ length: 12 }, () => {
    network.pass(100)
    return network.add({ values: 'lists', bootstrap: [first.at] })
  })
  network.pass(5 * SECOND_MS)
  const wanted = Array.from({ length: 12 }, (_, at) => `http://host-${at}/file`)
  for (const [at, value] of wanted.entries()) {
    const set = { kind: 'set', key: keyOf('f'), value: storedText(value) } as const
    await network.run(network.command(member(others, at), set))
  }
  const got = await network.run(network.command(first, { kind: 'get', key: keyOf('f') }))
  assert.deepEqual([...texts(got)].sort(), wanted.sort())
})
