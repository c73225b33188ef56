import assert from 'node:assert/strict'
import { test } from 'node:test'

import { closedPort, PAGE_HTML, startRawSite, startSite } from '../../test/fixtures/site.ts'
import { isAnilloError, type ErrorCode } from '../base/errors.ts'
import { platformDns } from './dns.ts'
import { get, text } from './http.test-helper.ts'
import { createPlatformHttp } from './http.ts'

const http = createPlatformHttp()

test('request() carries headers and body as they are, both ways', async () => {
  await using site = await startSite()
  const response = await http.request(
    get(`${site.origin}/headers-twice`, {
      headers: [
        ['Host', 'bay.example'],
        ['X-Own', 'yes'],
      ],
    }),
  )
  assert.equal(response.status, 200)
  assert.equal(response.statusText, 'OK')
  assert.equal(response.httpVersion, '1.1')
  assert.equal(response.remoteAddress, '127.0.0.1')
  assert.deepEqual(
    response.headers.filter(([name]) => name === 'Set-Cookie'),
    [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
  )
  assert.equal(await text(response.body), 'x')
  assert.equal(site.headersOf('/headers-twice')?.['host'], 'bay.example')
  assert.deepEqual(Object.keys(site.headersOf('/headers-twice') ?? {}).toSorted(), [
    'host',
    'x-own',
  ])
})

test('request() connects to the given address, whatever the name in the URL', async () => {
  await using site = await startSite()
  const response = await http.request(get(`http://no-such-name.invalid:${String(site.port)}/`))
  assert.equal(await text(response.body), PAGE_HTML)
})

const FAILURES: readonly (readonly [path: string, code: ErrorCode])[] = [
  ['/broken/garbage', 'FETCH_BROKEN'],
  ['/broken/two-lengths', 'FETCH_BROKEN'],
  ['/broken/length-and-chunks', 'FETCH_BROKEN'],
  ['/broken/short', 'FETCH_BROKEN'],
  ['/broken/chunk', 'FETCH_BROKEN'],
  ['/broken/chunk-cut', 'FETCH_BROKEN'],
  ['/broken/nothing', 'FETCH_BROKEN'],
  ['/broken/half-head', 'FETCH_BROKEN'],
  ['/broken/switch', 'FETCH_BROKEN'],
  ['/headers-fat', 'FETCH_TOO_LARGE'],
  ['/headers-many', 'FETCH_TOO_LARGE'],
]

for (const keepsAlive of [false, true])
  test(`request() tells every broken answer by its code and closes the connection (${keepsAlive ? 'shared' : 'own'})`, async () => {
    await using site = await startSite()
    for (const [path, code] of FAILURES) {
      const request = get(`${site.origin}${path}`, { keepsAlive })
      await assert.rejects(
        (async () => text((await http.request(request)).body))(),
        (thrown) => isAnilloError(thrown, code),
        path,
      )
    }
    await site.quiet()
  })

test('request() keeps a whole answer when more comes behind it', async () => {
  await using site = await startSite()
  const response = await http.request(get(`${site.origin}/broken/long`))
  assert.equal(await text(response.body), 'hello')
})

test('request() tells a closed port as FETCH_REFUSED', async () => {
  const port = await closedPort()
  await assert.rejects(http.request(get(`http://127.0.0.1:${String(port)}/`)), (thrown) =>
    isAnilloError(thrown, 'FETCH_REFUSED'),
  )
})

test('request() stops waiting for headers, and for the handshake, at their limits', async () => {
  await using site = await startSite()
  await assert.rejects(
    http.request(get(`${site.origin}/silent`, { headersTimeoutMs: 20 })),
    (thrown) => isAnilloError(thrown, 'FETCH_TIMEOUT') && thrown.details['phase'] === 'headers',
  )
  const mute = await startRawSite('')
  await assert.rejects(
    http.request(get(`https://127.0.0.1:${String(mute.port)}/`, { connectTimeoutMs: 20 })),
    (thrown) => isAnilloError(thrown, 'FETCH_TIMEOUT') && thrown.details['phase'] === 'connect',
  )
  await mute.close()
  await site.quiet()
})

test('request() tells a port without TLS as FETCH_TLS', async () => {
  const plain = await startRawSite('HTTP/1.1 400 Bad Request\r\n\r\n')
  await assert.rejects(http.request(get(`https://127.0.0.1:${String(plain.port)}/`)), (thrown) =>
    isAnilloError(thrown, 'FETCH_TLS'),
  )
  await plain.close()
})

test('request() ends with the reason of its abort, before the headers and in the body', async () => {
  await using site = await startSite()
  const waiting = new AbortController()
  const asked = http.request(get(`${site.origin}/silent`, { signal: waiting.signal }))
  await site.asked('/silent')
  waiting.abort()
  await assert.rejects(asked, (thrown) => isAnilloError(thrown, 'RPC_CANCELLED'))
  const reading = new AbortController()
  const response = await http.request(get(`${site.origin}/drip`, { signal: reading.signal }))
  const read = (async () => {
    for await (const piece of response.body) if (piece.length > 0) reading.abort()
  })()
  await assert.rejects(read, (thrown) => isAnilloError(thrown, 'RPC_CANCELLED'))
  await assert.rejects(http.request(get(`${site.origin}/`, { signal: reading.signal })), (thrown) =>
    isAnilloError(thrown, 'RPC_CANCELLED'),
  )
  await site.quiet()
})

test('leaving the body closes the connection', async () => {
  await using site = await startSite()
  const response = await http.request(get(`${site.origin}/endless-html`))
  for await (const piece of response.body) if (piece.length > 0) break
  await site.quiet()
})

test('resolve() gives all addresses of a name, a literal itself, and HOST_UNKNOWN', async () => {
  assert.deepEqual(await platformDns.resolve('127.0.0.1'), [{ address: '127.0.0.1', family: 4 }])
  assert.deepEqual(await platformDns.resolve('::1'), [{ address: '::1', family: 6 }])
  const local = await platformDns.resolve('localhost')
  assert.ok(
    local.length > 0 && local.every(({ address }) => address === '127.0.0.1' || address === '::1'),
  )
})
