import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'

import {
  ANA,
  asked,
  basic,
  davDoor,
  OTHER,
  OWN,
  propfindBody,
  setBody,
} from './dav-door.test-helper.ts'

const HOME = `/dav${OWN}`

test('OPTIONS tells what is spoken here, at the root too, before anybody logs in', async (t) => {
  const { port } = await davDoor(t)
  for (const path of ['/', '/dav', '/dav/', `${HOME}/a`]) {
    const { headers, status } = await asked({
      method: 'OPTIONS',
      path,
      port,
      headers: {},
      body: undefined,
    })
    assert.equal(status, 200, path)
    assert.equal(headers['dav'], '1, 2')
    assert.equal(headers['ms-author-via'], 'DAV')
    assert.match(String(headers['allow']), /PROPFIND.*LOCK/)
  }
})

test('whoever shows no password is asked for one, guest or not; cookies count nothing', async (t) => {
  const { ask, port } = await davDoor(t)
  const wrong = [{}, { cookie: 'anillo-access=x' }, basic('ana', 'wrong'), basic('nobody', 'x')]
  for (const headers of wrong) {
    for (const method of ['GET', 'PROPFIND', 'PUT', 'LOCK', 'DELETE']) {
      const refused = await asked({ method, path: `${HOME}/`, port, headers, body: undefined })
      assert.equal(refused.status, 401)
      assert.equal(refused.headers['www-authenticate'], 'Basic realm="anillo", charset="UTF-8"')
    }
  }
  assert.equal((await ask('PROPFIND', '/dav', { headers: { depth: '0' } })).status, 207)
})

test('files come and go, with conditions, ranges and times', async (t) => {
  const { ask, content, files } = await davDoor(t)
  const made = await ask('PUT', `${HOME}/a%20b/`, { body: 'x' })
  assert.equal(made.status, 405)
  assert.equal((await ask('PUT', `${HOME}/a/b`, { body: 'x' })).status, 409)
  const put = await ask('PUT', `${HOME}/a%20b`, {
    body: 'one two',
    headers: { 'x-oc-mtime': '981173106.5' },
  })
  assert.deepEqual([put.status, put.headers['x-oc-mtime']], [201, 'accepted'])
  assert.equal((await files.stat(ANA, `${OWN}/a b`)).modifiedMs, 981_173_106_500)
  const etag = String(put.headers.etag)
  const got = await ask('GET', `${HOME}/a%20b`, { headers: { range: 'bytes=4-6' } })
  assert.deepEqual([got.status, got.text], [206, 'two'])
  assert.equal(got.headers.link, undefined)
  const head = await ask('HEAD', `${HOME}/a%20b`)
  assert.deepEqual([head.status, head.headers.etag, head.text], [200, etag, ''])
  const none = { 'if-none-match': '*' }
  assert.equal((await ask('PUT', `${HOME}/a%20b`, { body: 'y', headers: none })).status, 412)
  const other = { 'if-match': '"x"' }
  assert.equal((await ask('PUT', `${HOME}/a%20b`, { body: 'y', headers: other })).status, 412)
  assert.equal((await ask('DELETE', `${HOME}/a%20b`, { headers: other })).status, 412)
  assert.equal(await content(`${OWN}/a b`), 'one two')
  const same = { 'if-match': etag }
  assert.equal((await ask('PUT', `${HOME}/a%20b`, { body: 'y', headers: same })).status, 204)
  const part = { 'content-range': 'bytes 0-0/1' }
  assert.equal((await ask('PUT', `${HOME}/a%20b`, { body: 'z', headers: part })).status, 400)
  assert.equal((await ask('DELETE', `${HOME}/a%20b`)).status, 204)
  assert.equal((await ask('GET', `${HOME}/a%20b`)).status, 404)
  assert.deepEqual(
    (await files.trash(ANA)).map(({ from }) => from),
    [`${OWN}/a b`],
  )
})

test('MKCOL makes one folder, and says why it does not', async (t) => {
  const { ask } = await davDoor(t)
  const made = await ask('MKCOL', `${HOME}/x/`)
  assert.deepEqual([made.status, made.headers.location], [201, `${HOME}/x/`])
  const again = await ask('MKCOL', `${HOME}/x`)
  assert.equal(again.status, 405)
  assert.match(again.text, /<A:code>ENTRY_EXISTS<\/A:code>/)
  assert.equal((await ask('MKCOL', `${HOME}/y/z`)).status, 409)
  assert.equal((await ask('MKCOL', `${HOME}/z`, { body: '<a/>' })).status, 415)
  assert.equal((await ask('MKCOL', `/dav${OTHER}/x`)).status, 409)
})

test('PROPFIND tells of an entry, of a folder, and of none of all that is below', async (t) => {
  const { ask, has } = await davDoor(t, { bytesMax: 1_000 })
  const names = ['a', '100%&<x>', 'ñ 🌊', '#?']
  for (const name of names) await has(`${OWN}/${name}`, '12345')
  const one = await ask('PROPFIND', `${HOME}/a`, { headers: { depth: '0' } })
  assert.equal(one.status, 207)
  assert.match(one.text, /<D:href>\/dav\/home\/ana\/a<\/D:href>/)
  assert.match(one.text, /<D:getcontentlength>5</)
  assert.match(one.text, /<D:resourcetype><\/D:resourcetype>/)
  assert.doesNotMatch(one.text, /quota/)
  const all = await ask('PROPFIND', HOME, { headers: { depth: '1' } })
  const hrefs = Array.from(all.text.matchAll(/<D:href>([^<]*)</g), ([, href]) => href)
  const wanted = ['', ...names].map((name) => `${HOME}/${encodeURIComponent(name)}`)
  assert.deepEqual(new Set(hrefs), new Set(wanted))
  const some = await ask('PROPFIND', HOME, {
    headers: { depth: '0' },
    body: propfindBody(
      '<quota-used-bytes/><quota-available-bytes/><getcontentlength/><x xmlns="urn:x"/>',
    ),
  })
  assert.match(some.text, /<D:quota-used-bytes>20<.*<D:quota-available-bytes>980</)
  assert.match(some.text, /<D:getcontentlength\/><X:x xmlns:X="urn:x"\/><\/D:prop>.* 404 /)
  const refused = await ask('PROPFIND', HOME, { headers: { depth: 'infinity' } })
  assert.equal(refused.status, 403)
  assert.match(refused.text, /<D:propfind-finite-depth\/>/)
  const deepFile = await ask('PROPFIND', `${HOME}/a`, { headers: { depth: 'infinity' } })
  assert.equal(deepFile.status, 207)
  const unsaid = await ask('PROPFIND', HOME)
  assert.equal(unsaid.text.match(/<D:response>/g)?.length, 5)
  assert.equal((await ask('PROPFIND', HOME, { headers: { depth: '2' } })).status, 400)
  assert.equal((await ask('PROPFIND', `${HOME}/a/b`, { headers: { depth: '0' } })).status, 404)
})

test('a folder of many entries is told whole, piece by piece', async (t) => {
  const { ask, has } = await davDoor(t)
  for (let at = 0; at < 1_203; at++) await has(`${OWN}/${at}`, '')
  const { text } = await ask('PROPFIND', HOME, {
    headers: { depth: '1' },
    body: propfindBody('<resourcetype/>'),
  })
  assert.equal(text.match(/<D:response>/g)?.length, 1_204)
  assert.match(text, /<\/D:multistatus>\n$/)
})

test('PROPPATCH sets times as Explorer does, and keeps what it does not know', async (t) => {
  const { ask, files, has } = await davDoor(t)
  await has(`${OWN}/a`, 'x')
  const explorer = await ask('PROPPATCH', `${HOME}/a`, {
    body: setBody(
      '<Z:Win32CreationTime xmlns:Z="urn:schemas-microsoft-com:">Sat, 03 Feb 2001 04:05:06 GMT' +
        '</Z:Win32CreationTime><Z:Win32LastModifiedTime xmlns:Z="urn:schemas-microsoft-com:">' +
        'Sun, 04 Feb 2001 04:05:06 GMT</Z:Win32LastModifiedTime>' +
        '<Z:Win32FileAttributes xmlns:Z="urn:schemas-microsoft-com:">00000020' +
        '</Z:Win32FileAttributes>',
    ),
  })
  assert.equal(explorer.status, 207)
  assert.doesNotMatch(explorer.text, /40\d|424/)
  const entry = await files.stat(ANA, `${OWN}/a`)
  assert.equal(entry.createdMs, Date.UTC(2001, 1, 3, 4, 5, 6))
  assert.equal(entry.modifiedMs, Date.UTC(2001, 1, 4, 4, 5, 6))
  const read = await ask('PROPFIND', `${HOME}/a`, { headers: { depth: '0' } })
  assert.match(read.text, /:Win32FileAttributes[^>]*>00000020</)
  const removed = await ask('PROPPATCH', `${HOME}/a`, {
    body:
      '<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:remove><D:prop>' +
      '<Z:Win32FileAttributes/><Z:Never/></D:prop></D:remove></D:propertyupdate>',
  })
  assert.match(removed.text, / 200 OK/)
  assert.equal((await files.stat(ANA, `${OWN}/a`)).properties, undefined)
})

test('PROPPATCH does all that it is asked for, or nothing', async (t) => {
  const { ask, files, has } = await davDoor(t)
  await has(`${OWN}/a`, 'x')
  const before = await files.stat(ANA, `${OWN}/a`)
  const cases = [
    ['<x xmlns="urn:x">1</x><D:getetag>2</D:getetag>', 403, 'cannot-modify-protected-property'],
    ['<x xmlns="urn:x">1</x><D:getlastmodified>soon</D:getlastmodified>', 409, ''],
    [`<x xmlns="urn:x">1</x><y xmlns="urn:x">${'z'.repeat(9_000)}</y>`, 507, ''],
  ] as const
  for (const [properties, status, why] of cases) {
    const { text } = await ask('PROPPATCH', `${HOME}/a`, { body: setBody(properties) })
    assert.match(text, new RegExp(` ${status} .*${why}.* 424 `, 's'), properties.slice(0, 60))
    assert.deepEqual(await files.stat(ANA, `${OWN}/a`), before)
  }
})

test('COPY and MOVE take everything along, and replace only what they may', async (t) => {
  const { ask, content, files, has, port } = await davDoor(t)
  await has(`${OWN}/a`, 'one')
  await ask('PROPPATCH', `${HOME}/a`, { body: setBody('<x xmlns="urn:x">kept</x>') })
  const to = (name: string): string => `http://localhost:${port}${HOME}/${name}`
  const copied = await ask('COPY', `${HOME}/a`, { headers: { destination: to('b') } })
  assert.deepEqual([copied.status, copied.headers.location], [201, `${HOME}/b`])
  const props = await ask('PROPFIND', `${HOME}/b`, { headers: { depth: '0' } })
  assert.match(props.text, />kept</)
  const keep = { destination: to('b'), overwrite: 'F' }
  assert.equal((await ask('MOVE', `${HOME}/a`, { headers: keep })).status, 412)
  await ask('MKCOL', `${HOME}/dir`)
  await has(`${OWN}/dir/in`, 'in')
  const over = await ask('MOVE', `${HOME}/a`, { headers: { destination: `${HOME}/dir` } })
  assert.equal(over.status, 204)
  assert.equal(await content(`${OWN}/dir`), 'one')
  assert.deepEqual(
    (await files.trash(ANA)).map(({ from }) => from),
    [`${OWN}/dir`],
  )
  assert.equal(
    (await ask('COPY', `${HOME}/none`, { headers: { destination: to('c') } })).status,
    404,
  )
  assert.equal(
    (await ask('COPY', `${HOME}/b`, { headers: { destination: to('no/c') } })).status,
    409,
  )
  await ask('MKCOL', `${HOME}/tree`)
  await has(`${OWN}/tree/leaf`, 'leaf')
  const flat = { destination: to('flat'), depth: '0' }
  assert.equal((await ask('COPY', `${HOME}/tree`, { headers: flat })).status, 201)
  assert.deepEqual((await files.list(ANA, `${OWN}/flat`)).entries, [])
  const whole = { destination: to('whole/') }
  assert.equal((await ask('COPY', `${HOME}/tree/`, { headers: whole })).status, 201)
  assert.equal(await content(`${OWN}/whole/leaf`), 'leaf')
})

test('what Finder does to save a file is a file in the end, and nothing in between', async (t) => {
  const { ask, content } = await davDoor(t)
  const nfd = encodeURIComponent('café.txt'.normalize('NFD'))
  assert.equal((await ask('PUT', `${HOME}/${nfd}`, { body: '' })).status, 201)
  const body =
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/>' +
    '</D:locktype><D:owner><D:href>http://www.apple.com/webdav_fs/</D:href></D:owner></D:lockinfo>'
  const headers = { timeout: 'Second-600', depth: '0' }
  const locked = await ask('LOCK', `${HOME}/${nfd}`, { body, headers })
  assert.equal(locked.status, 200)
  assert.match(locked.text, /webdav_fs.*Second-600/)
  const token = String(locked.headers['lock-token'])
  const written = await ask('PUT', `${HOME}/${nfd}`, {
    body: 'au lait',
    headers: { if: `(${token})`, 'x-expected-entity-length': '7' },
  })
  assert.equal(written.status, 204)
  const unlocked = await ask('UNLOCK', `${HOME}/${nfd}`, { headers: { 'lock-token': token } })
  assert.equal(unlocked.status, 204)
  const beside = await ask('PUT', `${HOME}/${encodeURIComponent('._café.txt')}`, { body: 'mac' })
  assert.equal(beside.status, 201)
  assert.equal(await content(`${OWN}/café.txt`.normalize('NFC')), 'au lait')
})

test('a client that waits for 100 Continue is told to go on', async (t) => {
  const { content, port } = await davDoor(t)
  const { promise, reject, resolve } = Promise.withResolvers<number | undefined>()
  let wasContinued = false
  const headers = {
    ...basic('ana', 'ana-password'),
    host: 'localhost',
    expect: '100-continue',
    'transfer-encoding': 'chunked',
  }
  const asking = request({ method: 'PUT', path: `${HOME}/slow`, port, headers })
  asking.on('continue', () => {
    wasContinued = true
    asking.end('now')
  })
  asking.on('response', (answer) => {
    answer.resume()
    resolve(answer.statusCode)
  })
  asking.on('error', reject)
  asking.flushHeaders()
  assert.equal(await promise, 201)
  assert.ok(wasContinued)
  assert.equal(await content(`${OWN}/slow`), 'now')
})

test('a full quota is told as such, and leaves what was there', async (t) => {
  const { ask, content, has } = await davDoor(t, { bytesMax: 10 })
  await has(`${OWN}/a`, 'small')
  const full = await ask('PUT', `${HOME}/a`, { body: 'x'.repeat(11) })
  assert.equal(full.status, 507)
  assert.match(full.text, /<D:quota-not-exceeded\/>/)
  assert.equal(await content(`${OWN}/a`), 'small')
})
