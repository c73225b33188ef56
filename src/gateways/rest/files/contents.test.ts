import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { bearer } from '../entrance.test-helper.ts'
import { filesDoor } from './files-door.test-helper.ts'

const TEXT = 'The tide comes in, the tide goes out.'
const AT = '/v1/files/shared/tide.txt'

async function tideDoor() {
  const door = await filesDoor()
  await door.has('/shared/tide.txt', TEXT)
  return door
}

test('GET sends a file with what tells its content, and HEAD the same without a byte', async () => {
  await using door = await tideDoor()
  const got = await door.asAna({ method: 'GET', url: AT })
  assert.equal(got.statusCode, 200)
  assert.equal(got.body, TEXT)
  const { headers } = got
  assert.equal(headers['content-length'], String(TEXT.length))
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(headers['accept-ranges'], 'bytes')
  assert.equal(headers['last-modified'], 'Sat, 21 Nov 2026 10:00:00 GMT')
  assert.match(String(headers.etag), /^"[!-~]+"$/)
  const digest = Buffer.from(sha256Hex(TEXT), 'hex').toString('base64')
  assert.equal(headers['repr-digest'], `sha-256=:${digest}:`)
  assert.equal(
    headers['link'],
    '<tide.txt.meta4>; rel=describedby; type="application/metalink4+xml"',
  )
  const head = await door.asAna({ method: 'HEAD', url: AT })
  assert.equal(head.statusCode, 200)
  assert.equal(head.body, '')
  const { connection: _c, date: _d, 'keep-alive': _k, ...told } = headers
  const { connection: _c2, date: _d2, 'keep-alive': _k2, ...toldToo } = head.headers
  assert.deepEqual(toldToo, told)
})

test('an answer to a page of another door may be kept for that page and person alone', async () => {
  await using door = await tideDoor()
  const headers = { origin: 'http://localhost:9101' }
  const got = await door.asAna({ method: 'GET', url: AT, headers })
  assert.equal(got.headers.vary, 'Authorization, Cookie, Origin')
  assert.equal(got.headers['cache-control'], 'private, no-cache')
  assert.match(String(got.headers['access-control-expose-headers']), /content-range/)
})

test('a stored page cannot act in the origin of the API', async () => {
  await using door = await filesDoor()
  const names = ['x.html', 'x.svg', 'x.xml', 'x.js', 'x', 'x.xhtml', 'x.png', 'x.pdf']
  for (const name of names) {
    await door.has(`/shared/${name}`, '<script>alert(1)</script>')
    const { headers } = await door.asAna({ method: 'GET', url: `/v1/files/shared/${name}` })
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /^sandbox; default-src 'none'/, name)
    assert.doesNotMatch(policy, /script-src|allow-/, name)
    assert.equal(headers['x-content-type-options'], 'nosniff', name)
    assert.equal(headers['cross-origin-resource-policy'], 'same-site', name)
    const isShown = /png|pdf|svg/.test(name)
    const disposition = String(headers['content-disposition'])
    assert.match(disposition, isShown ? /^inline/ : /^attachment/, name)
  }
  const { headers } = await door.asAna({
    method: 'GET',
    url: '/v1/files/shared/x.png?download=true',
  })
  assert.match(String(headers['content-disposition']), /^attachment/)
})

test('Content-Disposition tells any name, and never another header', async () => {
  await using door = await filesDoor()
  const name = `it's "a" ñ🌊; x=\\ (1)*.txt`
  await door.has(`/shared/${name}`, 'x')
  const url = `/v1/files/shared/${encodeURIComponent(name)}`
  const { headers } = await door.asAna({ method: 'GET', url })
  const disposition = String(headers['content-disposition'])
  assert.match(disposition, /^inline; filename="[ !#-[\]-~]*"; filename\*=UTF-8''[\w.!~%-]+$/)
  assert.equal(decodeURIComponent(disposition.split("UTF-8''")[1] ?? ''), name)
})

test('Range sends a part, several parts, or tells that none is there', async () => {
  await using door = await tideDoor()
  const ranged = (range: string, more: Record<string, string> = {}) =>
    door.asAna({ method: 'GET', url: AT, headers: { range, ...more } })
  const part = await ranged('bytes=4-7')
  assert.equal(part.statusCode, 206)
  assert.equal(part.body, 'tide')
  assert.equal(part.headers['content-range'], `bytes 4-7/${TEXT.length}`)
  assert.equal(part.headers['content-length'], '4')
  assert.equal((await ranged('bytes=-4')).body, 'out.')

  const several = await ranged('bytes=0-2,-4')
  assert.equal(several.statusCode, 206)
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(
    String(several.headers['content-type']),
  )?.[1]
  assert.equal(several.headers['content-length'], String(several.rawPayload.length))
  const bodies = several.body.split(`--${boundary ?? ''}`).map((one) => one.split('\r\n\r\n')[1])
  assert.deepEqual(bodies, [undefined, 'The\r\n', 'out.\r\n', undefined])
  assert.match(several.body, new RegExp(`content-range: bytes 0-2/${TEXT.length}\r\n`))

  const none = await ranged('bytes=999-')
  assert.equal(none.statusCode, 416)
  assert.equal(none.json().code, 'RANGE_NOT_THERE')
  assert.equal(none.headers['content-range'], `bytes */${TEXT.length}`)
  assert.equal((await ranged('bytes=x')).statusCode, 200)
})

test('If-Range has a part sent only of the very content that the client has', async () => {
  await using door = await tideDoor()
  const { headers } = await door.asAna({ method: 'HEAD', url: AT })
  const range = 'bytes=4-7'
  const ranged = (etag: string) =>
    door.asAna({ method: 'GET', url: AT, headers: { range, 'if-range': etag } })
  assert.equal((await ranged(String(headers.etag))).statusCode, 206)
  await door.has('/shared/tide.txt', `${TEXT} Twice.`)
  const whole = await ranged(String(headers.etag))
  assert.equal(whole.statusCode, 200)
  assert.equal(whole.body, `${TEXT} Twice.`)
})

test('conditions of a read are answered 304 and 412', async () => {
  await using door = await tideDoor()
  const { headers } = await door.asAna({ method: 'GET', url: AT })
  const asked = (more: Record<string, string>) =>
    door.asAna({ method: 'GET', url: AT, headers: more })
  const same = await asked({ 'if-none-match': String(headers.etag) })
  assert.equal(same.statusCode, 304)
  assert.equal(same.body, '')
  assert.equal(same.headers.etag, headers.etag)
  const since = await asked({ 'if-modified-since': String(headers['last-modified']) })
  assert.equal(since.statusCode, 304)
  assert.equal((await asked({ 'if-match': '"x"' })).json().code, 'CONDITION_FAILED')
})

test('a file without bytes has no range, and its content is none', async () => {
  await using door = await filesDoor()
  await door.has('/shared/empty', '')
  const url = '/v1/files/shared/empty'
  const got = await door.asAna({ method: 'GET', url })
  assert.deepEqual([got.statusCode, got.headers['content-length'], got.body], [200, '0', ''])
  const ranged = await door.asAna({ method: 'GET', url, headers: { range: 'bytes=0-' } })
  assert.equal(ranged.statusCode, 416)
})

test('a folder is led to by its address with a slash, and a file never is one', async () => {
  await using door = await tideDoor()
  const led = await door.asAna({ method: 'GET', url: '/v1/files/shared?limit=5' })
  assert.deepEqual([led.statusCode, led.headers.location], [301, '/v1/files/shared/?limit=5'])
  const slashed = await door.asAna({ method: 'GET', url: `${AT}/` })
  assert.equal(slashed.json().code, 'NOT_A_FOLDER')
  const absent = await door.asAna({ method: 'GET', url: '/v1/files/shared/none' })
  assert.deepEqual([absent.statusCode, absent.json().code], [404, 'NO_ENTRY'])
})

test('a version is its own content, under an ETag of its own', async () => {
  await using door = await tideDoor()
  await door.has('/shared/tide.txt', 'new')
  const versions = await door.asAna({ method: 'GET', url: `${AT}?op=versions` })
  const [{ number, sha256 }] = versions.json().items
  assert.equal(sha256, sha256Hex(TEXT))
  const old = await door.asAna({ method: 'GET', url: `${AT}?version=${String(number)}` })
  assert.equal(old.body, TEXT)
  const now = await door.asAna({ method: 'GET', url: AT })
  assert.notEqual(old.headers.etag, now.headers.etag)
  const none = await door.asAna({ method: 'GET', url: `${AT}?version=999` })
  assert.equal(none.json().code, 'NO_ENTRY')
})

test('NAME.meta4 tells all addresses of a file and its SHA-256, unless there is such a file', async () => {
  await using door = await filesDoor()
  const name = 'a & b <ñ>.iso'
  await door.has(`/shared/${name}`, TEXT)
  const url = `/v1/files/shared/${encodeURIComponent(name)}.meta4`
  const got = await door.asAna({ method: 'GET', url })
  assert.equal(got.headers['content-type'], 'application/metalink4+xml')
  assert.match(got.body, /<file name="a &amp; b &lt;ñ&gt;\.iso">/)
  assert.match(got.body, new RegExp(`<size>${TEXT.length}</size>`))
  assert.match(got.body, new RegExp(`<hash type="sha-256">${sha256Hex(TEXT)}</hash>`))
  await door.has(`/shared/${name}.meta4`, 'mine')
  assert.equal((await door.asAna({ method: 'GET', url })).body, 'mine')
  const none = await door.asAna({ method: 'GET', url: '/v1/files/shared/none.meta4' })
  assert.equal(none.json().code, 'NO_ENTRY')
})

test('a guest reads no file, and is told to log in', async () => {
  await using door = await tideDoor()
  const got = await door.ask({ method: 'GET', url: AT })
  assert.deepEqual([got.statusCode, got.json().code], [401, 'LOGIN_FIRST'])
  const key = door.accounts.key('ana', ['pages.read'])
  const keyed = await door.ask({ method: 'GET', url: AT, headers: bearer(key) })
  assert.equal(keyed.json().code, 'PERMISSION_MISSING')
})
