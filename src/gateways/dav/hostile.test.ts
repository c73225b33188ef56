/** What nobody means well with: each is refused, changes nothing, and the door lives on. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'

import { ANA, basic, davDoor, lockBody, OTHER, OWN } from './dav-door.test-helper.ts'

const HOME = `/dav${OWN}`

test('destinations elsewhere, above the root or in themselves are refused', async (t) => {
  const { ask, content, files, has, port } = await davDoor(t)
  await ask('MKCOL', `${HOME}/dir`)
  await has(`${OWN}/dir/a`, 'one')
  const cases = [
    ['', 400],
    ['dir/b', 400],
    ['//evil/dav/x', 502],
    [`http://evil${HOME}/b`, 502],
    [`http://localhost:${port + 1}${HOME}/b`, 502],
    [`ftp://localhost:${port}${HOME}/b`, 502],
    [`http://ana@localhost:${port}${HOME}/b`, 502],
    ['/etc/passwd', 502],
    ['/davx/b', 502],
    ['/v1/files/home/ana/b', 502],
    ['/dav/../etc/passwd', 400],
    ['/dav/%2e%2e/b', 400],
    ['/dav/a%2fb', 400],
    [`${HOME}/b?x`, 400],
    [`${HOME}/b#x`, 400],
    [`${HOME}/%ff`, 400],
    [`${HOME}/%zz`, 400],
    [`${HOME}/a%00b`, 400],
    [`${HOME}/a%0ab`, 400],
    [`${HOME}/${'x'.repeat(256)}`, 400],
    ['/dav/', 403],
    [`${HOME}/`, 403],
    [`${HOME}/dir`, 403],
    [`${HOME}/dir/sub`, 403],
    [`/dav${OTHER}/b`, 409],
    [`${HOME}/no/b`, 409],
  ] as const
  const before = (await files.list(ANA, OWN)).entries
  for (const method of ['COPY', 'MOVE']) {
    for (const [destination, status] of cases) {
      const tried = await ask(method, `${HOME}/dir`, { headers: { destination } })
      assert.equal(tried.status, status, `${method} ${destination.slice(0, 60)}: ${tried.text}`)
    }
  }
  assert.deepEqual((await files.list(ANA, OWN)).entries, before)
  assert.equal(await content(`${OWN}/dir/a`), 'one')
})

test('bombs and malformed bodies are refused in words, and change nothing', async (t) => {
  const { ask, files, has } = await davDoor(t)
  await has(`${OWN}/a`, 'one')
  const before = await files.stat(ANA, `${OWN}/a`)
  const [ha, laughs] = ['x'.repeat(1_000), '&a;'.repeat(1_000)]
  const bomb = `<!DOCTYPE a [<!ENTITY a "${ha}"><!ENTITY b "${laughs}">]>`
  const bodies = [
    `${bomb}<propfind xmlns="DAV:"><prop>&b;</prop></propfind>`,
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/"><propfind xmlns="DAV:"><allprop/></propfind>',
    '<propfind xmlns="DAV:">',
    '<propfind xmlns="DAV:"/>',
    '<propfind xmlns="DAV:"><prop/><allprop/></propfind>',
    '<other/>',
    '<'.repeat(10_000),
    '<a>'.repeat(10_000),
    'Hello',
    `<propfind xmlns="DAV:"><prop>${'<x/>'.repeat(501)}</prop></propfind>`,
    `<lockinfo xmlns="DAV:"><lockscope><exclusive/><shared/></lockscope><locktype><write/></locktype></lockinfo>`,
    lockBody('exclusive', `<D:owner>${'x'.repeat(2_000)}</D:owner>`),
  ]
  for (const method of ['PROPFIND', 'PROPPATCH', 'LOCK']) {
    for (const body of bodies) {
      const { status, text } = await ask(method, `${HOME}/a`, { body, headers: { depth: '0' } })
      assert.equal(status, 400, `${method} ${body.slice(0, 60)}`)
      assert.match(text, /<A:code>BAD_REQUEST</)
    }
    const large = await ask(method, `${HOME}/a`, {
      body: `<a>${'x'.repeat(1_000_000)}</a>`,
      headers: { depth: '0' },
    })
    assert.equal(large.status, 413, method)
  }
  assert.deepEqual(await files.stat(ANA, `${OWN}/a`), before)
  assert.equal((await ask('PUT', `${HOME}/a`, { body: 'x' })).status, 204)
})

test('paths that could mean another place than they say are refused', async (t) => {
  const { ask } = await davDoor(t)
  const paths = ['/dav/../etc', '/dav/%2e%2e/x', '/dav//x', '/dav/a%2Fb', '/dav/%ff', '/dav/a#b']
  for (const path of paths) {
    for (const method of ['GET', 'PUT', 'MKCOL', 'PROPFIND', 'LOCK', 'DELETE']) {
      const { status } = await ask(method, path, { headers: { depth: '0' } })
      assert.ok(status === 400 || status === 404, `${method} ${path}: ${status}`)
    }
  }
})

test('headers of a megabyte end at the door, and If headers within what a header may have', async (t) => {
  const { ask, port } = await davDoor(t)
  const many = `(${'<urn:x>'.repeat(1_500)})`
  assert.equal((await ask('DELETE', `${HOME}/a`, { headers: { if: many } })).status, 412)
  const resources = Array.from({ length: 40 }, (_, at) => `<${HOME}/${at}> (<urn:x>)`).join(' ')
  const told = await ask('DELETE', `${HOME}/a`, { headers: { if: resources } })
  assert.equal(told.status, 400)
  assert.match(told.text, /more than 16 resources/)
  const socket = connect(port, '127.0.0.1')
  t.after(() => void socket.destroy())
  const answer = await new Promise<string>((resolve, reject) => {
    socket.on('data', (piece) => resolve(piece.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(''))
    const { authorization } = basic('ana', 'ana-password')
    socket.write(
      `PROPFIND ${HOME} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n` +
        `if: (${'<urn:x>'.repeat(150_000)})\r\n\r\n`,
    )
  }).catch(() => '')
  assert.match(answer, /^$|^HTTP\/1.1 4(13|31) /)
  assert.equal((await ask('PROPFIND', '/dav/', { headers: { depth: '0' } })).status, 207)
})

test('names and owners that hold XML stay text', async (t) => {
  const { ask, has } = await davDoor(t)
  const name = `]]><D:x>&"'`
  await has(`${OWN}/${name}`, 'x')
  const path = `${HOME}/${encodeURIComponent(name)}`
  const owner = '<D:owner>&lt;/D:activelock&gt;<x xmlns="">]]&gt;</x></D:owner>'
  const locked = await ask('LOCK', path, { body: lockBody('exclusive', owner) })
  assert.equal(locked.status, 200)
  const { text } = await ask('PROPFIND', `${HOME}/`, { headers: { depth: '1' } })
  assert.equal(text.match(/<D:response>/g)?.length, 2)
  assert.equal(text.match(/<\/D:activelock>/g)?.length, 1)
  assert.doesNotMatch(text, /<D:x>/)
})
