import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { concat, utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, MIB } from '../../../base/limits.ts'
import type { ImportResult } from '../../../wire/api-archives.ts'
import { collected, inPieces } from '../archive/archive.test-helper.ts'
import { verdictOn } from '../pages/page-record.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { Archive } from '../versions/archive.ts'
import { IMPORTED_BY } from './imports.ts'
import { FIRST_MS, NEVER, Shelf } from './shelf.test-helper.ts'

const BAY = 'https://bay.example/'
const HOUR_MS = 3_600_000
const DATE = new Date(FIRST_MS).toISOString()
const ASKED = { mayGoOn: async () => undefined, signal: NEVER }

function imported({ transfer }: Shelf, bytes: Uint8Array): Promise<ImportResult> {
  return transfer.importer.import(inPieces(bytes, 50_000), ASKED)
}

async function exported({ transfer }: Shelf, format: 'warc' | 'jsonl' = 'warc') {
  return collected(transfer.exporter.pages({}, format, NEVER).bytes)
}

async function heldOn(shelf: Shelf, url: string) {
  return (await shelf.table.get(pageIdOf(canonicalUrl(url))))?.record.page
}

interface Written {
  readonly url?: string
  readonly type?: string
  readonly date?: string
  readonly head?: string
  readonly body?: Uint8Array | string
  readonly fields?: readonly string[]
  readonly length?: number
}

/** As somebody else writes it. */
function record({ body = '', date = DATE, fields = [], head, length, type, url }: Written) {
  const http = head ?? 'HTTP/1.1 200 OK\r\nContent-Type: text/html'
  const block = concat([utf8(`${http}\r\n\r\n`), typeof body === 'string' ? utf8(body) : body])
  const lines = [
    'WARC/1.0',
    `WARC-Type: ${type ?? 'response'}`,
    `WARC-Target-URI: ${url ?? BAY}`,
    `WARC-Date: ${date}`,
    'Content-Type: application/http; msgtype=response',
    ...fields,
    `Content-Length: ${String(length ?? block.length)}`,
  ]
  return concat([utf8(`${lines.join('\r\n')}\r\n\r\n`), block, utf8('\r\n\r\n')])
}

function packed(...records: readonly Uint8Array[]): Uint8Array {
  return concat(records.map((each) => gzipSync(each)))
}

async function bay(): Promise<Shelf> {
  const shelf = new Shelf()
  const numbers = Array.from({ length: 60_000 }, (_, number) => number).join()
  await shelf.keep({ url: BAY, text: '<title>The bay</title>' })
  await shelf.keep({ url: `${BAY}same`, text: '<title>The bay</title>' })
  await shelf.keep({ url: `${BAY}large`, text: numbers })
  await shelf.keep({ url: `${BAY}empty`, text: '' })
  await shelf.keep({ url: `${BAY}gone`, text: 'gone', status: 404 })
  const hops = [
    { status: 302, url: `${BAY}b` },
    { status: 301, url: `${BAY}c` },
  ]
  await shelf.keep({ url: `${BAY}a`, text: 'moved', redirects: hops })
  return shelf
}

test('what is exported is imported as the same pages, and twice changes nothing', async () => {
  const from = await bay()
  const into = new Shelf()
  const warc = await exported(from)
  const first = await imported(into, warc)
  assert.deepEqual({ ...first, passedOver: 0 }, told({ pages: 6, bytes: warc.length }))
  assert.deepEqual(await exported(into, 'jsonl'), await exported(from, 'jsonl'))
  const page = present(await heldOn(into, `${BAY}a`), 'the page')
  const original = present(await heldOn(from, `${BAY}a`), 'the page')
  assert.equal(page.fetchedBy.name, IMPORTED_BY)
  const { fetchedBy: _by, importedAt: _at, headers: _headers, ...facts } = page
  const { fetchedBy: _from, headers: _sent, ...wanted } = original
  assert.deepEqual(facts, wanted)
  const before = into.records.contents
  const again = await imported(into, warc)
  assert.deepEqual({ ...again, passedOver: 0 }, told({ same: 6, bytes: warc.length }))
  assert.equal(into.records.contents, before)
})

test('captures of one page are its versions, in whatever order they come', async () => {
  const shelf = new Shelf()
  const at = (hours: number, body: string): Uint8Array =>
    record({ date: new Date(FIRST_MS + hours * HOUR_MS).toISOString(), body })
  await shelf.keep({ url: BAY, text: 'of the site', atMs: FIRST_MS + 2 * HOUR_MS })
  const warc = packed(at(3, 'third'), at(1, 'first'), at(0, 'zeroth'), at(3.5, 'third'))
  assert.deepEqual(
    told({ ...(await imported(shelf, warc)) }),
    told({ pages: 4, bytes: warc.length }),
  )
  const archive = new Archive(shelf.store)
  const id = pageIdOf(canonicalUrl(BAY))
  const { items } = await archive.versions(id)
  assert.deepEqual(
    items.map(({ hash }) => hash),
    ['third', 'of the site', 'first', 'zeroth'].map((text) => sha256Hex(text)),
  )
  assert.equal((await imported(shelf, warc)).same, 4)
  const then = await archive.at(id, new Date(FIRST_MS + 1.5 * HOUR_MS).toISOString())
  assert.equal(Buffer.from(await collected(present(then, 'a version').body)).toString(), 'first')
})

test('a page that somebody imported is no answer of its site', async () => {
  const shelf = new Shelf()
  const nowMs = Date.now()
  await imported(shelf, packed(record({ date: new Date(nowMs).toISOString(), body: 'forged' })))
  const kept = await shelf.table.get(pageIdOf(canonicalUrl(BAY)))
  assert.equal(verdictOn(kept?.record, { nowMs, maxAgeMs: DAY_MS, defaultMs: DAY_MS }), 'none')
})

test('what others write is understood: packed bodies, revisits, redirects of their own', async () => {
  const shelf = new Shelf()
  const digest = ['WARC-Payload-Digest: sha1:ABC']
  const profile = 'http://netpreserve.org/warc/1.0/revisit/identical-payload-digest'
  const revisit = ['WARC-Payload-Digest: sha1:ABC', `WARC-Profile: ${profile}`]
  const gzipped = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip'
  const moved = `HTTP/1.1 301 Moved\r\nServer: x\r\nLocation: ${BAY}`
  const result = await imported(
    shelf,
    packed(
      record({ body: gzipSync('packed'), head: gzipped, fields: digest }),
      record({ url: `${BAY}again`, type: 'revisit', head: gzipped, fields: revisit }),
      record({ url: `${BAY}old`, head: moved }),
      record({ url: 'dns:bay.example', type: 'response', head: 'x' }),
      record({ type: 'request', head: 'GET / HTTP/1.1' }),
    ),
  )
  assert.deepEqual([result.pages, result.passedOver], [3, 2])
  assert.equal((await heldOn(shelf, BAY))?.hash, sha256Hex('packed'))
  assert.equal((await heldOn(shelf, `${BAY}again`))?.hash, sha256Hex('packed'))
  assert.equal((await heldOn(shelf, `${BAY}old`))?.status, 301)
  // Theirs leaves the ring, and comes back, as it is.
  const other = new Shelf()
  await imported(other, await exported(shelf))
  assert.deepEqual(await exported(other, 'jsonl'), await exported(shelf, 'jsonl'))
})

test('what cannot be kept is counted by why, and the rest is kept', async () => {
  const shelf = new Shelf()
  const zeros = gzipSync(new Uint8Array(4 * MIB))
  const gzipped = 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Encoding: gzip'
  const result = await imported(
    shelf,
    packed(
      record({ url: 'http://user:word@bay.example/' }),
      record({ url: `${BAY}${'x'.repeat(3_000)}` }),
      record({ date: '2199-01-01T00:00:00Z' }),
      record({ date: 'yesterday' }),
      record({ head: 'this is no answer' }),
      record({ head: `HTTP/1.1 200 OK\r\n${`A: ${'b'.repeat(60)}\r\n`.repeat(1_040)}` }),
      record({ head: gzipped, body: zeros }),
      record({ head: gzipped, body: gzipSync(gzipSync('twice')) }),
      record({ url: `${BAY}torn`, head: gzipped, body: zeros.subarray(0, 1_000) }),
      record({ url: `${BAY}html`, body: new Uint8Array(17 * MIB) }),
      record({ url: `${BAY}x`, type: 'revisit', fields: ['WARC-Profile: unknown'] }),
      record({ url: `${BAY}good`, body: 'good' }),
    ),
  )
  const refused = { url: 2, date: 2, notHttp: 2, bomb: 1, body: 1, tooLarge: 1, revisit: 1 }
  assert.deepEqual([result.refused, result.pages], [refused, 2])
  // Packed in itself, it is what it was.
  assert.equal((await heldOn(shelf, BAY))?.hash, sha256Hex(gzipSync('twice')))
  assert.equal((await heldOn(shelf, `${BAY}good`))?.hash, sha256Hex('good'))
})

test('of an archive that is damaged all before is kept, and the error tells how much', async () => {
  const good = [1, 2, 3].map((number) => packed(record({ url: `${BAY}${String(number)}` })))
  const whole = concat(good)
  const plain = concat([
    record({ url: `${BAY}1` }),
    record({ url: `${BAY}2`, length: 16 * 1_024 ** 3 }),
  ])
  const archives: readonly (readonly [Uint8Array, number, number])[] = [
    [whole.subarray(0, whole.length - 9), 2, whole.length - present(good[2], 'part').length],
    [concat([whole, utf8('garbage')]), 3, whole.length],
    [plain, 1, record({ url: `${BAY}1` }).length],
    [utf8('garbage'), 0, 0],
    [gzipSync(whole), 0, 0],
  ]
  for (const [bytes, pages, offset] of archives) {
    const shelf = new Shelf()
    const thrown = await imported(shelf, bytes).then(
      () => undefined,
      (error: unknown) => error,
    )
    assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), String(thrown))
    assert.deepEqual([thrown.details['pages'], thrown.details['offset']], [pages, offset])
    assert.equal((await shelf.transfer.held.list({ limit: 100 }, NEVER)).items.length, pages)
  }
})

test('whatever byte of an archive is another, or missing, what is kept is what was in it', async () => {
  const records = [1, 2, 3].map((number) =>
    record({ url: `${BAY}${String(number)}`, body: `page ${String(number)}` }),
  )
  const wanted = new Set(['page 1', 'page 2', 'page 3'].map((text) => sha256Hex(text)))
  const warc = packed(...records)
  const damage = fc.record({
    at: fc.nat(warc.length - 1),
    bits: fc.integer({ min: 1, max: 255 }),
    isCut: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, bits, isCut }) => {
      const bytes = warc.slice(0, isCut ? at : warc.length)
      if (!isCut) bytes[at] = (bytes[at] ?? 0) ^ bits
      const shelf = new Shelf()
      const told = await imported(shelf, bytes).then(
        ({ pages }) => pages,
        (thrown: unknown) => (isAnilloError(thrown) ? thrown.details['pages'] : thrown),
      )
      const { items } = await shelf.transfer.held.list({ limit: 100 }, NEVER)
      assert.equal(told, items.length)
      for (const { hash } of items) assert.ok(hash !== undefined && wanted.has(hash))
    }),
    { numRuns: 100 },
  )
})

test('a bomb, and a record that claims more than any may have, end the import', async () => {
  const shelf = new Shelf()
  const bomb = gzipSync(new Uint8Array(70 * MIB))
  await assert.rejects(imported(shelf, concat([packed(record({})), bomb])), {
    code: 'ARCHIVE_BROKEN',
  })
  const huge = record({ length: 17 * 1_024 ** 3 })
  await assert.rejects(imported(shelf, huge), { code: 'TOO_LARGE' })
  const one = gzipSync(record({ body: new Uint8Array(70 * MIB), url: `${BAY}zeros` }))
  await assert.rejects(imported(shelf, one), { code: 'TOO_LARGE' })
})

test('an import ends where its asker may no more, with what was kept', async () => {
  const shelf = new Shelf()
  let asked = 0
  const mayGoOn = async (): Promise<void> => {
    if (++asked > 2) throw new Error('logged out')
  }
  const warc = packed(...[1, 2, 3].map((number) => record({ url: `${BAY}${String(number)}` })))
  const importing = shelf.transfer.importer.import(inPieces(warc), { mayGoOn, signal: NEVER })
  await assert.rejects(importing)
  assert.equal((await shelf.transfer.held.list({ limit: 100 }, NEVER)).items.length, 2)
})

test('a page that is being downloaded is waited for, and both are kept', async () => {
  const shelf = new Shelf()
  const id = pageIdOf(canonicalUrl(BAY))
  const lease = present(await shelf.table.acquire(id), 'the lease')
  const importing = imported(shelf, packed(record({ body: 'of the archive' })))
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(await shelf.table.get(id), undefined)
  await shelf.table.release(lease)
  assert.equal((await importing).pages, 1)
})

test('a page of the next hour is refused: it would stay the newest', async () => {
  const date = new Date(Date.now() + HOUR_MS).toISOString()
  const { pages, refused } = await imported(new Shelf(), packed(record({ date })))
  assert.deepEqual([pages, refused], [0, { date: 1 }])
})

test('long digests of an archive are not held in memory', async () => {
  const count = 400
  const digest = 'x'.repeat(60_000)
  async function* records(): AsyncGenerator<Uint8Array> {
    for (let number = 0; number < count; number++) {
      const fields = [`WARC-Payload-Digest: md5:${String(number)}${digest}`]
      yield packed(record({ url: `${BAY}${String(number)}`, fields }))
    }
    collectGarbage()
    heldBytes = process.memoryUsage().heapUsed
  }
  collectGarbage()
  const beforeBytes = process.memoryUsage().heapUsed
  let heldBytes = Infinity
  const { pages } = await new Shelf().transfer.importer.import(records(), ASKED)
  assert.equal(pages, count)
  const perPage = (heldBytes - beforeBytes) / count
  assert.ok(perPage < 30_000, `${String(perPage)} bytes a page`)
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function told(result: Partial<ImportResult>): ImportResult {
  return { pages: 0, same: 0, refused: {}, passedOver: 0, renders: 0, bytes: 0, ...result }
}
