/** What sources of strangers answer, and publishers say: no download waits for it for ever. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server as TcpServer } from 'node:net'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { platformClock } from '../../platform/clock.ts'
import { createPlatformHttp } from '../../platform/http.ts'
import { isDownloadOver } from '../../wire/download-states.ts'
import { SOURCE_URL_CHARS_MAX, SOURCES_MAX } from '../../wire/share-bounds.ts'
import { chosen } from './downloads/wanted.ts'
import { SILENT_MS } from './limits.ts'
import {
  ANA,
  answerOf,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
  plainServer,
  type Server,
} from './share-world.test-helper.ts'
import { CheckedHttp, type Answer } from './sources/checked-http.ts'
import { SourceClient, SourceFailure } from './sources/source-client.ts'
import { treeOfBytes } from './tree/hash-tree.ts'
import { ended } from './two-rings.test-helper.ts'

const FILM = Uint8Array.from({ length: 2 * MIB + 77 }, (_, at) => (at * 31 + (at >> 8)) & 0xff)
const TREE = treeOfBytes(FILM)
const HOUR_S = 3_600

interface World {
  readonly outside: MemoryOutside
  readonly web: MemoryWeb
  readonly ring: MemoryRing
}

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const ring = new MemoryRing(net, 'http://own:9400')
  try {
    await run({ ...net, ring })
    assert.deepEqual(ring.errors, [])
  } finally {
    await ring.service[Symbol.asyncDispose]()
  }
}

/** A publisher of its own says so. */
function says(
  outside: MemoryOutside,
  name: string,
  said: { readonly urls: readonly string[]; readonly size?: number },
): void {
  const known = outside.records.get(name) ?? new Map<string, never>()
  const publisher = String(known.size + 1).padStart(64, '0')
  const expiresAtS = Math.floor(platformClock().wallMs() / 1_000) + HOUR_S
  const { size = FILM.length, urls } = said
  const more = { key: '', signature: '', sequence: 1 }
  const record = { ...more, publisher, expiresAtS, urls, size, root: TREE.root }
  outside.records.set(name, new Map([...known, [publisher, record]]))
}

/** An open door that tells of its file what it is told to. */
function doorOf(bytes: Uint8Array, layer: Uint8Array, told: number): Server {
  const plain = plainServer(bytes)
  return async (path, ask) => {
    if (!path.endsWith('/tree')) return plain(path, ask)
    return answerOf(200, layer, { 'anillo-share-bytes': String(told) })
  }
}

test('who tells a wrong size of a root is found out, and the right one is downloaded', () =>
  inWorld(async ({ outside, ring, web }) => {
    // A byte too many: as many pieces, so that the hashes fit all the same.
    for (let at = 0; at < 5; at++) {
      web.servers.set(`http://liar${at}`, doorOf(FILM, TREE.layer, FILM.length + 1))
      says(outside, 'film', { urls: [`http://liar${at}/film`], size: FILM.length + 1 })
    }
    web.servers.set('http://honest', doorOf(FILM, TREE.layer, FILM.length))
    says(outside, 'film', { urls: ['http://honest/film'] })
    const { id } = await ring.service.downloads.begin(ANA, { name: 'film' })
    const done = await ended(ring, id)
    assert.deepEqual([done.state, done.bytes, done.verified], ['done', FILM.length, true])
    assert.deepEqual(await ring.bytesAt(done.path), Buffer.from(FILM))
  }))

test('a publisher with many addresses leaves room for others', () => {
  const source = (url: string) => ({ url, publisher: undefined, expiresMs: undefined })
  const many = Array.from({ length: 500 }, (_, at) => source(`http://liar/${at}`))
  const contents = [
    { root: TREE.root, bytes: 1, sources: many },
    { root: TREE.root, bytes: FILM.length, sources: [source('http://honest/film')] },
  ]
  const found = chosen('film', contents, { root: undefined, url: undefined })
  assert.equal(found.bytes, undefined)
  assert.equal(found.seeds.length, SOURCES_MAX)
  assert(found.seeds.includes('http://honest/film'))
})

test('of addresses without number each is looked at in the end', () =>
  inWorld(async ({ outside, ring }) => {
    for (let at = 0; at < 200; at++) {
      says(outside, 'film', { urls: [1, 2, 3].map((port) => `http://no${at}:${port}/film`) })
    }
    says(outside, 'film', { urls: ['http://honest/film'] })
    for (let look = 0; ; look++) {
      assert(look < 200, 'the honest one is never told')
      const { contents } = await ring.service.lookup('film')
      const urls = contents.flatMap(({ providers }) => providers.map(({ url }) => url))
      assert.equal(urls.length, SOURCES_MAX)
      if (urls.includes('http://honest/film')) break
    }
  }))

test('a part that does not end is taken as far as it was asked for', async () => {
  let left = 50
  const http = {
    ask: async (): Promise<Answer> => ({
      url: 'http://endless/film',
      status: 206,
      header: (name) => (name === 'content-range' ? 'bytes 0-9/10' : undefined),
      body: (async function* () {
        while (left-- > 0) yield new Uint8Array(8)
        assert.fail('it was read to its end')
      })(),
    }),
  }
  const ask = { from: 0, to: 10, signal: AbortSignal.timeout(5_000), progressed: () => undefined }
  const piece = await new SourceClient(http).piece('http://endless/film', ask)
  assert.equal(piece.length, 10)
  assert(left > 40)
})

test('lengths that are none are not told', async () => {
  for (const [length, bytes] of [
    ['-5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['', undefined],
    ['99999999999999999999', undefined],
    ['7', 7],
  ] as const) {
    const http = { ask: async () => answerOf(200, new Uint8Array(0), { 'content-length': length }) }
    const head = await new SourceClient(http).head('http://a/', AbortSignal.timeout(5_000))
    assert.equal(head.bytes, bytes, length)
  }
})

test('addresses of any length and kind are texts, or asked as what they mean', () =>
  inWorld(async ({ outside, ring }) => {
    for (const text of ['javascript:alert(1)', 'file:///etc/passwd', '\u001b]0;x\u0007', 'http:']) {
      outside.texts.set('odd', text)
      const { contents, texts } = await ring.service.lookup('odd')
      assert.deepEqual([contents.length, texts], [0, [text]])
    }
    outside.texts.set('odd', `http://a/${'\u2603'.repeat(SOURCE_URL_CHARS_MAX / 8)}`)
    assert.equal((await ring.service.lookup('odd')).contents.length, 0)
    outside.texts.set('odd', 'HTTP://A.test:80/b\n\u202e')
    const { contents } = await ring.service.lookup('odd')
    assert.deepEqual(contents[0]?.providers[0]?.url, 'http://a.test/b%E2%80%AE')
  }))

test('of a server that gives nothing no file is made, and why it waits is told', () =>
  inWorld(async ({ ring, web }) => {
    web.servers.set('http://empty', async () => answerOf(200, new Uint8Array(0)))
    const { downloads } = ring.service
    const { id } = await downloads.begin(ANA, { name: 'film', url: 'http://empty/film' })
    const signal = AbortSignal.timeout(10_000)
    for await (const { sources, state } of downloads.watch(ANA, id, signal)) {
      assert.equal(isDownloadOver(state), false)
      if (sources.length === 0) continue
      assert.deepEqual([sources[0]?.url, sources[0]?.why], ['http://empty/film', 'broken'])
      break
    }
    assert(!signal.aborted, 'it is never told')
    await downloads.end(ANA, id)
  }))

test('what is no address of the web is refused, not waited for', () =>
  inWorld(async ({ ring }) => {
    const { downloads } = ring.service
    for (const [url, code] of [
      ['file:///etc/passwd', 'URL_SCHEME'],
      ['javascript:alert(1)', 'URL_SCHEME'],
      ['http://a:b@c/', 'URL_USERINFO'],
      ['http://[::1', 'URL_MALFORMED'],
    ] as const) {
      await assert.rejects(downloads.begin(ANA, { name: 'film', url }), { code })
    }
    assert.deepEqual(await downloads.list(ANA), { items: [] })
  }))

/** A clock on which long times pass at once. */
function hurried(): Clock {
  const real = platformClock()
  return { ...real, after: (ms, run) => real.after(ms >= SILENT_MS ? 50 : ms, run) }
}

async function withServer(answer: string, run: (url: string) => Promise<void>): Promise<void> {
  const server: TcpServer = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert(typeof address === 'object' && address !== null)
  try {
    await run(`http://127.0.0.1:${address.port}/film`)
  } finally {
    server.close()
    await once(server, 'close')
  }
}

const GATE = {
  admit: async () => [{ address: '127.0.0.1', family: 4 as const }],
  confirm: () => undefined,
}

test('a redirect whose body never comes is waited for no longer than any other, and closed', () =>
  withServer('HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 10\r\n\r\n', async (url) => {
    const parts = { clock: hurried(), http: createPlatformHttp(), gate: GATE, agent: 'test' }
    const client = new SourceClient(new CheckedHttp(parts))
    const asked = client.head(url, new AbortController().signal)
    await assert.rejects(asked, (thrown) => {
      return thrown instanceof SourceFailure && thrown.why === 'silent'
    })
    // The server is closed once its connections are.
  }))

test('who answers from where nobody may be asked is not left connected', () =>
  withServer('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', async (url) => {
    const confirm = (): void => {
      throw new AnilloError('ADDRESS_FORBIDDEN', { host: '127.0.0.1', address: '127.0.0.1' })
    }
    const gate = { ...GATE, confirm }
    const parts = { clock: platformClock(), http: createPlatformHttp(), gate, agent: 'test' }
    const asked = new SourceClient(new CheckedHttp(parts)).head(url, new AbortController().signal)
    await assert.rejects(asked, (thrown) => {
      return thrown instanceof SourceFailure && thrown.why === 'forbidden'
    })
    // The server is closed once its connections are.
  }))
