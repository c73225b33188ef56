import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { unzipped } from '../../../effects/unzip.test-helper.ts'
import { bearer } from '../entrance.test-helper.ts'
import { ASK_AGAIN_MS } from '../limits.ts'
import { ANA, filesDoor, HOME, NOW_MS } from './files-door.test-helper.ts'

type Door = Awaited<ReturnType<typeof filesDoor>>

/** With the folders above it. */
async function has(door: Door, path: string, content: string): Promise<void> {
  const above = path.slice(0, path.lastIndexOf('/'))
  if (!['/shared', HOME].includes(above)) {
    await door.files
      .makeFolder(ANA, above, { parents: true })
      .catch((thrown: unknown) => assert.ok(isAnilloError(thrown, 'ENTRY_EXISTS')))
  }
  await door.has(path, content)
}

function asked(door: Door, url: string, method: 'GET' | 'HEAD' = 'GET') {
  return door.asAna({ method, url: `/v1/files${url}` })
}

async function zipped(door: Door, url: string): Promise<Record<string, string>> {
  const answer = await asked(door, url)
  assert.equal(answer.statusCode, 200, answer.body)
  assert.equal(answer.headers['content-type'], 'application/zip')
  return Object.fromEntries(
    unzipped(answer.rawPayload).map(({ bytes, name }) => [name, Buffer.from(bytes).toString()]),
  )
}

test('a folder comes as one ZIP with all that is in it, and some of it by name', async () => {
  await using door = await filesDoor()
  await has(door, '/shared/d/ñ.txt', 'text')
  await has(door, '/shared/d/e/deep', 'deep')
  await has(door, '/shared/d/back\\slash', '')
  await door.asAna({ method: 'POST', url: '/v1/files/shared/d/empty?op=mkdir', payload: {} })
  const all = { 'd/': '', 'd/back＼slash': '', 'd/e/': '', 'd/e/deep': 'deep', 'd/empty/': '' }
  const whole = { ...all, 'd/ñ.txt': 'text' }
  assert.deepEqual(await zipped(door, '/shared/d?as=zip'), whole)
  assert.deepEqual(await zipped(door, '/shared/d/?as=zip'), whole)
  assert.deepEqual(await zipped(door, '/shared/d?as=zip&entry=%C3%B1.txt&entry=e&entry=e'), {
    'd/ñ.txt': 'text',
    'd/e/': '',
    'd/e/deep': 'deep',
  })
  assert.deepEqual(await zipped(door, '/shared/d?as=zip&entry=e'), {
    'd/e/': '',
    'd/e/deep': 'deep',
  })
  const head = await asked(door, '/shared/d?as=zip', 'HEAD')
  assert.deepEqual([head.statusCode, head.body], [200, ''])
  const { headers } = head
  assert.equal(
    headers['content-disposition'],
    `attachment; filename="d.zip"; filename*=UTF-8''d.zip`,
  )
  assert.equal(headers['cache-control'], 'no-store')
  const root = await asked(door, '/?as=zip')
  assert.match(String(root.headers['content-disposition']), /filename="files\.zip"/)
  assert.ok(unzipped(root.rawPayload).some(({ name }) => name === 'files/shared/d/e/deep'))
})

test('files bear their times, as all programs read them', async () => {
  await using door = await filesDoor()
  await has(door, '/shared/d/f', 'text')
  const { rawPayload: zip } = await asked(door, '/shared/d?as=zip&entry=f')
  const field = zip.indexOf(Buffer.from([0x55, 0x54, 5, 0, 1]))
  assert.equal(zip.readUInt32LE(field + 5), Math.floor(NOW_MS / 1_000))
})

test('what cannot be had so is refused before a byte is sent', async () => {
  await using door = await filesDoor()
  await has(door, '/shared/f', 'text')
  for (const [url, code] of [
    ['/shared/none?as=zip', 'NO_ENTRY'],
    ['/shared/f?as=zip', 'NOT_A_FOLDER'],
    ['/shared?as=zip&entry=none', 'NO_ENTRY'],
    ['/shared?as=zip&entry=f&entry=none', 'NO_ENTRY'],
    ['/shared?as=zip&entry=..', 'NAME_INVALID'],
    ['/?as=zip&entry=shared%2Ff', 'NAME_INVALID'],
    ['/shared?as=zip&entry=', 'BAD_REQUEST'],
    ['/shared?as=rar', 'BAD_REQUEST'],
    [`/${'home'}/ben?as=zip`, 'NO_ENTRY'],
  ] as const) {
    const answer = await asked(door, url)
    assert.equal(answer.json().code, code, url)
  }
})

test('nothing comes along that who asks may not read', async () => {
  await using door = await filesDoor()
  await has(door, `${HOME}/mine`, 'mine')
  await has(door, '/shared/d/secret/f', 'secret')
  await has(door, '/shared/d/open', 'open')
  const grants = { everyone: 'nothing', guests: 'nothing', people: { ana: 'own' }, groups: {} }
  await door.files.setGrants(
    { nick: 'boss', isManager: true, mayWrite: true, groups: [] },
    '/shared/d/secret',
    { ...grants, people: { ben: 'own' } } as never,
  )
  assert.deepEqual(Object.keys(await zipped(door, '/shared/d?as=zip')), ['d/', 'd/open'])
})

test('nothing more comes along that who asks lost the right to read meanwhile', async () => {
  let nowMs = 0
  const hook = { before: (_call: string, _path: string): void => undefined }
  await using door = await filesDoor({
    nowMs: () => nowMs,
    before: (call, path) => hook.before(call, path),
  })
  await has(door, '/shared/d/a', 'a')
  await has(door, '/shared/d/secret', 'secret')
  const boss = { nick: 'boss', isManager: true, mayWrite: true, groups: [] }
  const nobody = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} } as const
  await door.files.setGrants(boss, '/shared/d/secret', nobody)
  const headers = bearer(door.accounts.person('eva', 'administrator'))
  hook.before = (call) => {
    if (call !== 'open') return
    const eva = door.accounts.people.get('eva')
    assert.ok(eva)
    door.accounts.people.set('eva', { ...eva, user: { ...eva.user, role: 'member' } })
    nowMs = ASK_AGAIN_MS
  }
  const answer = await door.ask({ method: 'GET', url: '/v1/files/shared/d?as=zip', headers })
  const names = unzipped(answer.rawPayload).map(({ name }) => name)
  assert.deepEqual(names, ['d/', 'd/a', 'd/missing files.txt'])
})

test('what is removed meanwhile is told in the archive; what cannot be read breaks it off', async () => {
  const hook = { before: (_call: string, _path: string): void => undefined }
  await using door = await filesDoor({ before: (call, path) => hook.before(call, path) })
  for (const name of ['a', 'b', 'c']) await has(door, `/shared/d/${name}`, name)
  hook.before = (call, path) => {
    if (call !== 'open' || path !== '/shared/d/a') return
    hook.before = () => undefined
    void door.files.remove(ANA, '/shared/d/b')
  }
  assert.deepEqual(await zipped(door, '/shared/d?as=zip'), {
    'd/': '',
    'd/a': 'a',
    'd/c': 'c',
    'd/missing files.txt':
      'Removed or moved while this archive was made, or too deep for a path:\nd/b\n',
  })
  hook.before = (call, path) => {
    if (call === 'list' && path === '/shared/d') return
    if (path.startsWith('/shared/d/')) throw new AnilloError('NAME_INVALID')
  }
  const deep = await zipped(door, '/shared/d?as=zip')
  assert.match(deep['d/missing files.txt'] ?? '', /too deep for a path:\nd\/a\nd\/c\n/)
  const { url } = await door.listen()
  hook.before = (call) => {
    if (call === 'read') throw new Error('its chunks are lost')
  }
  const headers = { authorization: `Bearer ${door.token}` }
  const answer = fetch(`${url}/v1/files/shared/d?as=zip`, { headers })
  await assert.rejects(answer.then((whole) => whole.arrayBuffer()))
})
