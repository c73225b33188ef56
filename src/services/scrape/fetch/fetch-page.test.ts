import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { closedPort, PAGE_HTML, PAGE_TITLE, startSite } from '../../../../test/fixtures/site.ts'
import { AnilloError, isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { HttpClient } from '../../../effects/http.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformClock } from '../../../platform/clock.ts'
import { platformDns } from '../../../platform/dns.ts'
import { createPlatformHttp } from '../../../platform/http.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { createAddressGate } from './address-gate.ts'
import { fetchPage, type FetchedPage, type FetchTools } from './fetch-page.ts'

const gate = createAddressGate(platformDns, { allowLoopback: true, ownPorts: () => [] })
const TOOLS: FetchTools = {
  clock: platformClock(),
  http: createPlatformHttp(),
  unpack: platformUnpack,
  gate,
  agent: 'anillo/0.1.0 (+test)',
}

test('fetchPage() gives what the site answered, and the body in order', async () => {
  await using site = await startSite()
  const { page, body } = await download(`${site.origin}/`)
  assert.equal(body.toString(), PAGE_HTML)
  assert.equal(page.status, 200)
  assert.equal(page.statusText, 'OK')
  assert.equal(page.title, PAGE_TITLE)
  assert.equal(page.contentType, 'text/html')
  assert.equal(page.charset, 'utf-8')
  assert.equal(page.hash, sha256Hex(PAGE_HTML))
  assert.equal(page.bytes, Buffer.byteLength(PAGE_HTML))
  assert.equal(page.wireBytes, page.bytes)
  assert.equal(page.remoteAddress, '127.0.0.1')
  assert.equal(page.finalUrl, `${site.origin}/`)
  assert.ok(
    page.headers.some(
      ([name, value]) => name === 'Content-Type' && value === 'text/html; charset=utf-8',
    ),
  )
  const asked = site.headersOf('/')
  assert.equal(asked?.['user-agent'], 'anillo/0.1.0 (+test)')
  assert.equal(asked?.['accept-encoding'], 'gzip, deflate, br, zstd')
  assert.equal(asked?.host, `127.0.0.1:${String(site.port)}`)
  await site.quiet()
})

test('fetchPage() undoes every coding', async () => {
  await using site = await startSite()
  for (const path of ['/gzip', '/x-gzip', '/deflate', '/deflate-raw', '/br', '/zstd', '/gzip-br']) {
    const { page, body } = await download(`${site.origin}${path}`)
    assert.equal(body.toString(), PAGE_HTML, path)
    assert.equal(page.hash, sha256Hex(PAGE_HTML), path)
    assert.ok(page.wireBytes < page.bytes, path)
  }
})

test('fetchPage() takes every status as an answer, with or without a body', async () => {
  await using site = await startSite()
  for (const [path, status] of [
    ['/status/404', 404],
    ['/status/500', 500],
    ['/no-content', 204],
    ['/to-nowhere', 302],
    ['/empty', 200],
  ] as const) {
    const { page } = await download(`${site.origin}${path}`)
    assert.equal(page.status, status, path)
  }
})

test('fetchPage() reads titles in the charset of the page', async () => {
  await using site = await startSite()
  for (const path of ['/latin1', '/latin1-meta', '/utf16']) {
    assert.equal((await download(`${site.origin}${path}`)).page.title, 'Café', path)
  }
  assert.equal((await download(`${site.origin}/typeless`)).page.contentType, 'text/html')
})

test('fetchPage() follows ten redirects and tells each, and refuses the eleventh', async () => {
  await using site = await startSite()
  const { page } = await download(`${site.origin}/redirect/10`)
  assert.equal(page.redirects.length, 10)
  assert.deepEqual(page.redirects[0], { status: 302, url: `${site.origin}/redirect/9` })
  assert.equal(page.finalUrl, `${site.origin}/redirect/0`)
  assert.equal((await download(`${site.origin}/to-fragment`)).page.finalUrl, `${site.origin}/`)
  assert.equal(site.log.length, 13)
  await refused(`${site.origin}/redirect/11`, 'FETCH_REDIRECTS')
  await refused(`${site.origin}/loop`, 'FETCH_REDIRECTS')
  await site.quiet()
})

test('fetchPage() sends every redirect through the gate and the rules for addresses', async () => {
  await using site = await startSite()
  await refused(`${site.origin}/to-private`, 'ADDRESS_FORBIDDEN')
  await refused(`${site.origin}/to-ftp`, 'URL_SCHEME')
  assert.deepEqual(site.log, ['/to-private', '/to-ftp'])
})

const BAD: readonly (readonly [path: string, code: ErrorCode])[] = [
  ['/gzip-cut', 'FETCH_BROKEN'],
  ['/gzip-not', 'FETCH_BROKEN'],
  ['/coding-unknown', 'FETCH_BROKEN'],
  ['/codings-many', 'FETCH_BROKEN'],
  ['/endless-html', 'FETCH_TOO_LARGE'],
  ['/length-huge', 'FETCH_TOO_LARGE'],
  ['/headers-fat', 'FETCH_TOO_LARGE'],
  ['/headers-many', 'FETCH_TOO_LARGE'],
  ['/not-modified', 'FETCH_BROKEN'],
  ['/broken/garbage', 'FETCH_BROKEN'],
  ['/broken/two-lengths', 'FETCH_BROKEN'],
  ['/broken/short', 'FETCH_BROKEN'],
  ['/broken/chunk-cut', 'FETCH_BROKEN'],
]

test('fetchPage() refuses what is broken or too large, says of which host, and leaves no connection', async () => {
  await using site = await startSite()
  for (const [path, code] of BAD) {
    const error = await refused(`${site.origin}${path}`, code)
    assert.equal(error.details['host'], '127.0.0.1', path)
  }
  await site.quiet()
})

test('fetchPage() tells a closed port and an unknown name', async () => {
  await refused(`http://127.0.0.1:${String(await closedPort())}/`, 'FETCH_REFUSED')
  const unknown = {
    ...TOOLS,
    gate: createAddressGate(
      { resolve: (host) => Promise.reject(new AnilloError('HOST_UNKNOWN', { host })) },
      { allowLoopback: true, ownPorts: () => [] },
    ),
  }
  await refused('http://nobody.example/', 'HOST_UNKNOWN', unknown)
})

test('fetchPage() tries the next address of a host that refuses at the first', async () => {
  await using site = await startSite()
  const both = createAddressGate(
    {
      resolve: async () => [
        { address: '127.0.0.2', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    },
    { allowLoopback: true, ownPorts: () => [] },
  )
  const { page } = await download(`http://two.example:${String(site.port)}/`, {
    ...TOOLS,
    gate: both,
  })
  assert.equal(page.remoteAddress, '127.0.0.1')
})

test('fetchPage() refuses an answer whose socket ended at a forbidden address', async () => {
  const rebinding: HttpClient = {
    request: async () => ({
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      headers: [],
      remoteAddress: '10.0.0.1',
      body: nothing(),
    }),
  }
  await refused('http://127.0.0.1/', 'ADDRESS_FORBIDDEN', { ...TOOLS, http: rebinding })
})

test('fetchPage() stops a site that falls silent, drips, or never ends, by the clock', async () => {
  await using site = await startSite()
  const idle = new ManualClock()
  // The turn after the first piece, the next one is waited for.
  const later = (): void => void setImmediate(() => idle.advance(15_000))
  const silent = await refused(
    `${site.origin}/drip`,
    'FETCH_TIMEOUT',
    { ...TOOLS, clock: idle },
    later,
  )
  assert.equal(silent.details['phase'], 'idle')
  const clock = new ManualClock()
  const dripping = bodyOf(() => clock.advance(10_000))
  await refused('http://127.0.0.1/', 'FETCH_TOO_SLOW', { ...TOOLS, clock, http: dripping })
  const slow = bodyOf(() => clock.advance(10_000), 20_000)
  const error = await refused('http://127.0.0.1/', 'FETCH_TIMEOUT', { ...TOOLS, clock, http: slow })
  assert.equal(error.details['phase'], 'whole')
  await site.quiet()
})

test('fetchPage() ends with the reason of its abort and closes the connection', async () => {
  await using site = await startSite()
  const abort = new AbortController()
  const asked = fetchPage(order(`${site.origin}/silent`, { signal: abort.signal }), TOOLS)
  await site.asked('/silent')
  abort.abort(new AnilloError('RPC_CANCELLED', { method: 'test' }))
  await assert.rejects(asked, (thrown) => isAnilloError(thrown, 'RPC_CANCELLED'))
  await site.quiet()
})

test('fetchPage() passes on why the body could not be kept', async () => {
  await using site = await startSite()
  const full = { write: () => Promise.reject(new AnilloError('DISK_FULL', { path: 'x' })) }
  await assert.rejects(fetchPage(order(`${site.origin}/file-8m`, full), TOOLS), (thrown) =>
    isAnilloError(thrown, 'DISK_FULL'),
  )
  await site.quiet()
})

/** 256 MiB of zeros: about 260 KB. */
const BOMB = gzipSync(Buffer.alloc(256 * 1024 * 1024))

test('fetchPage() stops a bomb before it has grown', async () => {
  assert.ok(BOMB.length < 300_000)
  for (const contentType of ['text/html', 'application/zip']) {
    let written = 0
    const error = await refused(
      'http://127.0.0.1/',
      'FETCH_BOMB',
      { ...TOOLS, http: bombSite(contentType) },
      (bytes) => {
        written = bytes
      },
    )
    assert.equal(error.details['ratio'], 200)
    assert.ok(written < 8 * 1024 * 1024, String(written))
  }
})

function bombSite(contentType: string): HttpClient {
  return {
    request: async () => ({
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      headers: [
        ['Content-Encoding', 'gzip'],
        ['Content-Type', contentType],
      ],
      body: once(BOMB),
    }),
  }
}

/** A body of pieces without end, `each` called before every one. */
function bodyOf(each: () => void, pieceBytes = 10): HttpClient {
  async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (;;) {
      each()
      signal.throwIfAborted()
      yield new Uint8Array(pieceBytes)
    }
  }
  return {
    request: async ({ signal }) => ({
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      headers: [],
      remoteAddress: '127.0.0.1',
      body: body(signal),
    }),
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}

function order(
  url: string,
  changes: Partial<Parameters<typeof fetchPage>[0]> = {},
): Parameters<typeof fetchPage>[0] {
  return {
    url: canonicalUrl(url),
    write: async () => undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    ...changes,
  }
}

async function download(
  url: string,
  tools = TOOLS,
): Promise<{ readonly page: FetchedPage; readonly body: Buffer }> {
  const pieces: Uint8Array[] = []
  const write = async (piece: Uint8Array): Promise<void> => void pieces.push(piece)
  const page = await fetchPage(order(url, { write }), tools)
  return { page, body: Buffer.concat(pieces) }
}

async function refused(
  url: string,
  code: ErrorCode,
  tools = TOOLS,
  progress: (bytes: number) => void = () => undefined,
): Promise<AnilloError> {
  try {
    await fetchPage(order(url, { progress }), tools)
  } catch (thrown) {
    if (isAnilloError(thrown, code)) return thrown
    throw new Error(`${url} failed otherwise`, { cause: thrown })
  }
  assert.fail(`${url} was downloaded`)
}
