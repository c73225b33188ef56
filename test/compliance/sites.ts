/** What every Dns, HttpClient and Unpack keep, over the one site that `SITE_PAGES` describes. */
import assert from 'node:assert/strict'
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'

import { concat, utf8 } from '../../src/base/bytes.ts'
import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import type { HttpClient, OutgoingRequest } from '../../src/effects/http.ts'
import type { ContentCoding, Unpack } from '../../src/effects/unpack.ts'
import { rejectsWith } from './disk.ts'
import { promise, type Suite } from './subject.ts'

/** What the site answers at each path; the world that is tried serves it. */
export const SITE_PAGES = {
  '/page': { status: 200, headers: [['X-Mixed-Case', 'as sent']], body: 'x'.repeat(100_000) },
  '/missing': { status: 404, headers: [], body: 'no such page' },
  /** Breaks off after half of its body. */
  '/broken': { status: 200, headers: [], body: 'y'.repeat(1_000) },
  /** Never answers. */
  '/silent': { status: 200, headers: [], body: '' },
} as const

export type SitePath = keyof typeof SITE_PAGES

/** Where the site is; its port changes with the world. */
export interface Site {
  readonly origin: string
  readonly address: string
  /** An origin at which nobody listens. */
  readonly deadOrigin: string
}

const TIMEOUT_MS = 5_000
const SHORT_TIMEOUT_MS = 100
const PIECE_BYTES_MAX = 65_536

export function dnsSuite(suite: Suite<'dns'>): void {
  promise(suite, 'Dns.resolve() of an address gives itself', async ({ dns }) => {
    assert.deepEqual(await dns.resolve('192.0.2.7'), [{ address: '192.0.2.7', family: 4 }])
    assert.deepEqual(await dns.resolve('2001:db8::7'), [{ address: '2001:db8::7', family: 6 }])
  })

  promise(suite, 'Dns.resolve() of a name that nobody has says so', async ({ dns }) => {
    await rejectsWith('HOST_UNKNOWN', () => dns.resolve('nobody.invalid'))
  })
}

function requestOf(
  site: Site,
  url: string,
  change: Partial<OutgoingRequest> = {},
): OutgoingRequest {
  return {
    url: new URL(url),
    address: { address: site.address, family: 4 },
    method: 'GET',
    headers: [['Host', new URL(url).host]],
    connectTimeoutMs: TIMEOUT_MS,
    headersTimeoutMs: TIMEOUT_MS,
    headerBytesMax: 65_536,
    headersCountMax: 200,
    signal: new AbortController().signal,
    ...change,
  }
}

async function bodyOf(http: HttpClient, request: OutgoingRequest): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of (await http.request(request)).body) pieces.push(piece)
  return concat(pieces)
}

export function httpSuite(suite: Suite<'http'>, siteOf: () => Site): void {
  promise(suite, 'HttpClient.request() brings status, headers and body', async ({ http }) => {
    const site = siteOf()
    const response = await http.request(requestOf(site, `${site.origin}/page`))
    assert.equal(response.status, 200)
    assert.equal(response.remoteAddress, site.address)
    const sent = response.headers.find(([name]) => name === 'X-Mixed-Case')
    assert.deepEqual(sent, ['X-Mixed-Case', 'as sent'])
    for await (const piece of response.body) assert.ok(piece.length > 0)
    const body = await bodyOf(http, requestOf(site, `${site.origin}/page`))
    assert.deepEqual(body, utf8(SITE_PAGES['/page'].body))
    const missing = await http.request(requestOf(site, `${site.origin}/missing`))
    assert.equal(missing.status, 404)
    for await (const _ of missing.body) break
  })

  promise(suite, 'HttpClient.request() tells how it failed', async ({ http }) => {
    const site = siteOf()
    const broken = requestOf(site, `${site.origin}/broken`)
    await rejectsWith('FETCH_BROKEN', () => bodyOf(http, broken))
    const silent = requestOf(site, `${site.origin}/silent`, { headersTimeoutMs: SHORT_TIMEOUT_MS })
    await rejectsWith('FETCH_TIMEOUT', () => http.request(silent))
    const dead = requestOf(site, `${site.deadOrigin}/page`)
    await rejectsWith('FETCH_REFUSED', () => http.request(dead))
  })

  promise(suite, 'HttpClient.request() stops for its signal', async ({ http }) => {
    const site = siteOf()
    const own = new AbortController()
    const silent = http.request(requestOf(site, `${site.origin}/silent`, { signal: own.signal }))
    own.abort(new AnilloError('BUSY', { what: 'this test' }))
    await rejectsWith('BUSY', () => silent)
    await rejectsWith('BUSY', () =>
      http.request(requestOf(site, `${site.origin}/page`, { signal: own.signal })),
    )
    const plain = new AbortController()
    const page = await http.request(
      requestOf(site, `${site.origin}/page`, { signal: plain.signal }),
    )
    plain.abort()
    await rejectsWith('RPC_CANCELLED', async () => {
      for await (const piece of page.body) assert.ok(piece.length > 0)
    })
  })
}

const TEXT = utf8('anillo '.repeat(40_000))

const CODINGS: readonly (readonly [ContentCoding, Uint8Array])[] = [
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdCompressSync(TEXT)],
]

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100)
}

async function unpacked(
  unpack: Unpack,
  coding: ContentCoding,
  packed: Uint8Array,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of unpack.unpack(coding, inPieces(packed))) {
    assert.ok(piece.length <= PIECE_BYTES_MAX)
    pieces.push(piece)
  }
  return concat(pieces)
}

export function unpackSuite(suite: Suite<'unpack'>): void {
  promise(suite, 'Unpack.unpack() undoes each coding', async ({ unpack }) => {
    for (const [coding, packed] of CODINGS) {
      assert.deepEqual(await unpacked(unpack, coding, packed), TEXT, coding)
    }
  })

  promise(suite, 'Unpack.unpack() refuses what is not of the coding', async ({ unpack }) => {
    for (const coding of ['gzip', 'br', 'zstd'] as const) {
      await rejectsWith('FETCH_BROKEN', () => unpacked(unpack, coding, utf8('no such data')))
    }
  })

  promise(
    suite,
    'Unpack.unpack() takes an empty body and one that is cut off',
    async ({ unpack }) => {
      assert.equal((await unpacked(unpack, 'gzip', new Uint8Array(0))).length, 0)
      const half = gzipSync(TEXT).subarray(0, 100)
      await rejectsWith('FETCH_BROKEN', () => unpacked(unpack, 'gzip', half))
    },
  )

  promise(suite, 'Unpack.unpack() gives way to a failure of its input', async ({ unpack }) => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield gzipSync(TEXT).subarray(0, 50)
      throw new AnilloError('FETCH_TIMEOUT', { host: 'site', phase: 'body', limitMs: 1 })
    }
    const read = async (): Promise<void> => {
      for await (const piece of unpack.unpack('gzip', failing())) assert.ok(piece)
    }
    await assert.rejects(read, (error) => isAnilloError(error, 'FETCH_TIMEOUT'))
  })
}
