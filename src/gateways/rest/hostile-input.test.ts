/**
 * Whatever comes through the doors: no answer blames the member (5xx), each
 * refusal says why by a code, and what was refused changed nothing.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { ERRORS, parseErrorCode } from '../../base/errors.ts'
import { recordsDoor } from './records-door.test-helper.ts'

const encoded = (name: fc.Arbitrary<string>) => name.map((each) => encodeURIComponent(each))

/** Parts of a path: names as they ought to be, too long ones, ones of no text. */
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('t', 'p', 's', 'a', 'team%2Fa', 'r%69ng', 'users') },
  encoded(fc.string({ minLength: 1, maxLength: 20 })),
  encoded(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })),
  fc.constantFrom(
    '',
    '.',
    '..',
    '%',
    '%00',
    'a%00',
    '%ff',
    '%c0%80',
    '%ed%a0%80',
    '%zz',
    '*',
    '%2F',
  ),
  fc.constantFrom('e%CC%81', '%C3%A9', '%EF%BB%BF', '%E2%80%AE', ':x', '__proto__', 'constructor'),
  fc.integer({ min: 60, max: 1_100 }).map((length) => 'x'.repeat(length)),
)

const NUMBERS =
  '0 1 -1 -0 1.5 1e3 0x10 NaN Infinity 1000 1001 １ 9007199254740993 99999999999999999999 ' +
  '316224000 316224001 %201'
const number = fc.constantFrom('', ...NUMBERS.split(' '))

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(...'ttl limit prefix start end cursor reverse token url key'.split(' ')),
      fc.oneof(number, part, fc.constantFrom('true', 'maybe', 'a'.repeat(2_000))),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))

const TAGS =
  '*;"1-1";"1-2", "1-3";W/"1-1";";"";abc;,;* , *;"1-1" ;"0-0";"1-99999999999999999999";"-1--1";é;' +
  '"1-1",W/"1-1"'
const tag = fc.constantFrom('', `"${'9'.repeat(300)}"`, ...TAGS.split(';'))

const header = fc.oneof(
  fc.record({ 'if-match': tag }),
  fc.record({ 'if-none-match': tag }),
  fc.record({ 'if-match': tag, 'if-none-match': tag }),
  fc.record({
    'idempotency-key': fc.constantFrom('k', 'k', '', ' ', 'x'.repeat(255), 'x'.repeat(256), 'é'),
  }),
  fc.record({ 'content-type': fc.constantFrom('application/json', 'text/plain', 'x', '', ';') }),
  fc.record({ origin: fc.constantFrom('http://localhost:1', 'null', 'http://evil.example', '') }),
)
const headers = fc.array(header, { maxLength: 2 }).map((some) => Object.assign({}, ...some))

const jsonName = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    'a\0',
    '\ud800',
    'e\u0301',
    '\u00e9',
    '__proto__',
    'x'.repeat(1_025),
  ),
  fc.string({ unit: 'binary', maxLength: 10 }),
)
const scalar = fc.oneof(
  jsonName,
  fc.constantFrom(
    null,
    0,
    -1,
    1.5,
    1e308,
    -0,
    true,
    2 ** 53,
    '1-1',
    '"1-1"',
    'YQ==',
    'YQ',
    'Y Q==',
  ),
)
const condition = fc.record(
  {
    sk: scalar,
    pk: scalar,
    is: fc.oneof(scalar, fc.constantFrom('absent', 'present', { etag: 1 })),
  },
  { requiredKeys: ['sk'] },
)
const write = fc.record(
  {
    kind: fc.constantFrom('put', 'delete', 'PUT', null),
    sk: scalar,
    pk: scalar,
    value: fc.oneof(scalar, fc.constantFrom('', 'YQ==')),
    ttl: fc.oneof(scalar, fc.constantFrom(1, 60)),
  },
  { requiredKeys: ['kind', 'sk'] },
)
const plainWrite = fc.record({
  kind: fc.constant('put'),
  sk: fc.constantFrom('a', 'b', 'c'),
  value: fc.constantFrom('', 'YQ=='),
})
const batch = fc.oneof(
  // Sort keys twice in one batch among them.
  fc.record({ writes: fc.array(plainWrite, { minLength: 1, maxLength: 6 }) }),
  fc.record({ conditions: fc.array(condition, { maxLength: 3 }), writes: fc.array(write) }),
  fc.record({ writes: fc.array(plainWrite, { minLength: 250, maxLength: 260 }) }),
  fc.record({ ttl: scalar, wait: scalar, token: scalar }, { requiredKeys: [] }),
)

const body = fc.oneof(
  fc.constantFrom('', '{', '[]', 'null', '"x"', '1e999', '{"writes":[],"writes":[]}'),
  fc.constantFrom('['.repeat(100_000), '{"a":'.repeat(50_000), '\ufeff{}', '{"__proto__":{}}'),
  fc.constantFrom('{"ttl":30}', '{"ttl":60,"wait":0}', '{"ttl":1e9}', '{"ttl":-1}'),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(64 * 1024, 64 * 1024 + 1, 2 ** 21 + 1).map((bytes) => Buffer.alloc(bytes, 32)),
  batch.map((value) => JSON.stringify(value)),
  batch.map((value) => JSON.stringify(value)),
)

const method = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS')

const path = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('/v1/kv/t/p/s', '/v1/kv/t/p/a', '/v1/kv/t/p') },
  fc.constantFrom('/v1/locks/l', '/v1/kv/users/p'),
  fc.constantFrom('/v1/scrapes', '/v1/pages', '/v1/tokens', '/v1/ring/lookup', '/v1/ring'),
  fc.constantFrom('/v1/ring/waiting/123456/admit', '/v1/scrapes/x', '/v1/pages/%ff/content'),
  fc
    .tuple(fc.constantFrom('/v1/kv', '/v1/locks'), fc.array(part, { maxLength: 4 }))
    .map(([base, parts]) => [base, ...parts].join('/')),
)
const url = fc
  .tuple(path, fc.option(query, { nil: '', freq: 2 }))
  .map(([where, asked]) => (asked === '' ? where : `${where}?${asked}`))

const REQUESTS = 2_000

test('no input to the doors blames the member; what is refused changed nothing', async () => {
  await using door = await recordsDoor()
  const { server, store } = door
  await fetch(`${door.url}/v1/kv/t/p/s`, { method: 'PUT', body: 'there' })
  const met = new Set<number>()
  await fc.assert(
    fc.asyncProperty(method, url, headers, body, async (asked, path, more, payload) => {
      const before = store.contents
      const mayHaveBody = asked !== 'GET' && asked !== 'HEAD'
      const answer = await server.inject({
        method: asked as 'GET',
        url: path,
        headers: { host: 'localhost', ...more },
        ...(mayHaveBody ? { payload } : {}),
      })
      met.add(answer.statusCode)
      assert.ok(answer.statusCode < 500, `${answer.statusCode} ${answer.payload}`)
      if (answer.statusCode < 400) return
      assert.equal(store.contents, before, 'what was refused changed something')
      if (asked === 'HEAD') return
      const code = parseErrorCode(String(answer.json().code))
      assert.ok(code !== undefined, answer.payload)
      assert.equal(ERRORS[code].httpStatus, answer.statusCode)
      assert.ok(answer.json().detail.length > 10, 'a refusal says why')
      assert.equal(answer.headers['anillo-applied'], 'no')
    }),
    { numRuns: REQUESTS },
  )
  // Had the requests not met all of these, they would be too tame to show anything.
  for (const status of [200, 201, 204, 400, 403, 404, 412, 413]) {
    assert.ok(met.has(status), `never answered ${status}: ${[...met].join(' ')}`)
  }
})

const PUT = 'PUT /v1/kv/t/p/s HTTP/1.1\r\nHost: localhost\r\n'
const CHUNKED = `${PUT}Transfer-Encoding: chunked\r\n\r\n`

/** What no library would send; each is to be answered with this status, or with none. */
const RAW: readonly (readonly [string, string, number | undefined])[] = [
  [
    'a chunked body over the limit',
    `${CHUNKED}${'10000\r\n'}${'x'.repeat(65_536)}\r\n1\r\nx\r\n`,
    413,
  ],
  ['a chunk of no size', `${CHUNKED}zz\r\nx\r\n0\r\n\r\n`, 400],
  ['a chunk of a negative size', `${CHUNKED}-1\r\nx\r\n0\r\n\r\n`, 400],
  ['a length over the limit', `${PUT}Content-Length: 9999999999\r\n\r\n`, 413],
  ['a negative length', `${PUT}Content-Length: -1\r\n\r\n`, 400],
  ['two lengths', `${PUT}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, 400],
  [
    'a length and chunks',
    `${PUT}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a body cut off', `${PUT}Content-Length: 10\r\n\r\nhalf`, undefined],
  ['a chunk cut off', `${CHUNKED}a\r\nhalf`, undefined],
  ['chunks without an end', `${CHUNKED}4\r\nhalf\r\n`, undefined],
  ['no host', 'PUT /v1/kv/t/p/s HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 400],
  ['a header without end', `${PUT}If-Match: "1`, undefined],
  ['NUL in a header', `${PUT}If-Match: "\0"\r\nContent-Length: 1\r\n\r\nx`, 400],
  ['NUL in the path', 'PUT /v1/kv/t/p/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['raw UTF-8 in the path', 'GET /v1/kv/t/p/é HTTP/1.1\r\nHost: localhost\r\n\r\n', undefined],
]

test('malformed HTTP is answered by 4xx or an end of the connection, and writes nothing', async () => {
  await using door = await recordsDoor()
  const port = Number(new URL(door.url).port)
  for (const [what, bytes, status] of RAW) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.end(bytes)
    const told = await text(socket).catch(() => '')
    const first = /^HTTP\/1\.1 (\d{3})/.exec(told)?.[1]
    if (status !== undefined) assert.equal(first, String(status), `${what}: ${told}`)
    assert.ok(first === undefined || first.startsWith('4'), `${what}: ${told}`)
    assert.equal(door.store.contents, '[]', what)
  }
  const after = await fetch(`${door.url}/v1/kv/t/p/s`)
  assert.equal(after.status, 404)
})

test('a webhook orders nothing of the ring that sends it', async () => {
  await using door = await recordsDoor()
  const event = { method: 'POST', headers: { 'webhook-id': 'msg_1' } }
  const answer = await fetch(`${door.url}/v1/crawls/${'a'.repeat(32)}/pause`, event)
  assert.equal(answer.status, 403)
  assert.match(await answer.text(), /webhooks may not use this door/)
})
