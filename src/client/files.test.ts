import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { FileEntry } from '../wire/api-files.ts'
import { AnilloClient } from './client.ts'

const A = 'http://localhost:9100'
const B = 'http://localhost:9101'

const FOLDER: FileEntry = {
  id: 'a'.repeat(32),
  name: 'a',
  path: '/shared/a',
  kind: 'folder',
  bytes: 0,
  modifiedAt: '2026-11-21T10:00:00.000Z',
  createdAt: '2026-11-21T10:00:00.000Z',
  owner: 'ana',
  mode: 0o755,
  etag: '"1"',
  access: 'own',
}

/** The first door does what it is asked and dies before it says so, where that is told. */
function clientAfter({ isLost }: { readonly isLost: boolean }) {
  const asked: string[] = []
  const keys = new Set<string | null>()
  const fetch = async (url: string, { headers, method = '' }: RequestInit): Promise<Response> => {
    const { origin, pathname, search } = new URL(url)
    asked.push(`${method} ${pathname}${search}`)
    keys.add(new Headers(headers).get('idempotency-key'))
    if (isLost && origin === A) throw new TypeError('connection reset')
    return method === 'DELETE' ? new Response(null, { status: 204 }) : Response.json(FOLDER)
  }
  let made = 0
  const newKey = () => `key ${++made}`
  const world = { fetch, pause: async () => undefined, newKey, start: 'npm start' }
  return { asked, keys, files: new AnilloClient(world, [A, B]).files }
}

test('a change whose answer was lost is asked for elsewhere with its key, and told as done', async () => {
  const { files, keys } = clientAfter({ isLost: true })
  assert.deepEqual(await files.makeFolder('/shared/a'), FOLDER)
  assert.deepEqual(await files.move('/shared/b', '/shared/a'), FOLDER)
  await files.remove('/shared/a')
  assert.deepEqual([...keys], ['key 1', 'key 2', 'key 3'])
})

test('names are sent so that no sign of an address is taken for one', async () => {
  const { asked, files } = clientAfter({ isLost: false })
  await files.stat('/shared/a b?c#d%2F/ñ')
  assert.deepEqual(asked, ['GET /v1/files/shared/a%20b%3Fc%23d%252F/%C3%B1?op=stat'])
})
