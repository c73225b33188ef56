import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hexOf } from '../../base/hex.ts'
import { platformSigning } from '../../platform/signing.ts'
import { ourNode, smallDht } from './small-dht.test-helper.ts'

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

test('members that say and ask at once all get what is there', async (t) => {
  const { endpoints } = await smallDht(t, 6)
  const ours = await ourNode(t, endpoints)
  const key = platformSigning().makeKey()
  const salts = Array.from({ length: 12 }, (_, at) => at.toString(16).padStart(2, '0').repeat(20))
  const taken = await Promise.all(
    salts.map((salt) => ours.say(key, { salt, sequence: 1, urls: [`http://a.example/${salt}`] })),
  )
  assert.ok(taken.every((nodes) => nodes >= 4))
  const publisher = hexOf(key.publicKey)
  const found = await Promise.all(salts.map((salt) => ours.find({ publisher, salt })))
  assert.deepEqual(
    found,
    salts.map((salt) => [`http://a.example/${salt}`]),
  )
  assert.ok(ours.contacts >= 3)
})

test('without a node that is there it finds and says nothing, and ends at once', async (t) => {
  const ours = await ourNode(t, [{ host: 'no-such-name.invalid', port: 6881 }])
  const key = platformSigning().makeKey()
  assert.equal(await ours.say(key, { salt: SALT, sequence: 1, urls: URLS }), 0)
  assert.deepEqual(await ours.find({ publisher: hexOf(key.publicKey), salt: SALT }), [])
  await ours[Symbol.asyncDispose]()
  assert.deepEqual(await ours.find({ publisher: hexOf(key.publicKey), salt: SALT }), [])
})
