import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, BEN, mastodonDoor } from './mastodon-door.test-helper.ts'

test('a stream tells what happens in the form of Mastodon, by header or by address', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  await ana.post(`/api/v1/accounts/${ANA}/follow`)
  await door.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  const base = `http://localhost:${port}/api/v1/streaming`
  const stop = new AbortController()
  const stream = await fetch(`${base}/user?access_token=${ana.token}`, { signal: stop.signal })
  assert.equal(stream.status, 200)
  assert.match(stream.headers.get('content-type') ?? '', /event-stream/)
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  assert.ok(reader !== undefined)
  let heard = ''
  const hears = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(heard)) {
      const { done, value = '' } = await reader.read()
      assert.ok(!done, heard)
      heard += value
    }
  }
  await hears(/^:\)\n\n/)
  const own = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await hears(new RegExp(`event: update\\ndata: \\{"id":"${own.id}"`))
  await ben.post(`/api/v1/statuses/${own.id}/favourite`)
  await hears(/event: notification\ndata: \{"id":"\d+","type":"favourite"/)
  await ana.put(`/api/v1/statuses/${own.id}`, { status: 'dos' })
  await hears(/event: status\.update\n/)
  await ana.delete(`/api/v1/statuses/${own.id}`)
  await hears(new RegExp(`event: delete\\ndata: ${own.id}\\n`))
  // Programs know of events and comments, and break at any other line.
  assert.doesNotMatch(heard, /^(?!event: |data: |:|$)/m)
  stop.abort()
  for (const [url, status] of [
    ['/user', 401],
    ['/user?access_token=x', 401],
    ['/?stream=nothing', 404],
    ['/hashtag?tag=', 400],
    ['/list?list=12', 404],
  ] as const) {
    const headers = status !== 401 ? { authorization: `Bearer ${ana.token}` } : {}
    const answer = await fetch(base + url, { headers })
    assert.equal(answer.status, status, url)
    await answer.body?.cancel()
  }
})

test('a stream has what its application may read, and nothing that it may not', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const logIn = async (scope: string) => door.logIn('ana', scope, await door.makeApp(scope))
  const [statuses, notes] = [await logIn('read:statuses'), await logIn('read:notifications')]
  const { server } = door
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as { readonly port: number }
  const base = `http://localhost:${port}/api/v1/streaming`
  for (const [token, path] of [
    [statuses, '/user/notification'],
    [statuses, '?stream=user:notification'],
    [notes, '/user'],
    [notes, '?stream=user'],
  ] as const) {
    const answer = await fetch(base + path, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(answer.status, 403, path)
    await answer.body?.cancel()
  }
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${statuses}` }
  const stream = await fetch(`${base}/user`, { headers, signal: stop.signal })
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  assert.ok(reader !== undefined)
  let heard = ''
  const hears = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(heard)) heard += (await reader.read()).value ?? assert.fail(heard)
  }
  await hears(/^:\)\n\n/)
  const own = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await hears(/event: update\n/)
  await ben.post(`/api/v1/statuses/${own.id}/favourite`)
  await ana.delete(`/api/v1/statuses/${own.id}`)
  await hears(/event: delete\n/)
  assert.ok(!heard.includes('event: notification'))
  stop.abort()
})

test('streams of all, of tags and of lists are server-sent events, too', async () => {
  await using door = await mastodonDoor()
  const { ana, ben } = door
  const { id: list } = (await ana.post('/api/v1/lists', { title: 'friends' })).json()
  await ana.post(`/api/v1/lists/${list}/accounts`, { 'account_ids[]': BEN })
  await door.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  const stop = new AbortController()
  const { signal } = stop
  const headers = { authorization: `Bearer ${ana.token}` }
  const paths = ['public', 'public/local', 'hashtag?tag=sea', 'hashtag/local?tag=sea']
  const streams = await Promise.all(
    [...paths, `list?list=${list}`, '?stream=public', `?stream=list&list=${list}`].map((path) =>
      fetch(`http://localhost:${port}/api/v1/streaming/${path}`, { headers, signal }),
    ),
  )
  const { id } = (await ben.post('/api/v1/statuses', { status: 'at the #sea' })).json()
  for (const stream of streams) {
    assert.equal(stream.status, 200, stream.url)
    let heard = ''
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    while (!heard.includes(`event: update\ndata: {"id":"${id}"`)) {
      heard += (await reader?.read())?.value ?? assert.fail(`${stream.url} ${heard}`)
    }
  }
  stop.abort()
})
