import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hexOf } from '../../base/hex.ts'
import { platformSigning } from '../../platform/signing.ts'
import { ourNode, smallDht, until } from './small-dht.test-helper.ts'

const SALT = 'ab'.repeat(20)
const URLS = ['http://198.51.100.7:9400/share/00', 'http://door.example:9400/share/00']

test('what one node says another finds, later sayings hold, and it can be taken back', async (t) => {
  const { endpoints, puts } = await smallDht(t, 8)
  const [one, other] = [await ourNode(t, endpoints), await ourNode(t, endpoints.slice(3, 4))]
  const key = platformSigning().makeKey()
  const ask = { publisher: hexOf(key.publicKey), salt: SALT }
  assert.ok((await one.say(key, { salt: SALT, sequence: 5, urls: URLS })) >= 6)
  assert.ok(puts() >= 6)
  assert.deepEqual(await other.find(ask), URLS)
  assert.ok((await other.say(key, { salt: SALT, sequence: 6, urls: URLS.slice(1) })) >= 6)
  assert.deepEqual(await one.find(ask), URLS.slice(1))
  // An earlier one nobody takes.
  assert.equal(await one.say(key, { salt: SALT, sequence: 4, urls: URLS }), 0)
  assert.deepEqual(await other.find(ask), URLS.slice(1))
  await one.say(key, { salt: SALT, sequence: 7, urls: [] })
  assert.deepEqual(await other.find(ask), [])
  assert.deepEqual(await other.find({ ...ask, salt: 'cd'.repeat(20) }), [])
})

test('it asks, and answers nobody: others neither know it nor give it anything to keep', async (t) => {
  const dht = await smallDht(t, 3)
  const node = await ourNode(t, dht.endpoints)
  const key = platformSigning().makeKey()
  await node.say(key, { salt: SALT, sequence: 1, urls: URLS })
  assert.ok(node.contacts >= 2)
  const { questions } = node.counts
  const answered = new Promise((told) => {
    dht.nodes[0]?.get(Buffer.alloc(20, 1), { salt: Buffer.alloc(1), cache: false }, told)
  })
  await answered
  assert.equal(node.counts.malformed, 0)
  assert.ok(questions >= 0)
})
