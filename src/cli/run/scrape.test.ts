import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import type { Page, Scrape } from '../../wire/api.ts'
import { keptIo } from '../io.test-helper.ts'
import { pageLines, rememberedText, runScrape } from './scrape.ts'

const OWNER = { name: 'n3', id: '3', address: '127.0.0.1:9302', position: '0' }
const ASKED = { ...OWNER, name: 'n4' }
const PAGE: Page = {
  id: 'ab',
  url: 'http://x/',
  finalUrl: 'http://x/end',
  redirects: [{ status: 301, url: 'http://x/end' }],
  status: 404,
  statusText: 'Not Found',
  headers: [],
  contentType: '',
  charset: null,
  title: 'Gone',
  bytes: 2_048,
  wireBytes: 512,
  hash: 'cd',
  fetchedAt: '2026-11-21T00:00:00Z',
  durationMs: 20,
  remoteAddress: '127.0.0.1',
  fetchedBy: OWNER,
}
const SCRAPE: Scrape = {
  id: 'ab',
  url: 'http://x/',
  state: 'done',
  how: 'hit',
  page: PAGE,
  age: 90,
  owner: OWNER,
  hops: [ASKED, OWNER],
}
const look = { tookMs: 30, paint: (_colour: string, text: string): string => text }
const textOf = (scrape: Scrape): string => pageLines(scrape, PAGE, look).join('\n')

test('pageLines() tells status, way, sizes, hash, who fetched it and who owns it', () => {
  const text = textOf(SCRAPE)
  for (const part of [
    /^404 Not Found {2}Gone$/m,
    /301 +redirected to http:\/\/x\/end$/m,
    /arrived at http:\/\/x\/end$/m,
    /type +not told$/m,
    /size +2\.0 KiB, 512 B on the wire$/m,
    /hash +sha256 cd$/m,
    /held \(hit\): downloaded by n3 at 2026-11-21T00:00:00Z, 90 s old$/m,
    /owner +n3, by way of n4 → n3$/m,
    /30 ms here, 20 ms to download$/m,
  ]) {
    assert.match(text, part)
  }
})

test('pageLines() tells a fresh page, a shared download, and an owner known at once', () => {
  assert.match(textOf({ ...SCRAPE, how: 'fetched' }), /from +fetched by n3 at /)
  assert.match(textOf({ ...SCRAPE, how: 'revalidated' }), /from +unchanged at the site \(304\)/)
  assert.match(textOf({ ...SCRAPE, how: 'coalesced' }), /from +shared with others who asked/)
  assert.match(textOf({ ...SCRAPE, hops: [] }), /n3, known without a hop/)
  assert.match(textOf({ ...SCRAPE, age: 0 }), /, just now$/m)
})

test('rememberedText() tells since when a failure is remembered, whatever the clocks say', () => {
  const at = '2026-11-21T00:00:00Z'
  const text = rememberedText({ at }, Date.parse(at) + 8_000)
  assert.match(text, /failed 8\.0 s ago, and is remembered for 10 s; --max-age 0/)
  assert.match(rememberedText({ at }, Date.parse(at) - 5_000), /failed 1\.0 s ago/)
})

test('runScrape() refuses an empty address, and two documents on one output, unasked', async () => {
  const at = ['http://127.0.0.1:1']
  const refused = async (url: string, flags: object, why: RegExp): Promise<void> => {
    await assert.rejects(
      runScrape(keptIo(), url, { at, ...flags }),
      (thrown) => isAnilloError(thrown, 'USAGE') && why.test(thrown.message),
    )
  }
  await refused(' ', {}, /address is empty/)
  await refused(':8000', { body: true, json: true }, /both write to standard output/)
})
