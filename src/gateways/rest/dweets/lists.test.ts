/** Lists of people over HTTP. How they behave is tried where they are kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Check } from 'typebox/value'

import { DweetList, DweetListPage } from '../../../wire/api-dweet-lists.ts'
import { PeoplePage, PublicationPage } from '../../../wire/api-dweets.ts'
import { dweetsDoor } from './dweets-door.test-helper.ts'

test('lists are made, filled, read and deleted, and each answer is what its schema says', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen, published } = door
  const payload = { name: 'Close' }
  const key = { 'idempotency-key': 'k' }
  const made = await asAna({ method: 'POST', url: '/v1/lists', payload, headers: key })
  assert.equal(made.statusCode, 201, made.body)
  const list = made.json()
  assert.ok(Check(DweetList, list))
  const url = `/v1/lists/${list.id}`
  assert.equal(made.headers.location, url)
  const again = await asAna({ method: 'POST', url: '/v1/lists', payload, headers: key })
  assert.equal(again.json().id, list.id)
  const taken = await asAna({ method: 'POST', url: '/v1/lists', payload })
  assert.deepEqual([taken.statusCode, taken.json().code], [409, 'LIST_TAKEN'])
  const put = await asAna({ method: 'PUT', url: `${url}/people/BEN` })
  assert.deepEqual([put.statusCode, put.json().people], [200, 1])
  await published('hi')
  const page = (await asAna({ url: `${url}/dweets` })).json()
  assert.ok(Check(PublicationPage, page) && page.items.length === 1)
  const people = (await asAna({ url: `${url}/people?limit=5` })).json()
  assert.ok(Check(PeoplePage, people) && people.items[0]?.nick === 'ben')
  for (const all of ['/v1/lists', '/v1/users/ben/lists']) {
    const lists = (await asAna({ url: all })).json()
    assert.ok(Check(DweetListPage, lists) && lists.items.length === 1, all)
  }
  const renamed = await asAna({ method: 'PATCH', url, payload: { name: 'Closer' } })
  assert.equal(renamed.json().name, 'Closer')
  for (const asked of [
    { url },
    { url: `${url}/dweets` },
    { url: `${url}/people` },
    { method: 'PATCH', url, payload },
    { method: 'PUT', url: `${url}/people/eva` },
  ] as const) {
    const refused = await asBen(asked)
    assert.deepEqual([refused.statusCode, refused.json().code], [404, 'LIST_GONE'], asked.url)
  }
  assert.equal((await asAna({ method: 'DELETE', url: `${url}/people/ben` })).json().people, 0)
  assert.equal((await asAna({ method: 'DELETE', url })).statusCode, 204)
  assert.equal((await asAna({ method: 'DELETE', url })).statusCode, 204)
  assert.equal((await asAna({ url })).json().code, 'LIST_GONE')
})

test('what is no list is refused in the language that is asked for', async () => {
  await using door = await dweetsDoor()
  const { asAna } = door
  const headers = { 'accept-language': 'es' }
  for (const id of ['0', 'x', '9'.repeat(40)]) {
    const refused = await asAna({ url: `/v1/lists/${id}`, headers })
    assert.deepEqual([refused.statusCode, refused.json().detail], [404, 'No tienes esa lista.'], id)
  }
  for (const payload of [{}, { name: 1 }, { name: 'a', other: 1 }, { name: 'a'.repeat(2_000) }]) {
    const refused = await asAna({ method: 'POST', url: '/v1/lists', payload })
    assert.equal(refused.statusCode, 400, JSON.stringify(payload))
  }
  const { id } = (await asAna({ method: 'POST', url: '/v1/lists', payload: { name: 'a' } })).json()
  const nobody = await asAna({ method: 'PUT', url: `/v1/lists/${id}/people/nobody` })
  assert.deepEqual([nobody.statusCode, nobody.json().code], [404, 'NO_USER'])
  const cursor = await asAna({ url: `/v1/lists/${id}/dweets?cursor=%F0%9F%92%A9` })
  assert.equal(cursor.json().code, 'BAD_REQUEST')
  assert.equal((await door.ask({ url: '/v1/lists' })).json().code, 'LOGIN_FIRST')
})
