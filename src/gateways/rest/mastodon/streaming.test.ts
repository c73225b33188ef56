import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, mastodonDoor } from './mastodon-door.test-helper.ts'

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
  await hears(/retry/)
  const own = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await hears(new RegExp(`event: update\\ndata: \\{"id":"${own.id}"`))
  await ben.post(`/api/v1/statuses/${own.id}/favourite`)
  await hears(/event: notification\ndata: \{"id":"\d+","type":"favourite"/)
  await ana.put(`/api/v1/statuses/${own.id}`, { status: 'dos' })
  await hears(/event: status\.update\n/)
  await ana.delete(`/api/v1/statuses/${own.id}`)
  await hears(new RegExp(`event: delete\\ndata: ${own.id}\\n`))
  stop.abort()
  for (const [url, status] of [
    ['/user', 401],
    ['/user?access_token=x', 401],
    ['/?stream=public', 404],
  ] as const) {
    const headers = status === 404 ? { authorization: `Bearer ${ana.token}` } : {}
    const answer = await fetch(base + url, { headers })
    assert.equal(answer.status, status, url)
    await answer.body?.cancel()
  }
})
