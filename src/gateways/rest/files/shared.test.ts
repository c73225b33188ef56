/** `/v1/shared`, and the folder that it leads to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Grants } from '../../../services/files/types.ts'
import { ANA, filesDoor, HOME } from './files-door.test-helper.ts'

const FOR_BEN: Grants = {
  everyone: 'nothing',
  guests: 'nothing',
  people: { ana: 'own', ben: 'write' },
  groups: {},
}

test('GET /v1/shared tells what others share, and where it is seen; not what lies above it', async () => {
  await using door = await filesDoor()
  const asBen = door.person('ben')
  const shared = async (as: typeof asBen) => (await as({ method: 'GET', url: '/v1/shared' })).json()
  assert.deepEqual(await shared(asBen), { items: [] })
  await door.files.makeFolder(ANA, `${HOME}/secret/plans`, { parents: true })
  await door.has(`${HOME}/secret/plans/a b.txt`, 'one')
  await door.files.setGrants(ANA, `${HOME}/secret/plans`, FOR_BEN)
  const { items } = await shared(asBen)
  const [{ access, kind, name, owner, path, sharedAt }] = items
  assert.deepEqual(
    [items.length, kind, name, owner, access],
    [1, 'folder', 'plans', 'ana', 'write'],
  )
  assert.deepEqual([path, sharedAt], ['/.shared/ana/plans', '2026-11-21T10:00:00.500Z'])
  assert.deepEqual(await shared(door.asAna), { items: [] })
  const list = await asBen({ method: 'GET', url: `/v1/files${String(path)}/` })
  assert.equal(list.json().items[0].path, '/.shared/ana/plans/a b.txt')
  const content = await asBen({ method: 'GET', url: `/v1/files${String(path)}/a%20b.txt` })
  assert.equal(content.body, 'one')
  const put = { method: 'PUT', payload: 'two', headers: { 'content-type': 'text/plain' } } as const
  const sent = await asBen({ ...put, url: `/v1/files${String(path)}/b.txt` })
  assert.equal(sent.statusCode, 201, sent.body)
  assert.equal((await door.content(`${HOME}/secret/plans/b.txt`)).toString(), 'two')
  const beside = await asBen({ ...put, url: '/v1/files/.shared/ana/b.txt' })
  assert.equal(beside.json().code, 'READ_ONLY')
  for (const asked of ['nothing', 'plans/nothing', 'plans/a%20b.txt/c']) {
    const refused = await asBen({ method: 'GET', url: `/v1/files/.shared/ana/${asked}` })
    assert.doesNotMatch(refused.body, /secret/)
    assert.equal(refused.statusCode, asked.endsWith('/c') ? 409 : 404, refused.body)
  }
})

test('GET /v1/shared is for those who may read files', async () => {
  await using door = await filesDoor()
  const asked = await door.ask({ method: 'GET', url: '/v1/shared' })
  assert.ok([401, 403].includes(asked.statusCode), asked.body)
})
