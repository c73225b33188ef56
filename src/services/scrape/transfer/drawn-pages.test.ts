import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { present } from '../../../base/assert.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { unzipped } from '../../../effects/unzip.test-helper.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { collected, gathered, inPieces } from '../archive/archive.test-helper.ts'
import { cdxLine, indexWarc, sortedLines } from '../archive/cdxj.ts'
import { renderIn } from '../archive/drawn-records.ts'
import { fieldOf } from '../archive/fields.ts'
import { readWarc } from '../archive/warc-reader.ts'
import { sinceOf } from '../pages/page-record.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { Archive } from '../versions/archive.ts'
import { CRAWL_ID, FIRST_MS, NEVER, Shelf } from './shelf.test-helper.ts'

const BAY = 'https://bay.example/'
const MOVED = `${BAY}moved`
const LATER_MS = FIRST_MS + 3_600_000
const ASKED = { mayGoOn: async () => undefined, signal: NEVER }
const BYTES_MAX = 1e9

/** One that was drawn and painted, one that was led elsewhere and not painted, one of neither. */
async function bay(): Promise<Shelf> {
  const shelf = new Shelf()
  const page = await shelf.crawl({ url: BAY, text: '<script>draw()</script>' })
  await shelf.draw(page, { html: '<h1>The bay</h1>', picture: 'painted' })
  const redirects = [{ status: 301, url: `${BAY}home` }]
  const moved = await shelf.crawl({ url: MOVED, text: '<script>home()</script>', redirects })
  await shelf.draw(moved, { html: '<h1>Home</h1>' })
  await shelf.crawl({ url: `${BAY}plain`, text: 'plain' })
  return shelf
}

async function exported({ transfer }: Shelf, format: 'warc' | 'wacz' | 'cdxj' = 'warc') {
  return collected(
    present(await transfer.exporter.crawl(CRAWL_ID, format, NEVER), 'the crawl').bytes,
  )
}

function imported({ transfer }: Shelf, bytes: Uint8Array) {
  return transfer.importer.import(inPieces(bytes), ASKED)
}

async function drawnOn(shelf: Shelf, url: string, instant?: string) {
  const id = pageIdOf(canonicalUrl(url))
  const archive = new Archive(shelf.store)
  const version = await archive.at(id, instant ?? '9999-01-01T00:00:00.000Z', { signal: NEVER })
  const page = present(version, 'the version').page
  const kept = await shelf.renders.get(id, sinceOf(page))
  if (kept === undefined) return undefined
  const picture = kept.screenshot()
  const texts = [kept.html(), ...(picture === undefined ? [] : [picture])].map(async (part) =>
    Buffer.from(await collected(part)).toString(),
  )
  return { render: kept.render, page, texts: await Promise.all(texts) }
}

test('what a browser drew stands behind its page: the document, then the picture', async () => {
  const told: string[] = []
  let last: string | undefined
  const bytes = await exported(await bay())
  for await (const record of readWarc(inPieces(bytes), platformGzip, { bytesMax: BYTES_MAX })) {
    const { fields, type, url } = record
    if (type === 'response') last = fieldOf(fields, 'WARC-Record-ID')
    if (type !== 'resource') continue
    assert.equal(fieldOf(fields, 'WARC-Concurrent-To'), last)
    assert.equal(fieldOf(fields, 'WARC-Date'), '2026-11-20T12:00:01.000Z')
    const text = Buffer.from(await collected(record.block)).toString()
    assert.equal(fieldOf(fields, 'WARC-Payload-Digest'), `sha256:${sha256Hex(text)}`)
    told.push([url, fieldOf(fields, 'Content-Type'), text].join(' '))
    const render = renderIn(fields)
    assert.equal(render?.browser, url?.startsWith('urn:dom:') === true ? 'Chrome 150' : undefined)
  }
  assert.deepEqual(told, [
    `urn:dom:${BAY} text/html; charset=utf-8 <h1>The bay</h1>`,
    `urn:fullPage:${BAY} image/webp painted`,
    `urn:dom:${BAY}home text/html; charset=utf-8 <h1>Home</h1>`,
  ])
})

test('indexes name what was drawn, where anyone who indexes the archive finds it', async () => {
  const shelf = await bay()
  const filename = `anillo-crawl-${CRAWL_ID}.warc.gz`
  const source = inPieces(await exported(shelf))
  const bounds = { bytesMax: BYTES_MAX, filename }
  const found = await gathered(indexWarc(source, platformGzip, bounds))
  const index = Buffer.from(await exported(shelf, 'cdxj')).toString()
  assert.equal(index, `${sortedLines(found.map(cdxLine)).join('\n')}\n`)
  assert.match(index, /^urn:fullpage:https:\/\/bay\.example .*"mime":"image\/webp"/m)
  const files = unzipped(await exported(shelf, 'wacz'))
  const list = files.find(({ name }) => name === 'pages/pages.jsonl')
  const pages = Buffer.from(present(list, 'the list of pages').bytes).toString()
  assert.doesNotMatch(pages, /urn:/)
})

test('an empty ring has it back, and gives the same of it', async () => {
  const shelf = await bay()
  const other = new Shelf()
  const { pages, passedOver, renders } = await imported(other, await exported(shelf))
  // The first record, and the facts of three pages.
  assert.deepEqual({ pages, passedOver, renders }, { pages: 3, passedOver: 4, renders: 2 })
  const drawn = present(await drawnOn(other, BAY), 'what was drawn')
  assert.deepEqual(drawn.texts, ['<h1>The bay</h1>', 'painted'])
  assert.equal(drawn.render.by, 'import')
  assert.equal(drawn.render.since, sinceOf(drawn.page))
  assert.equal(drawn.render.refusals.length, 1)
  const moved = present(await drawnOn(other, MOVED), 'what was drawn')
  assert.deepEqual(moved.texts, ['<h1>Home</h1>'])
  assert.equal(moved.render.screenshot, null)
  assert.equal(await drawnOn(other, `${BAY}plain`), undefined)
})

test('imported where it is held, it comes beside that version, and takes the place of none', async () => {
  const shelf = await bay()
  const archive = await exported(shelf)
  const other = new Shelf()
  const page = await other.keep({ url: BAY, text: '<script>draw()</script>' })
  await other.keep({ url: BAY, text: 'drained', atMs: LATER_MS })
  assert.equal((await imported(other, archive)).renders, 2)
  const at = page.fetchedAt
  assert.deepEqual((await drawnOn(other, BAY, at))?.texts, ['<h1>The bay</h1>', 'painted'])
  assert.equal(await drawnOn(other, BAY), undefined)
  const again = await imported(other, archive)
  assert.deepEqual([again.pages, again.same, again.renders], [0, 3, 0])
})

test('a document, or a picture, that is not what its record says is passed over', async () => {
  const plain = gunzipSync(await exported(await bay()))
  const other = new Shelf()
  const told = await imported(other, changed(plain, '<h1>The bay</h1>', '<h1>The day</h1>'))
  // The picture of a document that was not taken is none of its page.
  assert.deepEqual([told.pages, told.renders, told.passedOver], [3, 1, 6])
  assert.equal(await drawnOn(other, BAY), undefined)
  const third = new Shelf()
  const { renders } = await imported(third, changed(plain, 'painted', 'spoiled'))
  assert.equal(renders, 2)
  const drawn = present(await drawnOn(third, BAY), 'what was drawn')
  assert.deepEqual([drawn.texts.length, drawn.render.screenshot], [1, null])
})

test('of an archive that is cut, what was drawn before the cut is kept', async () => {
  const plain = gunzipSync(await exported(await bay()))
  const other = new Shelf()
  const cut = plain.subarray(0, Buffer.from(plain).indexOf('painted') + 3)
  await assert.rejects(imported(other, cut), { code: 'ARCHIVE_BROKEN' })
  assert.deepEqual((await drawnOn(other, BAY))?.texts, ['<h1>The bay</h1>'])
})

function changed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  assert.equal(text.split(from).length, 2)
  return Buffer.from(text.replace(from, to), 'latin1')
}
