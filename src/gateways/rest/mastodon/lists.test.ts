import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accountIdOf } from '../../../wire/account-ids.ts'
import { BEN, EVA, mastodonDoor } from './mastodon-door.test-helper.ts'

test('a list is made, filled, read and deleted, for its owner alone', async () => {
  await using door = await mastodonDoor()
  const { ana, ben, eva } = door
  const made = (await ana.post('/api/v1/lists', { title: 'near' })).json()
  const at = `/api/v1/lists/${made.id}`
  assert.equal(made.title, 'near')
  assert.equal((await ana.post('/api/v1/lists', { title: 'near' })).statusCode, 422, 'once')
  assert.equal((await ana.put(at, { title: 'far' })).json().title, 'far')
  const put = await ana.post(`${at}/accounts`, { 'account_ids[]': [BEN, EVA] })
  assert.deepEqual([put.statusCode, put.json()], [200, {}])
  const names = async (): Promise<string[]> =>
    (await ana.get(`${at}/accounts`)).json().map((one: { readonly acct: string }) => one.acct)
  assert.deepEqual(await names(), ['ben', 'eva'])
  const { id } = (await ben.post('/api/v1/statuses', { status: 'uno' })).json()
  const timeline = `/api/v1/timelines/list/${made.id}`
  assert.equal((await ana.get(timeline)).json()[0].id, id)
  assert.equal((await ana.get(`/api/v1/accounts/${BEN}/lists`)).json()[0].id, made.id)
  await ana.delete(`${at}/accounts?account_ids[]=${EVA}`)
  assert.deepEqual(await names(), ['ben'])
  for (const url of [at, `${at}/accounts`, timeline]) {
    assert.equal((await eva.get(url)).statusCode, 404, url)
  }
  const nobody = { 'account_ids[]': [accountIdOf('nobody')] }
  assert.equal((await ana.post(`${at}/accounts`, nobody)).statusCode, 404)
  assert.equal((await ana.delete(at)).statusCode, 200)
  assert.deepEqual((await ana.get('/api/v1/lists')).json(), [])
})

test('WebFinger finds who is here, for those who may read', async () => {
  await using door = await mastodonDoor()
  const at = '/.well-known/webfinger?resource='
  const found = await door.ana.get(`${at}acct:ben@localhost:9100`)
  assert.match(String(found.headers['content-type']), /^application\/jrd\+json/)
  const { links, subject } = found.json()
  assert.equal(subject, 'acct:ben@localhost:9100')
  const [profile, feed] = links.map((one: { readonly href: string }) => one.href)
  assert.equal(profile, 'http://localhost:9100/?view=dweets&at=@ben')
  assert.equal((await door.asAna({ method: 'GET', url: new URL(feed).pathname })).statusCode, 200)
  for (const [resource, status] of [
    ['acct:nobody@localhost:9100', 404],
    ['acct:ben@elsewhere.test', 404],
    ['https://localhost:9100/@ben', 404],
    ['', 404],
  ] as const) {
    assert.equal((await door.ana.get(at + resource)).statusCode, status, resource)
  }
  assert.equal((await door.ana.get('/.well-known/webfinger')).statusCode, 400)
  assert.equal((await door.asked('GET', `${at}acct:ben@localhost:9100`)).statusCode, 401)
  const meta = await door.asked('GET', '/.well-known/host-meta')
  assert.match(meta.payload, /webfinger\?resource=\{uri\}/)
  // What it would tell has TLS.
  const oauth = await door.asked('GET', '/.well-known/oauth-authorization-server')
  assert.equal(oauth.statusCode, 404)
})
