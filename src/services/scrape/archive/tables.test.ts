import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import type { CrawlUrl } from '../../../wire/api-crawls.ts'
import { collected, gathered } from './archive.test-helper.ts'
import { csvOf } from './csv.ts'
import { jsonlOf } from './jsonl.ts'

const ROW: CrawlUrl = {
  url: 'https://example.org/?a=1,2',
  id: 'f'.repeat(64),
  state: 'done',
  depth: 1,
  tries: 0,
  status: 200,
  hash: '0'.repeat(64),
  bytes: 12_345,
  contentType: 'text/html',
  title: 'Mareas de la bahía, “hoy”',
  how: 'fetched',
  at: '2026-11-21T10:20:30.000Z',
}
const HEADER =
  'url,id,state,depth,tries,status,code,hash,bytes,contentType,title,how,at,change,before,isResource'

async function* rowsOf(...rows: readonly CrawlUrl[]): AsyncGenerator<CrawlUrl> {
  yield* rows
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await collected(pieces))
}

/** RFC 4180, 2, read strictly. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
    const [, quoted, plain = '', end] = match
    row.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    rows.push(row)
    row = []
    if (cell.lastIndex === text.length) return rows
  }
  assert.fail(`no CSV: ${text}`)
}

test('csvOf() writes a header and a line a row, byte for byte', async () => {
  const queued: CrawlUrl = { url: 'http://x.test/', id: 'a', state: 'queued', depth: 0, tries: 0 }
  const expected = [
    HEADER,
    `"https://example.org/?a=1,2",${ROW.id},done,1,0,200,,${String(ROW.hash)},12345,text/html,` +
      '"Mareas de la bahía, “hoy”",fetched,2026-11-21T10:20:30.000Z,,,',
    'http://x.test/,a,queued,0,0,,,,,,,,,,,',
    '',
  ]
  assert.equal(await textOf(csvOf(rowsOf(ROW, queued))), expected.join('\r\n'))
})

test('csvOf() of a later part has no header, and of nothing nothing else', async () => {
  assert.equal(readCsv(await textOf(csvOf(rowsOf(ROW), 'later'))).length, 1)
  assert.equal(await textOf(csvOf(rowsOf())), `${HEADER}\r\n`)
  assert.equal(await textOf(csvOf(rowsOf(), 'later')), '')
})

test('csvOf() gives no spreadsheet a formula', async () => {
  const titles = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    ' =1',
    '\t=1',
    '\r=1',
    '\n=1',
    '\0=1',
    '＝1',
    '"=1"',
  ]
  for (const title of titles) {
    const [, cells] = readCsv(await textOf(csvOf(rowsOf({ ...ROW, title }))))
    assert.equal(cells?.[10], title.startsWith('"') ? title : `'${title}`)
  }
})

test('csvOf() of any title can be read back (property)', async () => {
  const property = fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (title) => {
    const [, cells] = readCsv(await textOf(csvOf(rowsOf({ ...ROW, title }))))
    assert.equal(cells?.length, 16)
    assert.ok(cells[10] === title || cells[10] === `'${title}`)
    assert.doesNotMatch(cells[10], /^\s*[=+\-@]/)
  })
  await fc.assert(property)
})

test('jsonlOf() writes a line a row, whatever is in it', async () => {
  const rows = [ROW, { ...ROW, title: 'two\nlines\u2028 and "\ud800"' }]
  const lines = (await textOf(jsonlOf(rowsOf(...rows)))).split('\n')
  assert.equal(lines.pop(), '')
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    rows,
  )
})

test('csvOf() and jsonlOf() send pieces while rows come', async () => {
  const rows = Array.from({ length: 1_000 }, () => ROW)
  for (const pieces of [csvOf(rowsOf(...rows)), jsonlOf(rowsOf(...rows))]) {
    const sizes = (await gathered(pieces)).map(({ length }) => length)
    assert.ok(sizes.length > 3)
    assert.ok(sizes.every((size) => size < 70_000))
  }
})
