import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { unzipped } from '../../../effects/unzip.test-helper.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../../../wire/export-formats.ts'
import { collected, gathered, inPieces } from '../archive/archive.test-helper.ts'
import type { ExportRow } from '../archive/export-row.ts'
import { fieldOf } from '../archive/fields.ts'
import { readAnswer } from '../archive/http-answer.ts'
import { readWarc } from '../archive/warc-reader.ts'
import { LOGGED_BEHIND_MS_MAX } from './limits.ts'
import { resumedAt } from './resumed-export.ts'
import { CRAWL_ID, FIRST_MS, NEVER, Shelf } from './shelf.test-helper.ts'

const BAY = 'https://bay.example/'
const LATER_MS = FIRST_MS + 3_600_000
const BYTES_MAX = 1e9
const NUMBERS = Array.from({ length: 60_000 }, (_, number) => number).join()

async function bay(): Promise<Shelf> {
  const shelf = new Shelf()
  await shelf.crawl({ url: BAY, text: '<title>The bay</title>' })
  await shelf.crawl({ url: `${BAY}same`, text: '<title>The bay</title>' })
  await shelf.crawl({ url: `${BAY}large`, text: NUMBERS })
  const to = `${BAY}new`
  await shelf.crawl({ url: `${BAY}old`, text: 'moved', redirects: [{ status: 301, url: to }] })
  shelf.rows.push({
    url: `${BAY}lost`,
    id: 'f'.repeat(64),
    state: 'failed',
    depth: 1,
    tries: 4,
    code: 'FETCH_TIMEOUT',
  })
  return shelf
}

async function exported({ transfer }: Shelf, format: ExportFormat): Promise<Uint8Array> {
  const file = present(await transfer.exporter.crawl(CRAWL_ID, format, NEVER), 'the crawl')
  return collected(file.bytes)
}

async function answersIn(warc: Uint8Array): Promise<string[]> {
  const unpack = platformUnpack
  const told: string[] = []
  for await (const record of readWarc(inPieces(warc), platformGzip, { bytesMax: BYTES_MAX })) {
    if (record.type !== 'response' && record.type !== 'revisit') continue
    const answer = present(await readAnswer(record, unpack), 'an answer')
    const body = await collected(answer.body)
    const text = body.length > 100 ? sha256Hex(body) : Buffer.from(body).toString()
    told.push([record.type, answer.status, record.url, text].join(' '))
  }
  return told
}

test('a crawl is exported as it got its pages, in the order of its addresses', async () => {
  const shelf = await bay()
  const large = present(shelf.rows[2]?.hash, 'hash')
  const wanted = [
    `response 200 ${BAY} <title>The bay</title>`,
    `revisit 200 ${BAY}same `,
    `response 200 ${BAY}large ${large}`,
    `response 301 ${BAY}old `,
    `response 200 ${BAY}new moved`,
  ]
  const before = await exported(shelf, 'warc')
  assert.deepEqual(await answersIn(before), wanted)
  // What became of the pages since is not what the crawl got.
  await shelf.keep({ url: BAY, text: 'drained', atMs: LATER_MS })
  await shelf.keep({ url: `${BAY}same`, text: 'drained', atMs: LATER_MS })
  assert.deepEqual(await answersIn(await exported(shelf, 'warc')), wanted)
})

test('a page is dated as it was downloaded, though the crawl’s clock was behind, and as it was got', async () => {
  const shelf = new Shelf()
  const page = await shelf.crawl({ url: BAY, text: 'calm' })
  const [row] = shelf.rows.splice(0)
  const datesWith = async (behindMs: number): Promise<string[]> => {
    const at = new Date(Date.parse(page.fetchedAt) - behindMs).toISOString()
    shelf.rows.splice(0, 1, { ...present(row, 'the row'), at })
    const text = Buffer.from(await exported(shelf, 'cdxj')).toString()
    return [...text.matchAll(/ (\d{14}) \{/g)].map(([, date = '']) => date)
  }
  assert.deepEqual(await datesWith(LOGGED_BEHIND_MS_MAX), ['20261121100000'])
  assert.deepEqual(await datesWith(LOGGED_BEHIND_MS_MAX + 1), ['20261121095949'])
})

test('the same pages give the same bytes, in each format', async () => {
  const shelf = await bay()
  const other = await bay()
  for (const format of EXPORT_FORMATS) {
    const bytes = await exported(shelf, format)
    assert.ok(bytes.length > 100, format)
    assert.equal(sha256Hex(bytes), sha256Hex(await exported(shelf, format)), format)
    assert.equal(sha256Hex(bytes), sha256Hex(await exported(other, format)), format)
  }
})

test('an index and a WACZ speak of the WARC that is exported', async () => {
  const shelf = await bay()
  const warc = await exported(shelf, 'warc')
  const index = Buffer.from(await exported(shelf, 'cdxj')).toString()
  const lines = index.trimEnd().split('\n')
  assert.equal(lines.length, 5)
  for (const text of lines) {
    const { filename, length, offset, url } = JSON.parse(text.split(' ').slice(2).join(' '))
    assert.equal(filename, `anillo-crawl-${CRAWL_ID}.warc.gz`)
    const record = warc.subarray(Number(offset), Number(offset) + Number(length))
    const [read] = await gathered(readWarc(inPieces(record), platformGzip, { bytesMax: BYTES_MAX }))
    assert.equal(read?.url, url)
  }
  const files = unzipped(await exported(shelf, 'wacz'))
  const inside = present(
    files.find(({ name }) => name === 'archive/data.warc.gz'),
    'the WARC',
  )
  assert.deepEqual(await answersIn(inside.bytes), await answersIn(warc))
})

test('pages that failed are in rows with their code, and in no archive', async () => {
  const shelf = await bay()
  const rows = Buffer.from(await exported(shelf, 'jsonl'))
    .toString()
    .trimEnd()
    .split('\n')
  assert.deepEqual(JSON.parse(rows.at(-1) ?? ''), shelf.rows.at(-1))
  const csv = Buffer.from(await exported(shelf, 'csv')).toString()
  assert.match(csv, /lost,f{64},failed,1,4,,FETCH_TIMEOUT,/)
  assert.ok(!(await answersIn(await exported(shelf, 'warc'))).join().includes('lost'))
})

test('content that is lost is missing by name, and does not end the export', async () => {
  const shelf = await bay()
  shelf.chunks.held.clear()
  const warc = await exported(shelf, 'warc')
  assert.equal((await answersIn(warc)).length, 4)
  const records = await gathered(readWarc(inPieces(warc), platformGzip, { bytesMax: BYTES_MAX }))
  const missing = records.filter(({ type, url }) => type === 'metadata' && url === `${BAY}large`)
  assert.equal(missing.length, 1)
})

test('what several members saw stands beside the page, byte for byte, and changes no import', async () => {
  const shelf = new Shelf()
  const testimony = '{ "what": "several saw" }\n'
  await shelf.crawl({ url: BAY, text: 'high water', testimony })
  await shelf.crawl({ url: `${BAY}alone`, text: 'low water' })
  for (const bytes of [await exported(shelf, 'warc'), await heldWarc(shelf)]) {
    const blocks = new Map<string, string>()
    const ids = new Map<string, string>()
    let refersTo: string | undefined
    for await (const record of readWarc(inPieces(bytes), platformGzip, { bytesMax: BYTES_MAX })) {
      const { fields, type, url = '' } = record
      if (type === 'response') ids.set(url, fieldOf(fields, 'WARC-Record-ID') ?? '')
      if (!url.startsWith('urn:testimony:')) continue
      refersTo = fieldOf(fields, 'WARC-Refers-To')
      blocks.set(url, Buffer.from(await collected(record.block)).toString())
    }
    assert.deepEqual([...blocks], [[`urn:testimony:${BAY}`, testimony]])
    assert.equal(refersTo, ids.get(BAY))
    const { transfer } = new Shelf()
    const result = await transfer.importer.import(inPieces(bytes), {
      mayGoOn: async () => undefined,
      signal: NEVER,
    })
    assert.equal(result.pages, 2)
  }
})

async function heldWarc({ transfer }: Shelf): Promise<Uint8Array> {
  return collected(transfer.exporter.pages({}, 'warc', NEVER).bytes)
}

test('an export that broke off goes on behind what is there, wherever that ends', async () => {
  const shelf = await bay()
  for (const format of EXPORT_FORMATS) {
    const bytes = await exported(shelf, format)
    for (const from of [1, 17, Math.floor(bytes.length / 2), bytes.length]) {
      const file = present(await shelf.transfer.exporter.crawl(CRAWL_ID, format, NEVER), 'crawl')
      const sha256 = sha256Hex(bytes.subarray(0, from))
      const rest = await collected(await resumedAt(file.bytes, { from, sha256 }))
      assert.deepEqual(rest, bytes.subarray(from), `${format} from ${String(from)}`)
    }
  }
})

test('an export that begins otherwise by now, or is shorter, is not gone on with', async () => {
  const shelf = await bay()
  const bytes = await exported(shelf, 'warc')
  const points = [
    { from: 10, sha256: 'a'.repeat(64) },
    { from: bytes.length + 1, sha256: sha256Hex(bytes) },
  ]
  for (const point of points) {
    const file = present(await shelf.transfer.exporter.crawl(CRAWL_ID, 'warc', NEVER), 'crawl')
    await assert.rejects(resumedAt(file.bytes, point), (thrown: unknown) => {
      return isAnilloError(thrown, 'EXPORT_CHANGED')
    })
  }
})

test('pages held are listed and exported by host, by address, by how it begins', async () => {
  const shelf = new Shelf()
  const urls = ['https://a.example/x/1', 'https://a.example/y/2', 'https://b.example/x/3']
  for (const url of urls) await shelf.keep({ url, text: url })
  await shelf.fail('https://b.example/lost', new AnilloError('HOST_UNKNOWN', { host: 'b.example' }))
  const { exporter, held } = shelf.transfer
  const listed = async (filter: object): Promise<string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await held.list({ ...filter, limit: 1, cursor }, NEVER)
      found.push(...page.items.map(({ url }) => url))
      cursor = page.cursor
    } while (cursor !== undefined)
    return found.toSorted()
  }
  assert.deepEqual(await listed({ host: 'A.example' }), urls.slice(0, 2))
  assert.deepEqual(await listed({ prefix: 'https://a.example/x' }), urls.slice(0, 1))
  assert.deepEqual(await listed({ url: 'a.example/x/1' }), urls.slice(0, 1))
  assert.equal((await listed({})).length, 4)
  const rows = await collected(exporter.pages({ host: 'b.example' }, 'csv', NEVER).bytes)
  assert.match(Buffer.from(rows).toString(), /lost,.*,failed,0,1,,HOST_UNKNOWN/)
  const warc = await collected(exporter.pages({ host: 'b.example' }, 'warc', NEVER).bytes)
  assert.deepEqual(await answersIn(warc), [`response 200 ${urls[2]} ${urls[2]}`])
  assert.throws(() => exporter.pages({ url: 'ftp://x' }, 'csv', NEVER), { code: 'URL_SCHEME' })
})

const PRICE = { fields: { price: '.price', sizes: { selector: 'li', all: true } }, text: true }

/** Its prices change once the crawl is over; one of its pages is gone. */
async function shop(): Promise<Shelf> {
  const shelf = new Shelf()
  shelf.wanted = { extract: PRICE }
  await shelf.crawl({ url: BAY, text: '<p class=price>=1+1</p><ul><li>S<li>M</ul>' })
  await shelf.crawl({ url: `${BAY}none`, text: '<p>nothing for sale' })
  await shelf.keep({ url: BAY, text: '<p class=price>9', atMs: LATER_MS })
  const gone = { url: `${BAY}gone`, id: 'e'.repeat(64), hash: 'e'.repeat(64), status: 200 }
  shelf.rows.push({ ...gone, state: 'done', depth: 1, tries: 1 })
  const failed = { url: `${BAY}lost`, id: 'f'.repeat(64), code: 'FETCH_TIMEOUT' }
  shelf.rows.push({ ...failed, state: 'failed', depth: 1, tries: 4 })
  return shelf
}

const textOf = async (shelf: Shelf, format: ExportFormat): Promise<string> =>
  Buffer.from(await exported(shelf, format)).toString()

test('a crawl that extracts is exported with what it extracts from what it got', async () => {
  const lines = (await textOf(await shop(), 'jsonl')).trimEnd().split('\n')
  const rows = lines.map((line): ExportRow => JSON.parse(line))
  const [first, second, gone, failed] = rows
  assert.equal(rows.length, 4)
  assert.deepEqual(first?.extracted?.fields, { price: '=1+1', sizes: ['S', 'M'] })
  assert.deepEqual(second?.extracted?.fields, { price: null, sizes: [] })
  assert.equal(Reflect.has(first?.extracted ?? {}, 'hash'), false, 'the line has it')
  assert.deepEqual([gone?.extracted, gone?.notExtracted], [undefined, 'NOT_FOUND'])
  assert.deepEqual([failed?.extracted, failed?.notExtracted], [undefined, undefined])
})

test('as CSV each field has a column of its own, and is no formula there', async () => {
  const [header = '', first = '', , gone = ''] = (await textOf(await shop(), 'csv')).split('\r\n')
  const names = 'extracted.fields.price,extracted.fields.sizes,extracted.text,notExtracted'
  assert.ok(header.endsWith(`,isResource,${names}`), header)
  assert.ok(first.includes(`,'=1+1,"[""S"",""M""]",`), first)
  assert.ok(gone.endsWith(',NOT_FOUND'), gone)
})

test('what is extracted is gone on with where an export broke off', async () => {
  const shelf = await shop()
  const whole = await exported(shelf, 'jsonl')
  const from = Math.floor(whole.length / 2)
  const sha256 = sha256Hex(whole.slice(0, from))
  const file = present(await shelf.transfer.exporter.crawl(CRAWL_ID, 'jsonl', NEVER), 'the crawl')
  const rest = await collected(await resumedAt(file.bytes, { from, sha256 }))
  assert.deepEqual(rest, whole.slice(from))
})

test('a crawl that extracts nothing has no line and no column for it', async () => {
  const shelf = await bay()
  assert.doesNotMatch(await textOf(shelf, 'jsonl'), /xtracted/)
  assert.doesNotMatch(await textOf(shelf, 'csv'), /xtracted/)
})
