import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { ANA, filesDoor } from './files-door.test-helper.ts'

type Door = Awaited<ReturnType<typeof filesDoor>>

const AT = '/v1/files/shared/a'
const STATE = '/v1/uploads/shared/a'

function put(door: Door, payload: string, headers: Record<string, string> = {}) {
  return door.asAna({ method: 'PUT', url: AT, payload, headers })
}

test('PUT makes a file and replaces it, whatever its bytes are called', async () => {
  await using door = await filesDoor()
  const made = await put(door, '{"not": json', { 'content-type': 'application/json' })
  assert.equal(made.statusCode, 201)
  assert.equal(made.headers.location, AT)
  assert.equal(made.headers['upload-complete'], '?1')
  const digest = Buffer.from(sha256Hex('{"not": json'), 'hex').toString('base64')
  assert.equal(made.headers['repr-digest'], `sha-256=:${digest}:`)
  const replaced = await put(door, 'two')
  assert.equal(replaced.statusCode, 204)
  const head = await door.asAna({ method: 'HEAD', url: AT })
  assert.equal(head.headers.etag, replaced.headers.etag)
  assert.equal((await door.content('/shared/a')).toString(), 'two')
})

test('PUT of nothing makes a file without bytes', async () => {
  await using door = await filesDoor()
  const made = await door.asAna({ method: 'PUT', url: AT })
  assert.equal(made.statusCode, 201)
  assert.equal((await door.content('/shared/a')).length, 0)
})

test('PUT under a condition that does not hold changes nothing', async () => {
  await using door = await filesDoor()
  assert.equal((await put(door, 'x', { 'if-match': '*' })).json().code, 'CONDITION_FAILED')
  assert.equal((await put(door, 'x', { 'if-match': '"x"' })).json().code, 'CONDITION_FAILED')
  const made = await put(door, 'one', { 'if-none-match': '*' })
  assert.equal(made.statusCode, 201)
  assert.equal((await put(door, 'x', { 'if-none-match': '*' })).json().code, 'CONDITION_FAILED')
  const etag = String(made.headers.etag)
  const next = await put(door, 'two', { 'if-match': `"x", ${etag}` })
  assert.equal(next.statusCode, 204)
  assert.equal((await put(door, 'x', { 'if-match': etag })).json().code, 'CONDITION_FAILED')
  assert.equal((await put(door, 'x', { 'if-none-match': '"a"' })).json().code, 'BAD_REQUEST')
  assert.equal((await put(door, 'three', { 'if-match': '*' })).statusCode, 204)
  assert.equal((await door.content('/shared/a')).toString(), 'three')
})

test('PUT keeps the time that the file has where it comes from', async () => {
  await using door = await filesDoor()
  const at = '2001-02-03T04:05:06.789Z'
  const url = `${AT}?modifiedAt=${at}`
  const made = await door.asAna({ method: 'PUT', url, payload: 'x' })
  assert.equal(made.headers['last-modified'], 'Sat, 03 Feb 2001 04:05:06 GMT')
  assert.equal(made.headers.location, AT)
  const stat = await door.asAna({ method: 'GET', url: `${AT}?op=stat` })
  assert.equal(stat.json().modifiedAt, at)
  for (const text of ['now', '1', '1969-12-31', '%2B275760-09-13T00:00:00Z', '-000001-01-01']) {
    const bad = await door.asAna({ method: 'PUT', url: `${AT}?modifiedAt=${text}`, payload: 'x' })
    assert.match(bad.json().detail, /must be an instant in ISO 8601 from 1970 on/)
  }
})

test('Content-Range sends a file in parts, which is there with the last of them', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'old')
  const first = await put(door, 'The tide ', { 'content-range': 'bytes 0-8/17' })
  assert.deepEqual([first.statusCode, first.headers['upload-offset']], [202, '9'])
  assert.equal((await door.content('/shared/a')).toString(), 'old')
  const state = await door.asAna({ method: 'HEAD', url: STATE })
  assert.deepEqual(
    [state.statusCode, state.headers['upload-offset'], state.headers['upload-complete']],
    [200, '9', '?0'],
  )
  assert.equal(state.headers['cache-control'], 'no-store')
  const wrong = await put(door, 'x', { 'content-range': 'bytes 5-5/17' })
  assert.equal(wrong.json().code, 'UPLOAD_OFFSET')
  assert.equal(wrong.headers['upload-offset'], '9')
  const last = await put(door, 'comes in', { 'content-range': 'bytes 9-16/17' })
  assert.equal(last.statusCode, 204)
  assert.equal((await door.content('/shared/a')).toString(), 'The tide comes in')
})

test('Content-Range and the bytes that come must agree', async () => {
  await using door = await filesDoor()
  const cases: readonly (readonly [string, string])[] = [
    ['bytes 0-4/5', 'abc'],
    ['bytes 0-1/2', 'abc'],
    ['bytes 0-9/5', 'abc'],
    ['bytes */5', 'abc'],
    ['nonsense', 'abc'],
  ]
  for (const [range, payload] of cases) {
    const refused = await put(door, payload, { 'content-range': range })
    assert.equal(refused.json().code, 'BAD_REQUEST', range)
  }
  const absent = await door.asAna({ method: 'GET', url: AT })
  assert.equal(absent.json().code, 'NO_ENTRY')
})

test('PATCH goes on as the draft of resumable uploads has it, and DELETE gives up', async () => {
  await using door = await filesDoor()
  const patch = (payload: string, headers: Record<string, string>) =>
    door.asAna({
      method: 'PATCH',
      url: STATE,
      payload,
      headers: { 'content-type': 'application/partial-upload', ...headers },
    })
  const begin = () => put(door, 'The ', { 'content-range': 'bytes 0-3/*' })
  await begin()
  assert.equal((await door.asAna({ method: 'GET', url: STATE })).json().offset, 4)
  const more = await patch('tide ', { 'upload-offset': '4', 'upload-complete': '?0' })
  assert.deepEqual([more.statusCode, more.headers['upload-offset']], [202, '9'])
  const stale = await patch('tide ', { 'upload-offset': '4', 'upload-complete': '?0' })
  assert.deepEqual([stale.statusCode, stale.json().code], [409, 'UPLOAD_OFFSET'])
  const whole = await patch('turns', { 'upload-offset': '9', 'upload-complete': '?1' })
  assert.deepEqual([whole.statusCode, whole.headers.location], [201, AT])
  assert.equal((await door.content('/shared/a')).toString(), 'The tide turns')
  for (const headers of [
    { 'upload-offset': 'x', 'upload-complete': '?1' },
    { 'upload-offset': '1', 'upload-complete': 'yes' },
    { 'upload-offset': '1', 'upload-complete': '?1', 'content-type': 'text/plain' },
  ]) {
    assert.equal((await patch('x', headers)).json().code, 'BAD_REQUEST')
  }

  await begin()
  assert.equal((await door.asAna({ method: 'DELETE', url: STATE })).statusCode, 204)
  assert.equal((await door.asAna({ method: 'HEAD', url: STATE })).statusCode, 404)
  assert.equal((await door.asAna({ method: 'DELETE', url: STATE })).json().code, 'NOT_FOUND')
})

test('Repr-Digest has a file written only where its bytes come to that', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'old')
  const digest = (text: string) =>
    `sha-256=:${Buffer.from(sha256Hex(text), 'hex').toString('base64')}:`
  const wrong = await put(door, 'new', { 'repr-digest': digest('other') })
  assert.deepEqual([wrong.statusCode, wrong.json().code], [409, 'CONTENT_DIFFERS'])
  assert.equal((await door.content('/shared/a')).toString(), 'old')
  assert.equal((await door.asAna({ method: 'HEAD', url: STATE })).statusCode, 404)
  const right = await put(door, 'new', { 'repr-digest': `sha-512=:x:, ${digest('new')}` })
  assert.equal(right.statusCode, 204)
  for (const header of ['sha-256=x', 'sha-256=:YQ==:']) {
    const bad = await put(door, 'new', { 'repr-digest': header })
    assert.equal(bad.json().code, 'BAD_REQUEST', header)
  }
  assert.equal((await put(door, 'x', { 'repr-digest': 'md5=:YQ==:' })).statusCode, 204)
})

test('an upload that broke off is seen by whose it is alone', async () => {
  await using door = await filesDoor()
  await put(door, 'The ', { 'content-range': 'bytes 0-3/*' })
  const token = door.accounts.person('beto', 'member')
  const headers = { authorization: `Bearer ${token}` }
  const asked = await door.ask({ method: 'GET', url: STATE, headers })
  assert.equal(asked.json().code, 'NOT_FOUND')
})

test('what has no room is refused before it comes, and while it comes', async () => {
  await using door = await filesDoor({ bytesMax: 10 })
  const early = await put(door, 'x'.repeat(11))
  assert.deepEqual([early.statusCode, early.json().code], [507, 'QUOTA_FULL'])
  await put(door, 'x'.repeat(8), { 'content-range': 'bytes 0-7/*' })
  const late = await put(door, 'xxx', { 'content-range': 'bytes 8-10/11' })
  assert.equal(late.json().code, 'QUOTA_FULL')
  assert.equal((await door.asAna({ method: 'GET', url: AT })).json().code, 'NO_ENTRY')
})

test('a folder is not written, nor anything below a file', async () => {
  await using door = await filesDoor()
  await door.has('/shared/a', 'x')
  await door.files.makeFolder(ANA, '/shared/x')
  const cases = [
    ['/v1/files/shared/x', 'IS_A_FOLDER'],
    ['/v1/files/shared/new/', 'IS_A_FOLDER'],
    ['/v1/files/', 'IS_A_FOLDER'],
    ['/v1/files/shared/a/b', 'NOT_A_FOLDER'],
    ['/v1/files/shared/none/b', 'NO_ENTRY'],
    ['/v1/files/home/x', 'NO_ACCESS'],
  ] as const
  for (const [url, code] of cases) {
    const refused = await door.asAna({ method: 'PUT', url, payload: 'x' })
    assert.equal(refused.json().code, code, url)
  }
})
