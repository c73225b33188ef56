import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { davDoor, lockBody, OWN, setBody, tokenOf } from './dav-door.test-helper.ts'

const HOME = `/dav${OWN}`
const SHARED = '/dav/shared'

test('a lock holds at every member, against everybody without its token', async (t) => {
  const here = await davDoor(t)
  const there = await davDoor(t, { shared: here.shared })
  await here.has('/shared/a', 'one')
  const locked = await here.ask('LOCK', `${SHARED}/a`, { body: lockBody() })
  assert.equal(locked.status, 200)
  const token = tokenOf(locked)
  const changes = [
    ['PUT', {}],
    ['DELETE', {}],
    ['PROPPATCH', {}],
    ['MOVE', { destination: `${SHARED}/b` }],
  ] as const
  for (const [method, more] of changes) {
    for (const nick of ['ana', 'beto']) {
      const body = method === 'PROPPATCH' ? setBody('<x xmlns="u"/>') : 'x'
      const asked = { nick, headers: more, ...(method === 'MOVE' ? {} : { body }) }
      const refused = await there.ask(method, `${SHARED}/a`, asked)
      assert.equal(refused.status, 423, `${method} of ${nick}`)
      assert.match(refused.text, /<D:lock-token-submitted><D:href>\/dav\/shared\/a</)
    }
  }
  // A token that another account was given is worth nothing.
  const stolen = { nick: 'beto', body: 'x', headers: { if: `(${token})` } }
  assert.equal((await there.ask('PUT', `${SHARED}/a`, stolen)).status, 423)
  assert.equal(await here.content('/shared/a'), 'one')
  const own = { body: 'two', headers: { if: `(${token})` } }
  assert.equal((await there.ask('PUT', `${SHARED}/a`, own)).status, 204)
  assert.equal((await there.ask('GET', `${SHARED}/a`, { nick: 'beto' })).text, 'two')
  const unlock = { headers: { 'lock-token': token } }
  assert.equal((await there.ask('UNLOCK', `${SHARED}/a`, { ...unlock, nick: 'beto' })).status, 403)
  assert.equal((await there.ask('UNLOCK', `${SHARED}/a`, unlock)).status, 204)
  assert.equal((await here.ask('UNLOCK', `${SHARED}/a`, unlock)).status, 409)
  assert.equal((await here.ask('PUT', `${SHARED}/a`, { body: 'x', nick: 'beto' })).status, 204)
})

test('a lock ends by itself, unless it is asked for again', async (t) => {
  const { ask, clock, has } = await davDoor(t)
  await has('/shared/a', 'one')
  const headers = { timeout: 'Infinite, Second-60' }
  const locked = await ask('LOCK', `${SHARED}/a`, { body: lockBody(), headers })
  assert.match(locked.text, /<D:timeout>Second-3600</)
  const token = tokenOf(locked)
  clock.advance(HOUR_MS - SECOND_MS)
  assert.equal((await ask('PUT', `${SHARED}/a`, { body: 'x', nick: 'beto' })).status, 423)
  const again = await ask('LOCK', `${SHARED}/a`, {
    headers: { if: `(${token})`, timeout: 'Second-120' },
  })
  assert.deepEqual([again.status, again.headers['lock-token']], [200, undefined])
  assert.match(again.text, /<D:timeout>Second-120</)
  clock.advance(2 * MINUTE_MS - SECOND_MS)
  assert.equal((await ask('PUT', `${SHARED}/a`, { body: 'x', nick: 'beto' })).status, 423)
  clock.advance(2 * SECOND_MS)
  assert.equal((await ask('PUT', `${SHARED}/a`, { body: 'x', nick: 'beto' })).status, 204)
  const late = await ask('LOCK', `${SHARED}/a`, { headers: { if: `(${token})` } })
  assert.equal(late.status, 412)
})

test('a lock of a folder is one of all that is or comes below it', async (t) => {
  const { ask, has } = await davDoor(t)
  await ask('MKCOL', `${SHARED}/dir`)
  await has('/shared/dir/a', 'one')
  const token = tokenOf(await ask('LOCK', `${SHARED}/dir/`, { body: lockBody() }))
  const tried = [
    ['PUT', `${SHARED}/dir/a`],
    ['PUT', `${SHARED}/dir/new`],
    ['MKCOL', `${SHARED}/dir/sub`],
    ['DELETE', `${SHARED}/dir/a`],
    ['DELETE', `${SHARED}/dir`],
    ['LOCK', `${SHARED}/dir/a`],
    ['LOCK', `${SHARED}/dir/unmapped`],
  ] as const
  for (const [method, path] of tried) {
    const body = method === 'LOCK' ? { body: lockBody() } : {}
    assert.equal((await ask(method, path, { nick: 'beto', ...body })).status, 423, method + path)
  }
  const inside = { body: 'two', headers: { if: `<${SHARED}/dir> (${token})` } }
  assert.equal((await ask('PUT', `${SHARED}/dir/a`, inside)).status, 204)
  const told = await ask('PROPFIND', `${SHARED}/dir/a`, { headers: { depth: '0' } })
  assert.match(told.text, /<D:lockroot><D:href>\/dav\/shared\/dir</)
  assert.equal(
    (await ask('DELETE', `${SHARED}/dir`, { headers: { if: `(${token})` } })).status,
    204,
  )
  assert.equal((await ask('MKCOL', `${SHARED}/dir`, { nick: 'beto' })).status, 201)
})

test('what is locked below is not taken away from above, and no wider lock is given', async (t) => {
  const { ask, has, port } = await davDoor(t)
  await ask('MKCOL', `${SHARED}/dir`)
  await has('/shared/dir/a', 'one')
  const token = tokenOf(await ask('LOCK', `${SHARED}/dir/a`, { body: lockBody(), nick: 'beto' }))
  const destination = `http://localhost:${port}${SHARED}/other`
  assert.equal((await ask('MOVE', `${SHARED}/dir`, { headers: { destination } })).status, 423)
  assert.equal((await ask('DELETE', `${SHARED}/dir`)).status, 423)
  const wider = await ask('LOCK', `${SHARED}/dir`, { body: lockBody() })
  assert.equal(wider.status, 423)
  assert.match(wider.text, /<D:no-conflicting-lock><D:href>\/dav\/shared\/dir\/a</)
  const shallow = { body: lockBody(), headers: { depth: '0' } }
  assert.equal((await ask('LOCK', `${SHARED}/dir`, shallow)).status, 200)
  // Its folder is locked too now, by somebody else: what is there may change, nothing may come.
  const own = { nick: 'beto', body: 'x', headers: { if: `(${token})` } }
  assert.equal((await ask('PUT', `${SHARED}/dir/a`, own)).status, 204)
  assert.equal((await ask('PUT', `${SHARED}/dir/b`, own)).status, 412)
  assert.equal((await ask('PUT', `${SHARED}/dir/b`, { nick: 'beto', body: 'x' })).status, 423)
  for (const path of ['/dav/', '/dav/home/']) {
    assert.equal((await ask('LOCK', path, { body: lockBody() })).status, 403, path)
  }
  for (const depth of ['1', '-1', 'x']) {
    const tricked = { body: lockBody(), headers: { depth } }
    assert.equal((await ask('LOCK', `${HOME}/`, tricked)).status, 400, depth)
  }
})

test('several may share a lock, and each needs its own token', async (t) => {
  const { ask, has } = await davDoor(t)
  await has('/shared/a', 'one')
  const ana = tokenOf(await ask('LOCK', `${SHARED}/a`, { body: lockBody('shared') }))
  const beto = await ask('LOCK', `${SHARED}/a`, { body: lockBody('shared'), nick: 'beto' })
  assert.equal(beto.status, 200)
  assert.equal((await ask('LOCK', `${SHARED}/a`, { body: lockBody(), nick: 'beto' })).status, 423)
  const told = await ask('PROPFIND', `${SHARED}/a`, { headers: { depth: '0' } })
  assert.equal(told.text.match(/<D:activelock>/g)?.length, 2)
  assert.equal((await ask('PUT', `${SHARED}/a`, { body: 'x' })).status, 423)
  const own = { body: 'x', headers: { if: `(${ana})` } }
  assert.equal((await ask('PUT', `${SHARED}/a`, own)).status, 204)
})

test('a name that is locked is an empty file', async (t) => {
  const { ask, content } = await davDoor(t)
  assert.equal((await ask('LOCK', `${HOME}/no/a`, { body: lockBody() })).status, 409)
  const locked = await ask('LOCK', `${HOME}/new`, { body: lockBody() })
  assert.equal(locked.status, 201)
  assert.equal(await content(`${OWN}/new`), '')
  assert.equal((await ask('PUT', `${HOME}/new`, { body: 'x' })).status, 423)
})

test('a lock does not go along with what is moved', async (t) => {
  const { ask, has, port } = await davDoor(t)
  await has('/shared/a', 'one')
  const token = tokenOf(await ask('LOCK', `${SHARED}/a`, { body: lockBody() }))
  const headers = { destination: `http://localhost:${port}${SHARED}/b`, if: `(${token})` }
  assert.equal((await ask('MOVE', `${SHARED}/a`, { headers })).status, 201)
  assert.equal((await ask('PUT', `${SHARED}/b`, { body: 'x', nick: 'beto' })).status, 204)
  assert.equal((await ask('PUT', `${SHARED}/a`, { body: 'x', nick: 'beto' })).status, 201)
})

test('a lock that is taken while bytes arrive is seen before they count', async (t) => {
  let isLocked = false
  const door = await davDoor(t, {
    before: async (call) => {
      if (call !== 'push' || isLocked) return
      isLocked = true
      const locked = await door.ask('LOCK', `${SHARED}/a`, { body: lockBody(), nick: 'beto' })
      assert.equal(locked.status, 201)
    },
  })
  const put = await door.ask('PUT', `${SHARED}/a`, { body: 'mine' })
  assert.equal(put.status, 423)
  assert.equal(await door.content('/shared/a'), '')
})

test('the If header decides before anything is done', async (t) => {
  const { ask, content, has, port } = await davDoor(t)
  await has('/shared/a', 'one')
  const { headers } = await ask('HEAD', `${SHARED}/a`)
  const etag = String(headers.etag)
  const token = tokenOf(await ask('LOCK', `${SHARED}/a`, { body: lockBody() }))
  const cases = [
    [`(${token} [${etag}])`, 204],
    [`(${token}) (Not <DAV:no-lock>)`, 204],
    [`(<urn:x>) (${token})`, 204],
    [`<http://localhost:${port}${SHARED}/a> (${token})`, 204],
    [`<http://elsewhere${SHARED}/a> (${token})`, 412],
    [`<${SHARED}/b> (${token})`, 412],
    [`(${token} ["other"])`, 412],
    [`(Not ${token})`, 412],
    ['(<urn:x>)', 412],
    ['(Not <urn:x>)', 423],
    ['(nonsense', 400],
    [`<${SHARED}/../x> (${token})`, 400],
    ['<relative> (<urn:x>)', 400],
  ] as const
  for (const [text, status] of cases) {
    const tried = await ask('PROPPATCH', `${SHARED}/a`, {
      headers: { if: text },
      body: setBody(
        '<D:getlastmodified xmlns:D="DAV:">Sat, 03 Feb 2001 04:05:06 GMT</D:getlastmodified>',
      ),
    })
    // The first one changes the ETag.
    assert.equal(tried.status, status === 204 ? 207 : status, text)
  }
  assert.equal(await content('/shared/a'), 'one')
})
