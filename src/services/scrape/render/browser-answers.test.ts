import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import type { BrowserRequest } from '../../../effects/browser.ts'
import { platformClock } from '../../../platform/clock.ts'
import type { Page, Scrape } from '../../../wire/api.ts'
import { createAddressGate } from '../fetch/address-gate.ts'
import type { PageContent } from '../pages/scraper.ts'
import { pageIdOf, canonicalUrl } from '../urls/canonical-url.ts'
import { BrowserAnswers } from './browser-answers.ts'
import { RENDER_BYTES_MAX, RENDER_REQUESTS_MAX } from './limits.ts'

const NEVER = new AbortController().signal
const OUTSIDE = '93.184.216.34'

function pageOf(url: string, more: Partial<Page> = {}): Page {
  return {
    id: pageIdOf(canonicalUrl(url)),
    url,
    finalUrl: url,
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [['Content-Type', 'text/html']],
    contentType: 'text/html',
    charset: null,
    title: null,
    bytes: 2,
    wireBytes: 2,
    hash: 'a'.repeat(64),
    fetchedAt: '2026-11-20T12:00:00.000Z',
    durationMs: 1,
    remoteAddress: OUTSIDE,
    fetchedBy: { name: 'n1', id: '1', address: 'x:1', position: '0' },
    ...more,
  }
}

function contentOf(page: Page): PageContent {
  return { page, body: ReadableStream.from([new TextEncoder().encode('hi')]) }
}

interface Trial {
  readonly answers: BrowserAnswers
  /** What was asked of the ring. */
  readonly asked: string[]
  readonly get: (
    url: string,
    more?: Partial<BrowserRequest>,
  ) => ReturnType<BrowserAnswers['answer']>
}

/** @param known what the ring has, or downloads */
function trial(held: Page, known: readonly Page[] = []): Trial {
  const asked: string[] = []
  const scrapeOf = (page: Page): Scrape => {
    const { fetchedBy, id, url } = page
    return { id, url, state: 'done', how: 'fetched', page, owner: fetchedBy, hops: [] }
  }
  const answers = new BrowserAnswers(contentOf(held), {
    clock: platformClock(),
    scraper: {
      scrape: async ({ url }) => {
        asked.push(url)
        const page = known.find((one) => one.url === url)
        if (page === undefined) throw new AnilloError('HOST_UNKNOWN', { host: url })
        return scrapeOf(page)
      },
      content: async (id) => {
        const page = known.find((one) => one.id === id)
        return page && contentOf(page)
      },
    },
    outerGate: createAddressGate(
      {
        resolve: async (host) => [
          { address: /^[\d.:]+$/.test(host) ? host : (NAMES[host] ?? OUTSIDE), family: 4 },
        ],
      },
      { allowLoopback: false, ownPorts: () => [] },
    ),
    turns: undefined,
  })
  const get: Trial['get'] = (url, more = {}) =>
    answers.answer({ url, method: 'GET', asker: 'resource', ...more }, NEVER)
  return { answers, asked, get }
}

/** Names that lead where nobody may go. */
const NAMES: Readonly<Record<string, string>> = {
  'inside.test': '10.0.0.1',
  localhost: '127.0.0.1',
  'rebound.test': '127.0.0.1',
}

const PAGE = pageOf('https://site.test/')

test('the page is the copy that is held, once; whatever leads it elsewhere is refused', async () => {
  const { answers, asked, get } = trial(PAGE)
  const answer = await get(PAGE.url, { asker: 'page' })
  assert.equal(answer?.status, 200)
  assert.equal(await get('https://site.test/other', { asker: 'page' }), undefined)
  assert.equal(await get(PAGE.url, { asker: 'page' }), undefined)
  assert.deepEqual(
    answers.counts.refusals.map(({ why }) => why),
    ['navigation', 'navigation'],
  )
  assert.deepEqual(asked, [])
})

test('redirects are told as one, and their end is not asked for again', async () => {
  const finalUrl = 'https://site.test/b.css'
  const css = pageOf('https://site.test/a.css', { finalUrl })
  const { asked, get } = trial(PAGE, [css])
  const led = await get(css.url)
  assert.deepEqual([led?.status, led?.headers], [302, [['Location', finalUrl]]])
  assert.equal((await get(finalUrl))?.status, 200)
  assert.deepEqual(asked, [css.url])
  const moved = trial(pageOf('https://site.test/', { finalUrl: 'https://site.test/en' }))
  assert.equal((await moved.get('https://site.test/', { asker: 'page' }))?.status, 302)
  assert.equal((await moved.get('https://site.test/en', { asker: 'page' }))?.status, 200)
})

test('headers that set the browser to something are left out', async () => {
  const page = pageOf('https://site.test/x', {
    headers: [
      ['Content-Type', 'text/css'],
      ['Set-Cookie', 'a=b'],
      ['Content-Encoding', 'gzip'],
      ['NEL', '{}'],
      ['Access-Control-Allow-Origin', '*'],
    ],
  })
  const { get } = trial(PAGE, [page])
  const names = (await get(page.url))?.headers.map(([name]) => name)
  assert.deepEqual(names, ['Content-Type', 'Access-Control-Allow-Origin'])
})

const REFUSED = [
  { what: 'another method', url: 'https://site.test/', method: 'POST', why: 'method' },
  { what: 'a preflight', url: 'https://site.test/', method: 'OPTIONS', why: 'method' },
  { what: 'ftp', url: 'ftp://site.test/x', why: 'address' },
  { what: 'a user name', url: 'https://a:b@site.test/', why: 'address' },
  { what: 'a private address', url: 'http://192.168.0.1/', why: 'address' },
  { what: 'a name that leads inside', url: 'http://inside.test/', why: 'address' },
  { what: 'the metadata of clouds', url: 'http://169.254.169.254/', why: 'address' },
  { what: 'this computer', url: 'http://127.0.0.1:9100/v1/ring', why: 'loopback' },
  { what: 'this computer, by its name', url: 'http://localhost:9100/', why: 'loopback' },
  { what: 'this computer, in numbers', url: 'http://2130706433/', why: 'loopback' },
  { what: 'a name that leads here', url: 'http://rebound.test/', why: 'loopback' },
] as const

for (const { url, what, why, ...more } of REFUSED) {
  test(`for a page from elsewhere ${what} is refused (${why})`, async () => {
    const { answers, asked, get } = trial(PAGE)
    assert.equal(await get(url, more), undefined)
    assert.deepEqual(answers.counts.refusals, [{ url, why }])
    assert.deepEqual(asked, [], 'nobody was asked')
  })
}

test('an answer that came from this computer after all is not given to a page from elsewhere', async () => {
  const led = pageOf('https://site.test/led', { remoteAddress: '::1' })
  const { answers, get } = trial(PAGE, [led])
  assert.equal(await get(led.url), undefined)
  assert.deepEqual(answers.counts.refusals, [{ url: led.url, why: 'loopback' }])
})

test('a page of this computer is given what lies beside it', async () => {
  const local = pageOf('http://localhost:8000/', { remoteAddress: '127.0.0.1' })
  const beside = pageOf('http://localhost:8000/a.css', { remoteAddress: '127.0.0.1' })
  const { answers, get } = trial(local, [beside])
  assert.equal((await get(beside.url))?.status, 200)
  assert.equal(answers.counts.refused, 0)
})

test('what cannot be had has failed, and is no refusal', async () => {
  const { answers, get } = trial(PAGE)
  assert.equal(await get('https://gone.test/'), undefined)
  const { failed, refused, requests } = answers.counts
  assert.deepEqual([requests, refused, failed], [1, 0, 1])
})

test('requests and bytes are bounded, and refusals told are too', async () => {
  const { answers, get } = trial(PAGE)
  for (let i = 0; i <= RENDER_REQUESTS_MAX; i++) await get(`ftp://site.test/${i}`)
  assert.equal(await get(PAGE.url, { asker: 'page' }), undefined)
  const { refusals, refused } = answers.counts
  assert.deepEqual([refused, refusals.length], [RENDER_REQUESTS_MAX + 2, 20])
  const large = pageOf('https://site.test/large', { bytes: RENDER_BYTES_MAX + 1 })
  const other = trial(PAGE, [large])
  assert.equal(await other.get(large.url), undefined)
  assert.equal(other.answers.counts.refusals[0]?.why, 'limit')
})
