import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { SeededChance } from '../../../base/random.ts'
import { unzipped } from '../../../effects/unzip.test-helper.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { collected, DATE, inPieces } from './archive.test-helper.ts'
import { writeWacz } from './wacz.ts'
import type { ArchivedPage } from './warc-of-pages.ts'

const ABOUT = { title: 'The bay', createdAt: '2026-11-21T10:20:30Z', software: 'anillo/0.1.0' }

function tools() {
  const chance = new SeededChance(7)
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => chance.below(256))
  return { gzip: platformGzip, random: { bytes } }
}

function archived(url: string, text: string): ArchivedPage {
  const bytes = utf8(text)
  return {
    page: {
      id: sha256Hex(url),
      url,
      finalUrl: url,
      redirects: [],
      status: 200,
      statusText: 'OK',
      headers: [['content-type', 'text/html; charset=utf-8']],
      contentType: 'text/html',
      charset: 'utf-8',
      title: text === '' ? null : text,
      bytes: bytes.length,
      wireBytes: bytes.length,
      hash: sha256Hex(bytes),
      fetchedAt: DATE,
      durationMs: 12.3,
      remoteAddress: '192.0.2.1',
      fetchedBy: { id: '', address: '', name: 'ana', position: '' },
    },
    content: inPieces(bytes),
  }
}

async function* pages(): AsyncGenerator<ArchivedPage> {
  yield archived('https://example.org/flow', 'tides')
  yield archived('https://example.org/ebb', 'tides')
  const { page, content } = archived('https://example.org/', '')
  yield {
    page: { ...page, url: 'http://example.org/', redirects: [{ status: 301, url: page.url }] },
    content,
  }
}

async function filesOf(wacz: AsyncIterable<Uint8Array>): Promise<Map<string, Uint8Array>> {
  const files = unzipped(await collected(wacz))
  return new Map(files.map(({ name, bytes }) => [name, bytes]))
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

test('writeWacz() writes the files of WACZ 1.1.1, and describes each', async () => {
  const files = await filesOf(
    writeWacz(pages(), tools(), { ...ABOUT, mainPageUrl: 'https://x.test/' }),
  )
  assert.deepEqual(
    [...files.keys()],
    [
      'archive/data.warc.gz',
      'indexes/index.cdx.gz',
      'indexes/index.idx',
      'pages/pages.jsonl',
      'datapackage.json',
      'datapackage-digest.json',
    ],
  )
  const described: unknown = JSON.parse(textOf(files.get('datapackage.json')))
  const resources = [...files].slice(0, 4).map(([path, bytes]) => {
    const name = path.replace(/^.*\//, '')
    return { name, path, hash: `sha256:${sha256Hex(bytes)}`, bytes: bytes.length }
  })
  assert.deepEqual(described, {
    profile: 'data-package',
    wacz_version: '1.1.1',
    title: 'The bay',
    created: ABOUT.createdAt,
    modified: ABOUT.createdAt,
    software: 'anillo/0.1.0',
    mainPageUrl: 'https://x.test/',
    resources,
  })
  const hash = `sha256:${sha256Hex(files.get('datapackage.json') ?? utf8(''))}`
  assert.deepEqual(JSON.parse(textOf(files.get('datapackage-digest.json'))), {
    path: 'datapackage.json',
    hash,
  })
})

test('writeWacz() points its index at the records, and writes what occurs twice once', async () => {
  const files = await filesOf(writeWacz(pages(), tools(), ABOUT))
  const warc = files.get('archive/data.warc.gz') ?? utf8('')
  const index = gunzipSync(files.get('indexes/index.cdx.gz') ?? utf8('')).toString()
  const lines = index.trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => [line.split(' ')[0], /"mime":"([^"]*)"/.exec(line)?.[1]]),
    [
      ['org,example)/', undefined],
      ['org,example)/', 'text/html'],
      ['org,example)/ebb', 'warc/revisit'],
      ['org,example)/flow', 'text/html'],
    ],
  )
  for (const line of lines) {
    const [, url] = /"url":"([^"]*)"/.exec(line) ?? []
    const [, length] = /"length":"(\d+)"/.exec(line) ?? []
    const [, offset] = /"offset":"(\d+)"/.exec(line) ?? []
    const member = warc.subarray(Number(offset), Number(offset) + Number(length))
    assert.ok(
      gunzipSync(member)
        .toString()
        .includes(`\r\nWARC-Target-URI: ${String(url)}\r\n`),
    )
  }
  assert.equal(
    gunzipSync(warc)
      .toString()
      .match(/\r\n\r\ntides\r\n/g)?.length,
    1,
  )
  const secondary = textOf(files.get('indexes/index.idx')).split('\n')
  assert.equal(secondary[0], '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}')
  assert.match(secondary[1] ?? '', /^org,example\)\/ 20261121102030 \{"offset":0,"length":\d+\}$/)
})

test('writeWacz() lists the pages for people', async () => {
  const files = await filesOf(writeWacz(pages(), tools(), ABOUT))
  const [header, first, , last] = textOf(files.get('pages/pages.jsonl')).split('\n')
  assert.equal(header, '{"format":"json-pages-1.0","id":"pages","title":"All Pages"}')
  assert.deepEqual(JSON.parse(first ?? ''), {
    id: sha256Hex('https://example.org/flow'),
    url: 'https://example.org/flow',
    ts: DATE,
    title: 'tides',
  })
  assert.doesNotMatch(last ?? '', /title/)
})

test('writeWacz() of the same pages and chance gives the same bytes', async () => {
  const [once, again] = [
    await collected(writeWacz(pages(), tools(), ABOUT)),
    await collected(writeWacz(pages(), tools(), ABOUT)),
  ]
  assert.deepEqual(again, once)
})

test('writeWacz() of nothing is a whole collection, and of a wrong page an error', async () => {
  async function* none(): AsyncGenerator<ArchivedPage> {
    // No page.
  }
  assert.equal((await filesOf(writeWacz(none(), tools(), ABOUT))).size, 6)
  async function* wrong(): AsyncGenerator<ArchivedPage> {
    const { page } = archived('https://example.org/', 'tides')
    yield { page, content: inPieces(utf8('ebb')) }
  }
  const failing = collected(writeWacz(wrong(), tools(), ABOUT))
  await assert.rejects(failing, (thrown) => isAnilloError(thrown, 'ARCHIVE_BROKEN'))
})
