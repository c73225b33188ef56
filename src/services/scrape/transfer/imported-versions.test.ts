import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { concat, utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type { ImportResult } from '../../../wire/api-archives.ts'
import type { PageVersion } from '../../../wire/api-pages.ts'
import { inPieces } from '../archive/archive.test-helper.ts'
import { changeOf, restsForMs } from '../crawl/page-changes.ts'
import { IMPORTED_VERSIONS_MAX, OLDER_VERSIONS_MAX } from '../limits.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { Archive } from '../versions/archive.ts'
import { FIRST_MS, NEVER, Shelf } from './shelf.test-helper.ts'

const BAY = 'https://bay.example/'
const ID = pageIdOf(canonicalUrl(BAY))
const ASKED = { mayGoOn: async () => undefined, signal: NEVER }

/** Minutes after the first. */
function at(minutes: number): string {
  return new Date(FIRST_MS + minutes * MINUTE_MS).toISOString()
}

/** One content a minute, from that one on. */
function captures(count: number, fromMinute: number): Uint8Array {
  const minutes = Array.from({ length: count }, (_, i) => fromMinute + i)
  return concat(minutes.map((minute) => capture(`import ${minute}`, minute)))
}

function capture(text: string, minute: number): Uint8Array {
  const block = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${text}`
  const head = [
    'WARC/1.0',
    'WARC-Type: response',
    `WARC-Target-URI: ${BAY}`,
    `WARC-Date: ${at(minute)}`,
    'Content-Type: application/http; msgtype=response',
    `Content-Length: ${block.length}`,
  ]
  return utf8(`${head.join('\r\n')}\r\n\r\n${block}\r\n\r\n`)
}

function imported({ transfer }: Shelf, warc: Uint8Array): Promise<ImportResult> {
  return transfer.importer.import(inPieces(warc, 50_000), ASKED)
}

async function versionsOf(shelf: Shelf): Promise<readonly PageVersion[]> {
  const archive = new Archive(shelf.store)
  const all: PageVersion[] = []
  let cursor: string | undefined
  do {
    const list = await archive.versions(ID, cursor)
    all.push(...list.items)
    cursor = list.cursor
  } while (cursor !== undefined)
  return all
}

async function ownTimes(shelf: Shelf): Promise<readonly string[]> {
  const all = await versionsOf(shelf)
  return all.filter(({ importedAt }) => importedAt === undefined).map((version) => version.at)
}

test('an import removes nothing that the ring got itself, however much it brings', async () => {
  const shelf = new Shelf()
  // One minute in two is left for what is imported.
  const get = (minute: number) =>
    shelf.keep({ url: BAY, text: `own ${minute}`, atMs: FIRST_MS + minute * MINUTE_MS })
  for (let i = 0; i <= OLDER_VERSIONS_MAX; i++) await get(2 * i)
  const newest = 2 * OLDER_VERSIONS_MAX
  const own = await ownTimes(shelf)
  assert.equal(own.length, OLDER_VERSIONS_MAX + 1)

  // What is newer takes the place of the page, what is older goes beside it.
  const many = IMPORTED_VERSIONS_MAX + 10
  const first = await imported(shelf, captures(2, newest + 1))
  assert.deepEqual([first.pages, first.refused], [2, {}])
  assert.deepEqual(await ownTimes(shelf), own)
  const older = await imported(shelf, captures(many, -many))
  assert.deepEqual([older.pages, older.refused], [many - 11, { versions: 11 }])
  const newer = await imported(shelf, captures(2, newest + 11))
  assert.deepEqual([newer.pages, newer.refused], [0, { versions: 2 }])
  assert.deepEqual(await ownTimes(shelf), own)

  // What the ring gets next lets its own oldest go, although imported ones are older.
  await get(newest + 100)
  await get(newest + 102)
  assert.deepEqual(await ownTimes(shelf), [
    at(newest + 102),
    at(newest + 100),
    ...own.slice(0, OLDER_VERSIONS_MAX - 1),
  ])
  const all = await versionsOf(shelf)
  assert.equal(all.length, 1 + OLDER_VERSIONS_MAX + IMPORTED_VERSIONS_MAX + 1)
  assert.equal((await imported(shelf, captures(1, -2 * many))).refused.versions, 1)
  assert.equal(await new Archive(shelf.store).remove(ID), all.length)
})

test('what the ring got stays its own where somebody imports the same, seen later', async () => {
  const shelf = new Shelf()
  await shelf.keep({ url: BAY, text: 'tide' })
  const result = await imported(shelf, concat([capture('tide', 5), capture('ebb', -5)]))
  assert.deepEqual([result.same, result.pages], [1, 1])
  const [held] = await versionsOf(shelf)
  assert.deepEqual([held?.at, held?.fetchedAt, held?.importedAt], [at(0), at(0), undefined])
})

test('what the ring gets is not as old as an archive says of the same content', async () => {
  const shelf = new Shelf()
  await imported(shelf, capture('tide', -1_000_000))
  const page = await shelf.keep({ url: BAY, text: 'tide' })
  assert.equal(page.importedAt, undefined)
  const all = await versionsOf(shelf)
  assert.deepEqual(
    all.map((version) => [version.at, version.hash, version.importedAt === undefined]),
    [
      [at(0), sha256Hex('tide'), true],
      [at(-1_000_000), sha256Hex('tide'), false],
    ],
  )
  // To crawls it is no change, and no sign of how often the page changes.
  const archive = new Archive(shelf.store)
  const had = { page, how: 'fetched', startedAtMs: FIRST_MS }
  assert.deepEqual(await changeOf(had, archive), {})
  const alone = new Shelf()
  await alone.keep({ url: BAY, text: 'tide' })
  assert.equal(await restsForMs(BAY, archive), await restsForMs(BAY, new Archive(alone.store)))
})

test('a revisit finds the content that the ring has got before', async () => {
  const shelf = new Shelf()
  await shelf.keep({ url: BAY, text: 'tide' })
  const digest = 'WARC-Payload-Digest: sha1:ABC'
  const with_ = (warc: Uint8Array, ...lines: readonly string[]): Uint8Array =>
    utf8(
      Buffer.from(warc)
        .toString()
        .replace('Content-Type', `${lines.join('\r\n')}\r\n$&`),
    )
  const profile = 'http://netpreserve.org/warc/1.0/revisit/identical-payload-digest'
  const again = with_(capture('', 9), digest, `WARC-Profile: ${profile}`)
  const revisit = Buffer.from(again).toString().replace('response', 'revisit')
  const other = revisit.replace(BAY, `${BAY}other`)
  const result = await imported(shelf, concat([with_(capture('tide', 5), digest), utf8(other)]))
  assert.deepEqual([result.same, result.pages, result.refused], [1, 1, {}])
  const kept = present(await shelf.table.get(pageIdOf(canonicalUrl(`${BAY}other`))), 'the other')
  assert.equal(kept.record.page?.hash, sha256Hex('tide'))
})
