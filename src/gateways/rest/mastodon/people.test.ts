import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accountIdOf } from '../../../wire/account-ids.ts'
import { ANA, BEN, mastodonDoor } from './mastodon-door.test-helper.ts'

test('people are found by id, name and letters, and say who they are', async () => {
  await using door = await mastodonDoor()
  const { ana } = door
  const me = (await ana.get('/api/v1/accounts/verify_credentials')).json()
  assert.deepEqual([me.id, me.acct, me.source.note], [ANA, 'ana', ''])
  assert.equal((await ana.get('/api/v1/accounts/lookup?acct=ben')).json().id, BEN)
  assert.equal((await ana.get(`/api/v1/accounts/${BEN}`)).json().display_name, 'Ben Zen')
  const several = (await ana.get(`/api/v1/accounts?id[]=${BEN}&id[]=77777777`)).json()
  assert.deepEqual(
    several.map((one: { readonly acct: string }) => one.acct),
    ['ben'],
  )
  const like = (await ana.get('/api/v1/accounts/search?q=be')).json()
  assert.deepEqual(
    like.map((one: { readonly acct: string }) => one.acct),
    ['ben'],
  )
  for (const url of ['lookup?acct=nobody', accountIdOf('nobody'), 'x', '0', `${BEN}/nothing`]) {
    const answer = await ana.get(`/api/v1/accounts/${url}`)
    assert.equal(answer.statusCode, 404, url)
    assert.equal(typeof answer.json().error, 'string')
  }
  const changed = await ana.patch('/api/v1/accounts/update_credentials', {
    display_name: 'Ana María',
    note: 'a <i>b</i>',
  })
  assert.deepEqual(
    [changed.json().display_name, changed.json().note, changed.json().source.note],
    ['Ana María', '<p>a &lt;i&gt;b&lt;/i&gt;</p>', 'a <i>b</i>'],
  )
  const locked = await ana.patch('/api/v1/accounts/update_credentials', { locked: 'true' })
  assert.equal(locked.statusCode, 422)
  const picture = await door.asked('GET', new URL(me.avatar).pathname)
  assert.equal(picture.headers['content-type'], 'image/png')
  assert.equal(picture.rawPayload.subarray(1, 4).toString(), 'PNG')
})

test('follow, mute and block, and what they say of each other', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const at = `/api/v1/accounts/${BEN}`
  const followed = (await ana.post(`${at}/follow`, { reblogs: 'false' })).json()
  assert.deepEqual([followed.following, followed.showing_reblogs], [true, false])
  const standing = (await ben.get(`/api/v1/accounts/relationships?id[]=${ANA}`)).json()
  assert.deepEqual([standing[0].id, standing[0].followed_by], [ANA, true])
  const names = async (url: string): Promise<string[]> =>
    (await ana.get(url)).json().map((one: { readonly acct: string }) => one.acct)
  assert.deepEqual(await names(`${at}/followers`), ['ana'])
  assert.deepEqual(await names(`/api/v1/accounts/${ANA}/following`), ['ben'])
  assert.equal((await ana.post(`${at}/mute`)).json().muting, true)
  assert.deepEqual(await names('/api/v1/mutes'), ['ben'])
  assert.equal((await ana.post(`${at}/unmute`)).json().muting, false)
  assert.equal((await ana.post(`${at}/block`)).json().following, false)
  assert.deepEqual(await names('/api/v1/blocks'), ['ben'])
  assert.equal((await ana.post(`${at}/unblock`)).json().blocking, false)
  assert.equal((await ana.post(`${at}/unfollow`)).json().following, false)
  const self = await ana.post(`/api/v1/accounts/${ANA}/follow`)
  assert.equal(self.statusCode, 422)
  assert.match(self.json().error, /yourself/)
  const nobody = await ana.post(`/api/v1/accounts/${accountIdOf('nobody')}/follow`)
  assert.equal(nobody.statusCode, 404)
})

test('notifications are listed by kind, dismissed one by one, and cleared', async () => {
  await using door = await mastodonDoor()
  const { ana, ben, eva } = door
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await ben.post(`/api/v1/statuses/${id}/favourite`)
  await ben.post(`/api/v1/statuses/${id}/reblog`)
  await eva.post(`/api/v1/accounts/${ANA}/follow`)
  await eva.post('/api/v1/statuses', { status: 'hola @ana' })
  const kinds = async (query = ''): Promise<string[]> =>
    (await ana.get(`/api/v1/notifications${query}`))
      .json()
      .map((one: { readonly type: string }) => one.type)
  assert.deepEqual(await kinds(), ['mention', 'follow', 'reblog', 'favourite'])
  assert.deepEqual(await kinds('?types[]=follow&types[]=mention'), ['mention', 'follow'])
  assert.deepEqual(await kinds('?exclude_types[]=mention&limit=1'), ['follow'])
  assert.deepEqual(await kinds(`?account_id=${BEN}`), ['reblog', 'favourite'])
  const [first] = (await ana.get('/api/v1/notifications')).json()
  assert.equal(first.status.content.includes('hola'), true)
  const one = `/api/v1/notifications/${first.id}`
  assert.equal((await ana.get(one)).json().type, 'mention')
  assert.equal((await ben.get(one)).statusCode, 404)
  assert.equal((await ana.post(`${one}/dismiss`)).statusCode, 200)
  assert.equal((await ana.get(one)).statusCode, 404)
  const count = async (): Promise<number> =>
    (await ana.get('/api/v1/notifications/unread_count')).json().count
  assert.equal(await count(), 3)
  const [newest] = (await ana.get('/api/v1/notifications')).json()
  await ana.post('/api/v1/markers', { 'notifications[last_read_id]': newest.id })
  assert.equal(await count(), 0)
  const marks = (await ana.get('/api/v1/markers?timeline[]=notifications&timeline[]=home')).json()
  assert.deepEqual(Object.keys(marks), ['notifications'])
  assert.deepEqual([marks.notifications.last_read_id, marks.notifications.version], [newest.id, 1])
  assert.equal((await ana.post('/api/v1/markers', { 'home[last_read_id]': 'x' })).statusCode, 422)
  assert.equal((await ana.post('/api/v1/notifications/clear')).statusCode, 200)
  assert.deepEqual(await kinds(), [])
})

test('what programs ask at first, and what there is none of', async () => {
  await using door = await mastodonDoor()
  const { ana, asked } = door
  const first = (await asked('GET', '/api/v1/instance')).json()
  assert.match(first.version, /^\d+\.\d+\.\d+ \(compatible; anillo /)
  assert.equal(first.max_toot_chars, 225)
  assert.equal(first.uri, 'localhost:9100')
  const second = (await asked('GET', '/api/v2/instance/')).json()
  assert.equal(second.configuration.statuses.max_characters, 225)
  assert.equal(second.configuration.urls.streaming, 'ws://localhost:9100')
  const empty = ['custom_emojis', 'filters', 'announcements', 'follow_requests', 'conversations']
  for (const name of empty) assert.deepEqual((await ana.get(`/api/v1/${name}`)).json(), [], name)
  assert.equal(
    (await ana.get('/api/v1/preferences')).json()['posting:default:visibility'],
    'public',
  )
  const unknown = await ana.get('/api/v1/nothing/such')
  assert.deepEqual([unknown.statusCode, unknown.json()], [404, { error: 'Record not found' }])
  assert.equal((await asked('GET', '/api/v1/streaming/health')).payload, 'OK')
})

test('a report goes to those who moderate', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const { id } = (await ben.post('/api/v1/statuses', { status: 'spam' })).json()
  const form = { account_id: BEN, 'status_ids[]': [id], category: 'spam', comment: 'look' }
  const reported = await ana.post('/api/v1/reports', form)
  assert.equal(reported.statusCode, 200)
  assert.deepEqual([reported.json().category, reported.json().target_account.id], ['spam', BEN])
  const queue = await door.asEva({ method: 'GET', url: '/v1/reports?state=open' })
  assert.match(queue.payload, new RegExp(id))
  for (const category of ['x', 'constructor', '__proto__']) {
    assert.equal((await ana.post('/api/v1/reports', { ...form, category })).statusCode, 422)
  }
  assert.equal((await ana.post('/api/v1/reports', { account_id: 'x' })).statusCode, 404)
})
