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

/** The first door carries out what it is asked and dies before it says so, where that is told. */
function clientAfter({ isLost }: { readonly isLost: boolean }, refusal: string) {
  const asked: string[] = []
  const fetch = async (url: string, { method = '' }: RequestInit): Promise<Response> => {
    const { origin, pathname, search } = new URL(url)
    asked.push(`${method} ${pathname}${search}`)
    if (isLost && origin === A) throw new TypeError('connection reset')
    if (search === '?op=stat') return Response.json(FOLDER)
    const status = refusal === 'NO_ENTRY' ? 404 : 409
    const problem = { type: 't', title: 't', status, code: refusal, detail: 'd', details: {} }
    return Response.json(problem, { status })
  }
  const world = { fetch, pause: async () => undefined, newKey: () => 'key', start: 'npm start' }
  return { asked, files: new AnilloClient(world, [A, B]).files }
}

test('makeFolder() asked for again finds the folder that it made', async () => {
  const lost = clientAfter({ isLost: true }, 'ENTRY_EXISTS')
  assert.deepEqual(await lost.files.makeFolder('/shared/a'), FOLDER)
  const there = clientAfter({ isLost: false }, 'ENTRY_EXISTS')
  await assert.rejects(there.files.makeFolder('/shared/a'), { code: 'ENTRY_EXISTS' })
})

test('move() asked for again finds what it moved, where it is to be', async () => {
  const lost = clientAfter({ isLost: true }, 'NO_ENTRY')
  assert.deepEqual(await lost.files.move('/shared/b', '/shared/a'), FOLDER)
  const absent = clientAfter({ isLost: false }, 'NO_ENTRY')
  await assert.rejects(absent.files.move('/shared/b', '/shared/a'), { code: 'NO_ENTRY' })
})

test('remove() asked for again takes nothing for what it took away', async () => {
  const lost = clientAfter({ isLost: true }, 'NO_ENTRY')
  await lost.files.remove('/shared/a')
  assert.deepEqual(lost.asked, ['DELETE /v1/files/shared/a', 'DELETE /v1/files/shared/a'])
  const absent = clientAfter({ isLost: false }, 'NO_ENTRY')
  await assert.rejects(absent.files.remove('/shared/a'), { code: 'NO_ENTRY' })
})

test('names are sent so that no sign of an address is taken for one', async () => {
  const { asked, files } = clientAfter({ isLost: false }, 'NO_ENTRY')
  await files.stat('/shared/a b?c#d%2F/ñ')
  assert.deepEqual(asked, ['GET /v1/files/shared/a%20b%3Fc%23d%252F/%C3%B1?op=stat'])
})
