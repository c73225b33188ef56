import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Check } from 'typebox/value'

import { sha256Hex } from '../../../base/hash.ts'
import {
  FileEntry,
  FileList,
  FileQuota,
  FileVersionList,
  TrashEmptied,
  TrashList,
} from '../../../wire/api-files.ts'
import { bearer } from '../entrance.test-helper.ts'
import { fakeDoor } from '../fakes.test-helper.ts'
import { filesDoor, HOME } from './files-door.test-helper.ts'

type Door = Awaited<ReturnType<typeof filesDoor>>

function ordered(door: Door, path: string, op: string, payload: object = {}) {
  return door.asAna({ method: 'POST', url: `/v1/files${path}?op=${op}`, payload })
}

async function namesIn(door: Door, path: string): Promise<readonly string[]> {
  const { items } = (await door.asAna({ method: 'GET', url: `/v1/files${path}` })).json()
  return items.map(({ name }: FileEntry) => name)
}

test('a folder is listed page by page, in the order of its names, and narrowed', async () => {
  await using door = await filesDoor()
  for (const name of ['b', 'a', 'ñ', 'B', 'ab']) await door.has(`/shared/${name}`, name)
  const first = await door.asAna({ method: 'GET', url: '/v1/files/shared/?limit=3' })
  assert.ok(Check(FileList, first.json()), first.body)
  assert.equal(first.headers['cache-control'], 'no-store')
  const { cursor, items, path } = first.json()
  assert.equal(path, '/shared')
  const rest = await door.asAna({
    method: 'GET',
    url: `/v1/files/shared/?limit=3&cursor=${encodeURIComponent(cursor)}`,
  })
  assert.equal(rest.json().cursor, undefined)
  const all = [...items, ...rest.json().items]
  assert.deepEqual(
    all.map(({ name }) => name),
    ['B', 'a', 'ab', 'b', 'ñ'],
  )
  assert.deepEqual(await namesIn(door, '/shared/?prefix=a'), ['a', 'ab'])
  assert.deepEqual(await namesIn(door, '/'), ['home', 'shared'])
  const bad = await door.asAna({ method: 'GET', url: '/v1/files/shared/?limit=0' })
  assert.equal(bad.json().code, 'BAD_REQUEST')
})

test('?op=stat tells all of an entry, under the ETag that the file is sent with', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'hello')
  const got = await door.asAna({ method: 'GET', url: '/v1/files/shared/a?op=stat' })
  assert.ok(Check(FileEntry, got.json()), got.body)
  const { bytes, etag, kind, sha256 } = got.json()
  assert.deepEqual([bytes, kind, sha256], [5, 'file', sha256Hex('hello')])
  const head = await door.asAna({ method: 'HEAD', url: '/v1/files/shared/a' })
  assert.equal(head.headers.etag, etag)
  const folder = await door.asAna({ method: 'GET', url: '/v1/files/shared/?op=stat' })
  assert.deepEqual([folder.json().kind, folder.json().bytes], ['folder', 0])
  const ofFolder = await door.asAna({ method: 'HEAD', url: '/v1/files/shared/' })
  assert.deepEqual([ofFolder.statusCode, ofFolder.headers.etag], [200, folder.json().etag])
})

test('mkdir, move, copy, combine and touch change the tree and answer what is there then', async () => {
  await using door = await filesDoor()
  const made = await ordered(door, '/shared/x', 'mkdir')
  assert.deepEqual([made.statusCode, made.json().path], [201, '/shared/x'])
  assert.equal((await ordered(door, '/shared/x', 'mkdir')).json().code, 'ENTRY_EXISTS')
  const deep = await ordered(door, '/shared/x/y/z', 'mkdir', { parents: true })
  assert.equal(deep.json().path, '/shared/x/y/z')
  assert.equal((await ordered(door, '/shared/x', 'mkdir', { parents: true })).statusCode, 201)
  await door.has('/shared/a', 'one')
  await door.has('/shared/b', 'two')
  const moved = await ordered(door, '/shared/a', 'move', { to: '/shared/x/a' })
  assert.deepEqual([moved.statusCode, moved.json().path], [200, '/shared/x/a'])
  const inTheWay = await ordered(door, '/shared/x/a', 'move', { to: '/shared/b' })
  assert.equal(inTheWay.json().code, 'ENTRY_EXISTS')
  const { url } = await door.listen()
  const copied = await fetch(`${url}/v1/files/shared/x?op=copy`, {
    method: 'POST',
    body: JSON.stringify({ to: '/shared/copy' }),
    headers: { ...bearer(door.token), 'content-type': 'application/json' },
  })
  assert.equal(copied.status, 201)
  assert.deepEqual(await namesIn(door, '/shared/copy/'), ['a', 'y'])
  const inside = await ordered(door, '/shared/x', 'move', { to: '/shared/x/y/x' })
  assert.equal(inside.json().code, 'MOVE_INTO_ITSELF')
  const parts = ['/shared/x/a', '/shared/b', '/shared/x/a']
  const combined = await ordered(door, '/shared/all', 'combine', { parts })
  assert.equal(combined.json().sha256, sha256Hex('onetwoone'))
  const at = '2001-02-03T04:05:06.789Z'
  const touched = await ordered(door, '/shared/all', 'touch', { modifiedAt: at, mode: 0o640 })
  assert.deepEqual([touched.json().modifiedAt, touched.json().mode], [at, 0o640])
})

test('an order that is not understood is refused in words, and changes nothing', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'one')
  const before = (await door.asAna({ method: 'GET', url: '/v1/files/shared/a?op=stat' })).json()
  const cases: readonly (readonly [string, object, RegExp])[] = [
    ['dance', {}, /op is “dance”, and ought to be one of “move”, “copy”/],
    ['move', {}, /“to” is missing|to/],
    ['move', { to: 7 }, /“?to”? ought to be text/],
    ['move', { to: '/x', force: true }, /force/],
    ['touch', { modifiedAt: '1969-12-31T23:59:59Z' }, /no instant in ISO 8601 from 1970 on/],
    ['touch', { modifiedAt: 'yesterday' }, /modifiedAt ought to be an instant in ISO 8601/],
    ['touch', { mode: 0o1000 }, /511 at most/],
    ['restore', { version: -1 }, /0 at least/],
    ['combine', { parts: [] }, /1 item at least/],
    ['grants', { grants: { everyone: 'all' } }, /./],
  ]
  for (const [op, payload, words] of cases) {
    const answer = await ordered(door, '/shared/a', op, payload)
    assert.equal(answer.json().code, 'BAD_REQUEST', op)
    assert.match(answer.json().detail, words)
  }
  const noOp = await door.asAna({ method: 'POST', url: '/v1/files/shared/a' })
  assert.equal(noOp.json().code, 'BAD_REQUEST')
  const twice = await door.asAna({ method: 'POST', url: '/v1/files/shared/a?op=move&op=copy' })
  assert.equal(twice.json().code, 'BAD_REQUEST')
  const after = await door.asAna({ method: 'GET', url: '/v1/files/shared/a?op=stat' })
  assert.deepEqual(after.json(), before)
})

test('an earlier content is told, and becomes the present one once more', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'old')
  await door.has('/shared/a', 'new')
  const url = '/v1/files/shared/a?op=versions'
  const versions = await door.asAna({ method: 'GET', url })
  assert.ok(Check(FileVersionList, versions.json()), versions.body)
  const version = versions.json().items[0].number
  const restored = await ordered(door, '/shared/a', 'restore', { version })
  assert.equal(restored.json().sha256, sha256Hex('old'))
  assert.equal((await door.asAna({ method: 'GET', url })).json().items.length, 2)
})

test('DELETE /v1/trash empties it, and takes single things away for good', async () => {
  await using door = await filesDoor()
  for (const name of ['a', 'b', 'c']) {
    await door.has(`/shared/${name}`, name)
    await door.asAna({ method: 'DELETE', url: `/v1/files/shared/${name}` })
  }
  const { url } = await door.listen()
  const asked = async (path: string) => {
    const answer = await fetch(url + path, { method: 'DELETE', headers: bearer(door.token) })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const [{ id }] = (await door.asAna({ method: 'GET', url: '/v1/trash' })).json().items
  assert.deepEqual(await asked(`/v1/trash/${String(id)}`), { status: 204, body: undefined })
  const again = await asked(`/v1/trash/${String(id)}`)
  assert.deepEqual([again.status, again.body.code], [404, 'NO_ENTRY'])
  assert.deepEqual((await asked('/v1/trash?olderThan=60')).body, { removed: 0 })
  assert.equal((await asked('/v1/trash?olderThan=7d')).body.code, 'BAD_REQUEST')
  assert.deepEqual(await namesIn(door, '/.trash/'), ['b', 'c'])
  const all = await asked('/v1/trash')
  assert.ok(Check(TrashEmptied, all.body))
  assert.deepEqual(all.body, { removed: 2 })
})

test('DELETE puts into the trash, from where it comes back', async () => {
  await using door = await filesDoor()
  await ordered(door, '/shared/x', 'mkdir')
  await door.has('/shared/x/a', 'one')
  const url = '/v1/files/shared/x/'
  const full = await door.asAna({ method: 'DELETE', url: `${url}?emptyOnly=true` })
  assert.equal(full.json().code, 'FOLDER_NOT_EMPTY')
  assert.equal((await door.asAna({ method: 'DELETE', url })).statusCode, 204)
  assert.equal((await door.asAna({ method: 'DELETE', url })).json().code, 'NO_ENTRY')
  const trash = await door.asAna({ method: 'GET', url: '/v1/trash' })
  assert.ok(Check(TrashList, trash.json()), trash.body)
  const [{ from, id }] = trash.json().items
  assert.equal(from, '/shared/x')
  const back = await door.asAna({ method: 'POST', url: `/v1/trash/${String(id)}/restore` })
  assert.equal(back.json().path, '/shared/x')
  assert.equal((await door.content('/shared/x/a')).toString(), 'one')
})

test('DELETE under If-Match takes away that content alone', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'one')
  const url = '/v1/files/shared/a'
  const { headers } = await door.asAna({ method: 'HEAD', url })
  await door.has('/shared/a', 'two')
  const removed = (etag: string) =>
    door.asAna({ method: 'DELETE', url, headers: { 'if-match': etag } })
  assert.equal((await removed(String(headers.etag))).json().code, 'CONDITION_FAILED')
  const now = await door.asAna({ method: 'HEAD', url })
  assert.equal((await removed(String(now.headers.etag))).statusCode, 204)
})

test('grants of a folder say who sees it, and a file of others is as if it were not', async () => {
  await using door = await filesDoor()
  const beto = door.accounts.person('beto', 'member')
  const asBeto = (url: string) =>
    door.ask({ method: 'GET', url, headers: { authorization: `Bearer ${beto}` } })
  await ordered(door, `${HOME}/private`, 'mkdir')
  await door.has(`${HOME}/private/a`, 'secret')
  const url = `/v1/files${HOME}/private/a`
  assert.equal((await asBeto(url)).json().code, 'NO_ENTRY')
  const grants = { everyone: 'read', guests: 'nothing', people: { ana: 'own' }, groups: {} }
  const shared = await ordered(door, HOME, 'grants', { grants })
  assert.deepEqual(shared.json(), { grants })
  assert.equal((await asBeto(url)).body, 'secret')
  const told = await door.asAna({ method: 'GET', url: `/v1/files${HOME}?op=grants` })
  assert.deepEqual(told.json(), { grants })
  assert.deepEqual((await ordered(door, HOME, 'grants', { grants: null })).json(), {
    grants: null,
  })
})

test('an administrator manages the files of everybody, an operator does not', async () => {
  await using door = await filesDoor()
  await door.has(`${HOME}/a`, 'secret')
  const url = `/v1/files${HOME}/a`
  const asked = (role: 'administrator' | 'operator') => {
    const token = door.accounts.person(role, role)
    return door.ask({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } })
  }
  assert.equal((await asked('administrator')).body, 'secret')
  assert.equal((await asked('operator')).json().code, 'NO_ENTRY')
})

test('the quota tells what an account has stored', async () => {
  await using door = await filesDoor({ bytesMax: 100 })
  await door.has(`${HOME}/a`, '12345')
  const quota = await door.asAna({ method: 'GET', url: '/v1/quota' })
  assert.ok(Check(FileQuota, quota.json()), quota.body)
  const none = { bytes: 0, files: 0 }
  const used = { bytes: 5, files: 1 }
  const services = { files: used, dweets: none, shares: none }
  assert.deepEqual(quota.json(), { services, ...used, claimedBytes: 0, bytesMax: 100 })
})

test('the description tells each request about files, with the path as one part', async () => {
  await using door = await filesDoor()
  const { paths } = (await door.ask({ url: '/v1/openapi.json' })).json()
  assert.deepEqual(Object.keys(paths['/v1/files/{path}']).toSorted(), [
    'delete',
    'get',
    'post',
    'put',
  ])
  for (const { description, parameters } of Object.values<Described>(paths['/v1/files/{path}'])) {
    assert.ok(parameters.some((one) => one.in === 'path' && one.name === 'path'))
    assert.match(description, /Needs `files\.(read|write)`/)
  }
})

interface Described {
  readonly description: string
  readonly parameters: readonly { readonly in: string; readonly name: string }[]
}

test('a door without files has none of their addresses', async () => {
  const { createGateway } = await import('../gateway.ts')
  const { files: _files, ...without } = fakeDoor()
  await using server = await createGateway(without)
  for (const url of ['/v1/files/', '/v1/trash', '/v1/quota', '/v1/uploads/a']) {
    const answer = await server.inject({ url, headers: { host: 'localhost' } })
    assert.equal(answer.statusCode, 404, url)
  }
})

test('grants of a file name people and groups that are there, and count for them at once', async () => {
  await using door = await filesDoor()
  await door.has(`${HOME}/plan.txt`, 'one')
  const asBen = door.person('ben')
  const admin = await door.accounts.authenticate(door.accounts.person('root', 'administrator'))
  await door.accounts.groups.make(admin, { name: 'lab' })
  const look = () => asBen({ method: 'GET', url: `/v1/files${HOME}/plan.txt` })
  assert.equal((await look()).statusCode, 404)
  const nobody = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} } as const
  const people = { ana: 'own' }
  for (const [grants, code] of [
    [{ ...nobody, people: { ...people, nobody: 'read' } }, 'NO_USER'],
    [{ ...nobody, people: { ...people, 'b e n': 'read' } }, 'NO_USER'],
    [{ ...nobody, people, groups: { desk: 'read' } }, 'NO_GROUP'],
    [{ ...nobody, people: { ana: 'all' } }, 'BAD_REQUEST'],
    [
      { ...nobody, people: Object.fromEntries(Array.from({ length: 201 }, (_, n) => [n, 'own'])) },
      'BAD_REQUEST',
    ],
  ] as const) {
    const refused = await ordered(door, `${HOME}/plan.txt`, 'grants', { grants })
    assert.equal(refused.json().code, code)
  }
  const before = await door.asAna({ method: 'GET', url: `/v1/files${HOME}/plan.txt?op=grants` })
  assert.deepEqual(before.json(), { grants: null })
  const grants = { ...nobody, people: { ANA: 'own' }, groups: { LAB: 'read' } }
  const told = await ordered(door, `${HOME}/plan.txt`, 'grants', { grants })
  assert.deepEqual(told.json(), { grants: { ...nobody, people, groups: { lab: 'read' } } })
  assert.equal((await look()).statusCode, 404)
  await door.accounts.groups.put(admin, { name: 'lab', nick: 'ben' })
  assert.equal((await look()).body, 'one')
  const write = { method: 'PUT', url: `/v1/files${HOME}/plan.txt`, payload: 'two' } as const
  assert.equal((await asBen(write)).json().code, 'NO_ACCESS')
  await door.accounts.groups.drop(admin, { name: 'lab', nick: 'ben' })
  assert.equal((await look()).statusCode, 404)
})
