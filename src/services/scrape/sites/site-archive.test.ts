import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, HOUR_MS } from '../../../base/limits.ts'
import { OLDER_VERSIONS_MAX } from '../limits.ts'
import { FIRST_MS, Shelf } from '../transfer/shelf.test-helper.ts'
import { Archive } from '../versions/archive.ts'
import { SiteArchive } from './site-archive.ts'

const HOST = 'bay.example'
const URL_A = `https://${HOST}/a`

class SiteShelf extends Shelf {
  readonly archive = new Archive(this.store)
  readonly sites = new SiteArchive(this.store, this.archive)

  async pages(time: string, host = HOST): Promise<string[]> {
    const found: string[] = []
    for await (const page of this.sites.pages(host, time)) {
      found.push(`${new URL(page.url).pathname} ${await this.text(page)}`)
    }
    return found.toSorted()
  }

  async text(page: Parameters<SiteArchive['body']>[0]): Promise<string | undefined> {
    const body = await this.sites.body(page)
    if (body === undefined) return undefined
    const pieces: Uint8Array[] = []
    for await (const piece of body) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    assert.deepEqual([page.bytes, page.hash], [bytes.length, sha256Hex(bytes)])
    return bytes.toString()
  }

  async times(host = HOST): Promise<string[]> {
    return distinct(this.sites.times(host))
  }

  /** Of the archive, in clear on the disk. */
  async keys(): Promise<string[]> {
    const keys: string[] = []
    for (let head = 0; head < 256; head++) {
      const pk = head.toString(16).padStart(2, '0')
      const { items } = await this.records.list({ table: 'pages', pk, limit: 1_000 })
      keys.push(...items.map(({ sk }) => sk))
    }
    return keys
  }
}

async function distinct(texts: AsyncIterable<string>): Promise<string[]> {
  const found = new Set<string>()
  for await (const text of texts) found.add(text)
  return [...found].toSorted()
}

test('pages are told by host, and by the days on which their contents came', async () => {
  const shelf = new SiteShelf()
  for (const [path, text, atMs] of [
    ['a', 'one', 0],
    ['b', 'same', 0],
    ['a', 'two', DAY_MS],
    ['a', 'three', DAY_MS + HOUR_MS],
    ['b', 'same', DAY_MS],
  ] as const) {
    await shelf.keep({ url: `https://${HOST}/${path}`, text, atMs: FIRST_MS + atMs })
  }
  await shelf.keep({ url: 'http://localhost:8000/x', text: 'here' })
  assert.deepEqual(await distinct(shelf.sites.hosts()), [HOST, 'localhost:8000'])
  assert.deepEqual(await shelf.times(), ['2026-11-21', '2026-11-22', 'latest'])
  assert.deepEqual(await shelf.times('nobody.example'), [])
  assert.deepEqual(await shelf.pages('latest'), ['/a three', '/b same'])
  assert.deepEqual(await shelf.pages('2026-11-21'), ['/a one', '/b same'])
  assert.deepEqual(await shelf.pages('2026-11-22'), ['/a three'])
  assert.deepEqual(await shelf.pages('2026-11'), [])
  assert.deepEqual(await shelf.pages('latest', 'localhost:8000'), ['/x here'])
  const found = await shelf.sites.page({ url: URL_A, time: '2026-11-21' })
  assert.equal(await shelf.text(present(found, 'a page')), 'one')
  const { id } = present(found, 'a page')
  const byId = await shelf.sites.pageOf({ host: HOST, time: 'latest', id })
  assert.equal(await shelf.text(present(byId, 'a page')), 'three')
  for (const url of ['https://[/', `https://${HOST}/a/../a`, `https://${HOST}/c`, 'ftp://a/b']) {
    assert.equal(await shelf.sites.page({ url, time: 'latest' }), undefined, url)
  }
  assert.ok((await shelf.keys()).every((key) => !key.includes('bay') && !key.includes('localhost')))
})

test('of a page that is taken away nothing is told any more', async () => {
  const shelf = new SiteShelf()
  await shelf.keep({ url: URL_A, text: 'one' })
  const { id } = await shelf.keep({ url: URL_A, text: 'two', atMs: FIRST_MS + DAY_MS })
  const page = present(await shelf.sites.page({ url: URL_A, time: 'latest' }), 'a page')
  await shelf.archive.remove(id)
  assert.deepEqual(await distinct(shelf.sites.hosts()), [])
  assert.deepEqual(await shelf.times(), [])
  assert.deepEqual(await shelf.keys(), [])
  assert.equal(await shelf.sites.body(page), undefined)
})

test('a version that goes for being the oldest leaves its day to others of it', async () => {
  const shelf = new SiteShelf()
  for (let at = 0; at <= OLDER_VERSIONS_MAX + 1; at++) {
    // Two on the first day, one on each other.
    const atMs = FIRST_MS + Math.max(0, at - 1) * DAY_MS + at * 1_000
    await shelf.keep({ url: URL_A, text: `${at}`, atMs })
  }
  assert.deepEqual(await shelf.pages('2026-11-21'), ['/a 1'])
  const last = OLDER_VERSIONS_MAX + 2
  await shelf.keep({ url: URL_A, text: 'last', atMs: FIRST_MS + last * DAY_MS })
  assert.deepEqual(await shelf.pages('2026-11-21'), [])
  assert.equal((await shelf.times()).includes('2026-11-21'), false)
  assert.deepEqual(await shelf.pages('2026-11-22'), ['/a 2'])
})

test('a version that is kept beside the page stands at its day, unless a later one does', async () => {
  const shelf = new SiteShelf()
  const { id } = await shelf.keep({ url: URL_A, text: 'now', atMs: FIRST_MS })
  for (const [text, atMs] of [
    ['before', -2 * DAY_MS],
    ['same day', -HOUR_MS],
  ] as const) {
    const before = present(await shelf.table.get(id), 'the page')
    const page = present(before.record.page, 'a page')
    const bytes = utf8(text)
    const at = new Date(FIRST_MS + atMs).toISOString()
    const facts = { bytes: bytes.length, hash: sha256Hex(bytes), fetchedAt: at, since: at }
    const record = { ...before.record, page: { ...page, ...facts, importedAt: at } }
    const version = { record, body: { kind: 'here', bytes } as const }
    const upload = shelf.table.upload(id)
    const isKept = await shelf.table.keepBeside({ id, fence: undefined }, version, {
      before,
      upload,
      isOrdered: false,
    })
    assert.ok(isKept)
  }
  assert.deepEqual(await shelf.times(), ['2026-11-19', '2026-11-21', 'latest'])
  assert.deepEqual(await shelf.pages('2026-11-19'), ['/a before'])
  assert.deepEqual(await shelf.pages('2026-11-21'), ['/a now'])
})

test('many pages and hosts are told whole', async () => {
  const shelf = new SiteShelf()
  for (let at = 0; at < 700; at++) {
    await shelf.keep({ url: `https://${HOST}/${at}`, text: `${at}`, atMs: FIRST_MS })
  }
  for (let at = 0; at < 60; at++) await shelf.keep({ url: `https://h${at}.example/`, text: 'x' })
  assert.equal((await shelf.pages('latest')).length, 700)
  assert.equal((await distinct(shelf.sites.hosts())).length, 61)
})
