import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, BEN, linksOf, mastodonDoor } from './mastodon-door.test-helper.ts'

interface Status {
  readonly id: string
  readonly content: string
  readonly reblog: Status | null
}

test('a status is published once under its key, whichever way it is sent', async () => {
  await using door = await mastodonDoor()
  const { ana, asked } = door
  const key = { 'idempotency-key': 'k1' }
  const text = 'hola <b>"x"</b> @ben #Uno\n\nhttps://a.test/?x=1&y=2'
  const made = await ana.post('/api/v1/statuses', { status: text }, key)
  assert.equal(made.statusCode, 200)
  assert.equal(
    (await ana.post('/api/v1/statuses', { status: text }, key)).json().id,
    made.json().id,
  )
  const status = made.json()
  assert.match(status.id, /^\d+$/)
  assert.match(status.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(
    status.content,
    '<p>hola &lt;b&gt;&quot;x&quot;&lt;/b&gt; <span class="h-card">' +
      '<a href="http://localhost:9100/?view=dweets&amp;at=@ben" class="u-url mention">' +
      '@<span>ben</span></a></span> <a href="http://localhost:9100/?view=dweets&amp;at=%23uno" ' +
      'class="mention hashtag" rel="tag">#<span>Uno</span></a></p>' +
      '<p><a href="https://a.test/?x=1&amp;y=2" target="_blank" ' +
      'rel="nofollow noopener noreferrer">https://a.test/?x=1&amp;y=2</a></p>',
  )
  assert.deepEqual(
    status.mentions.map((one: { readonly id: string }) => one.id),
    [BEN],
  )
  assert.equal(status.account.id, ANA)
  assert.equal(status.account.acct, 'ana')

  const forms = [
    ['application/x-www-form-urlencoded', 'status=as+a+form&spoiler_text=cw%21'],
    ['application/json', '{"status":"as JSON","visibility":"private"}'],
    [
      'multipart/form-data; boundary=xx',
      '--xx\r\ncontent-disposition: form-data; name="status"\r\n\r\nñ in parts\r\n--xx--\r\n',
    ],
  ] as const
  const sent: string[] = []
  for (const [type, payload] of forms) {
    const answer = await door.ask({
      method: 'POST',
      url: '/api/v1/statuses',
      headers: { 'content-type': type, authorization: `Bearer ${ana.token}` },
      payload,
    })
    const { content, spoiler_text: warning, visibility } = answer.json()
    sent.push(`${content} ${warning} ${visibility}`)
  }
  assert.deepEqual(sent, [
    '<p>as a form</p> cw! public',
    '<p>as JSON</p>  private',
    '<p>ñ in parts</p>  public',
  ])
  // In the address, too.
  const inAddress = await asked('POST', '/api/v1/statuses?status=there', { token: ana.token })
  assert.equal(inAddress.json().content, '<p>there</p>')
})

test('what is not kept is refused, and nothing is published', async () => {
  await using door = await mastodonDoor()
  const { ana } = door
  const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ status: '' }, /empty/],
    [{ status: 'x'.repeat(226) }, /226/],
    [{ status: 'x', visibility: 'direct' }, /direct/],
    [{ status: 'x', visibility: 'secret' }, /Visibility/],
    [{ status: 'x', scheduled_at: '2030-01-01' }, /scheduled/],
    [{ status: 'x', 'poll[options][]': 'a' }, /polls/],
    [{ status: 'x', 'media_ids[]': '1' }, /Media/],
  ]
  for (const [form, words] of refused) {
    const answer = await ana.post('/api/v1/statuses', form)
    assert.equal(answer.statusCode, 422, JSON.stringify(form))
    assert.match(answer.json().error, words)
  }
  const gone = await ana.post('/api/v1/statuses', { status: 'x', in_reply_to_id: '12345' })
  assert.equal(gone.statusCode, 404)
  assert.equal((await ana.get(`/api/v1/accounts/${ANA}/statuses`)).json().length, 0)
  const spanish = await ana.post('/api/v1/statuses', { status: ' ' }, { 'accept-language': 'es' })
  assert.match(spanish.json().error, /vacío/)
})

test('a status is read, edited with its history, answered, and deleted', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  const answer = await ben.post('/api/v1/statuses', { status: 're', in_reply_to_id: id })
  assert.equal(answer.json().in_reply_to_id, id)
  assert.equal(answer.json().in_reply_to_account_id, ANA)
  const context = (await ana.get(`/api/v1/statuses/${id}/context`)).json()
  assert.deepEqual(context.ancestors, [])
  assert.equal(context.descendants[0].id, answer.json().id)
  door.clock.advance(1_000)
  const edited = await ana.put(`/api/v1/statuses/${id}`, { status: 'dos', spoiler_text: 'cw' })
  assert.equal(edited.json().content, '<p>dos</p>')
  assert.notEqual(edited.json().edited_at, null)
  const history: readonly Status[] = (await ben.get(`/api/v1/statuses/${id}/history`)).json()
  assert.deepEqual(
    history.map(({ content }) => content),
    ['<p>uno</p>', '<p>dos</p>'],
  )
  const source = (await ana.get(`/api/v1/statuses/${id}/source`)).json()
  assert.deepEqual(source, { id, text: 'dos', spoiler_text: 'cw' })
  assert.equal((await ben.put(`/api/v1/statuses/${id}`, { status: 'x' })).statusCode, 403)
  assert.equal((await ben.delete(`/api/v1/statuses/${id}`)).statusCode, 403)
  const several = await ben.get(`/api/v1/statuses?id[]=${id}&id[]=99&id[]=${answer.json().id}`)
  assert.equal(several.json().length, 2)
  const deleted = await ana.delete(`/api/v1/statuses/${id}`)
  assert.equal(deleted.json().text, 'dos')
  for (const url of ['', '/context', '/history', '/source', '/reblogged_by']) {
    const gone = await ana.get(`/api/v1/statuses/${id}${url}`)
    assert.equal(gone.statusCode, 404, url)
    assert.equal(typeof gone.json().error, 'string')
  }
  assert.equal((await ana.get('/api/v1/statuses/x')).statusCode, 404)
})

test('boosts, favourites and bookmarks, each told to who asks', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  const at = `/api/v1/statuses/${id}`
  const boosted = (await ben.post(`${at}/reblog`)).json()
  assert.equal(boosted.reblog.id, id)
  assert.equal(boosted.account.acct, 'ben')
  assert.equal((await ben.post(`${at}/reblog`)).json().id, boosted.id, 'twice is once')
  assert.equal((await ben.post(`${at}/favourite`)).json().favourites_count, 1)
  assert.equal((await ben.post(`${at}/bookmark`)).json().bookmarked, true)
  const names = async (url: string): Promise<string[]> =>
    (await ana.get(url)).json().map((one: { readonly acct: string }) => one.acct)
  assert.deepEqual(await names(`${at}/reblogged_by`), ['ben'])
  assert.deepEqual(await names(`${at}/favourited_by`), ['ben'])
  for (const list of ['bookmarks', 'favourites']) {
    const page: readonly Status[] = (await ben.get(`/api/v1/${list}`)).json()
    assert.deepEqual(
      page.map((one) => one.id),
      [id],
      list,
    )
    assert.deepEqual((await ana.get(`/api/v1/${list}`)).json(), [])
  }
  const all = `/api/v1/accounts/${BEN}/statuses`
  assert.equal((await ana.get(all)).json()[0].reblog.id, id)
  assert.deepEqual((await ana.get(`${all}?exclude_reblogs=true`)).json(), [])
  const back = (await ben.post(`${at}/unreblog`)).json()
  assert.deepEqual([back.id, back.reblogged, back.reblogs_count], [id, false, 0])
  assert.equal((await ben.post(`${at}/unfavourite`)).json().favourited, false)
  assert.equal((await ben.post(`${at}/unbookmark`)).json().bookmarked, false)
  assert.deepEqual(await names(`${at}/reblogged_by`), [])
})

test('a timeline is paged exactly once, forwards and back, whatever is published meanwhile', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  await ben.post(`/api/v1/accounts/${ANA}/follow`)
  const ids: string[] = []
  for (let at = 0; at < 23; at++) {
    door.clock.advance(1)
    ids.unshift((await ana.post('/api/v1/statuses', { status: `n ${at}` })).json().id)
  }
  const seen: string[] = []
  const pages: string[] = []
  for (let url: string | undefined = '/api/v1/timelines/home?limit=5'; url !== undefined;) {
    const answer = await ben.get(url)
    pages.push(url)
    const page: readonly Status[] = answer.json()
    seen.push(...page.map(({ id }) => id))
    assert.ok(page.length <= 5)
    const header = String(answer.headers['link'] ?? '')
    const links = linksOf(answer)
    if (links['next'] !== undefined) assert.ok(header.indexOf('"next"') < header.indexOf('"prev"'))
    assert.doesNotMatch(header, /access_token/)
    url = links['next']
    await ana.post('/api/v1/statuses', { status: 'meanwhile' })
  }
  assert.deepEqual(seen, ids)
  const byId = async (query: string): Promise<string[]> =>
    (await ben.get(`/api/v1/accounts/${ANA}/statuses?limit=3&${query}`))
      .json()
      .map(({ id }: Status) => id)
  assert.deepEqual(await byId(`max_id=${ids[4]}`), ids.slice(5, 8))
  assert.deepEqual(await byId(`min_id=${ids[10]}`), ids.slice(7, 10), 'next behind it')
  assert.deepEqual(await byId(`since_id=${ids[10]}&max_id=${ids[2]}`), ids.slice(3, 6))
  assert.deepEqual(await byId(`min_id=${ids[10]}&max_id=${ids[8]}`), ids.slice(9, 10))
  const first = await ben.get(`/api/v1/timelines/home?limit=5&max_id=${ids[4]}`)
  const prev = (await ben.get(linksOf(first)['prev'] ?? '')).json()
  assert.deepEqual(
    prev.map(({ id }: Status) => id),
    ids.slice(0, 5),
  )
  const wrong = await ben.get('/api/v1/timelines/home?max_id=x')
  assert.equal(wrong.statusCode, 400)
  assert.match(wrong.json().error, /max_id/)
})

test('timelines, tags and searches show what they are for', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const one = (await ana.post('/api/v1/statuses', { status: 'uno #Sol #mar' })).json()
  await ana.post('/api/v1/statuses', { status: 'secret #sol', visibility: 'private' })
  const ids = async (url: string): Promise<string[]> =>
    (await ben.get(url)).json().map(({ id }: Status) => id)
  assert.deepEqual(await ids('/api/v1/timelines/public?local=true'), [one.id])
  assert.deepEqual(await ids('/api/v1/timelines/public?remote=true'), [])
  assert.deepEqual(await ids('/api/v1/timelines/tag/SOL'), [one.id])
  assert.deepEqual(await ids('/api/v1/timelines/tag/sol?all[]=mar'), [one.id])
  assert.deepEqual(await ids('/api/v1/timelines/tag/sol?none[]=mar'), [])
  assert.deepEqual(await ids('/api/v1/timelines/home'), [])
  const found = (await ana.get('/api/v2/search?q=uno')).json()
  assert.deepEqual(
    found.statuses.map(({ id }: Status) => id),
    [one.id],
  )
  assert.deepEqual(found.hashtags[0].name, 'uno')
  const byAddress = `/api/v2/search?type=statuses&q=${encodeURIComponent(one.url)}`
  assert.equal((await ben.get(byAddress)).json().statuses[0].id, one.id)
  const people = (await ben.get('/api/v2/search?type=accounts&q=@ana@localhost:9100')).json()
  assert.deepEqual(people.accounts[0].id, ANA)
  assert.deepEqual((await ben.get('/api/v2/search?q=@ana@elsewhere.test')).json().accounts, [])
  assert.equal((await ben.get('/api/v2/search')).statusCode, 422)
  assert.equal((await ben.get('/api/v1/tags/sol')).json().name, 'sol')
})

test('a boost of what is gone, or not to be seen any more, is taken back', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  assert.equal((await ben.post(`/api/v1/statuses/${id}/reblog`)).statusCode, 200)
  assert.equal((await ana.post(`/api/v1/accounts/${BEN}/block`)).statusCode, 200)
  assert.equal((await ben.get(`/api/v1/statuses/${id}`)).statusCode, 404)
  const back = await ben.post(`/api/v1/statuses/${id}/unreblog`)
  assert.equal(back.statusCode, 200, back.body)
  const { content, reblogged } = back.json()
  assert.deepEqual([back.json().id, reblogged, content], [id, false, ''])
  assert.doesNotMatch(back.body, /uno/)
  assert.equal((await ben.post(`/api/v1/statuses/${id}/unreblog`)).statusCode, 404)
  assert.equal((await ana.get(`/api/v1/statuses/${id}`)).json().reblogs_count, 0)
})
