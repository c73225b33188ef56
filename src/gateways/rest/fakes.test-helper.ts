/** A member of a few lines, for trying the gateway without one. */
import { AnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { Attachments } from '../../services/dweets/attachments/types.ts'
import { MemoryDweets } from '../../services/dweets/memory-dweets.test-helper.ts'
import { LinkWorld } from '../../services/files/links/links.test-helper.ts'
import { MemoryFiles } from '../../services/files/memory-files.test-helper.ts'
import type { Crawls } from '../../services/scrape/crawl/crawls.ts'
import { Extracts } from '../../services/scrape/extract/extracts.ts'
import { checkSpec } from '../../services/scrape/extract/selectors.ts'
import type { PageContent } from '../../services/scrape/pages/scraper.ts'
import type { Schedules } from '../../services/scrape/schedules/schedules.ts'
import type { Transfer } from '../../services/scrape/transfer/transfer.ts'
import { instantOf } from '../../services/scrape/versions/archive.ts'
import { PageDiffs } from '../../services/scrape/versions/page-diffs.ts'
import { versionTasks } from '../../services/scrape/versions/tasks.ts'
import {
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
} from '../../services/share/share-world.test-helper.ts'
import type { Crawl } from '../../wire/api-crawls.ts'
import type { Schedule } from '../../wire/api-schedules.ts'
import type { SearchResults } from '../../wire/api-search.ts'
import type { TestimonyVerdict } from '../../wire/api-testimony.ts'
import type { Webhook } from '../../wire/api-webhooks.ts'
import type { AuthorityRotation, Page, Ring, RingEvent, Scrape } from '../../wire/api.ts'
import { memberAt } from '../../wire/member.test-helper.ts'
import type { GatewayOptions } from './door.ts'
import { fakeRenders } from './renders.test-helper.ts'

export const PAGE_ID = 'ab'.repeat(32)

export const SELF = {
  name: 'n1',
  id: '1'.repeat(32),
  address: '127.0.0.1:9300',
  position: '0'.repeat(64),
}

export const PAGE: Page = {
  id: PAGE_ID,
  url: 'http://localhost:8000/',
  finalUrl: 'http://localhost:8000/',
  redirects: [],
  status: 200,
  statusText: 'OK',
  headers: [['Content-Type', 'text/html']],
  contentType: 'text/html',
  charset: null,
  title: 'Hello',
  bytes: 5,
  wireBytes: 5,
  hash: 'cd'.repeat(32),
  fetchedAt: '2026-11-21T00:00:00.000Z',
  durationMs: 3,
  remoteAddress: '127.0.0.1',
  fetchedBy: SELF,
}

const DONE: Scrape = {
  id: PAGE_ID,
  url: PAGE.url,
  state: 'done',
  how: 'hit',
  page: PAGE,
  age: 7,
  owner: SELF,
  hops: [],
}

const ROTATION: AuthorityRotation = {
  number: 1,
  phase: 'trusting',
  beganAt: '2026-11-21T00:00:00.000Z',
  waitsFor: [],
}

/** Begun by a guest. */
export const CRAWL: Crawl = {
  id: 'a'.repeat(32),
  request: { seeds: ['http://a/'] },
  by: null,
  state: 'done',
  endedBy: 'all',
  counts: { queued: 1, done: 1, failed: 0, skipped: 0, bytes: 5 },
  hosts: 1,
  startedAt: '2026-11-21T00:00:00.000Z',
  changedAt: '2026-11-21T00:00:00.000Z',
  endedAt: '2026-11-21T00:00:00.000Z',
}

const WEBHOOK: Webhook = {
  url: 'http://a/hook',
  events: ['crawl.ended'],
  state: 'ok',
  waiting: 1,
  delivered: 0,
  givenUp: 0,
  leftOut: 0,
}

const CRAWLS: Crawls = {
  start: async (request, { by = null }) => ({ ...CRAWL, request, by }),
  get: async (id) => (id === CRAWL.id ? CRAWL : undefined),
  list: async () => ({ items: [CRAWL] }),
  ended: async (by) => ({ items: CRAWL.by === by ? [CRAWL] : [] }),
  steer: async () => CRAWL,
  remove: async () => undefined,
  testHook: async () => WEBHOOK,
  hosts: async () => ({ items: [{ host: 'http://a', ...CRAWL.counts }] }),
  urls: async () => ({ items: [] }),
}

/** Made by a guest. */
export const SCHEDULE: Schedule = {
  id: 'c'.repeat(32),
  crawl: CRAWL.request,
  by: null,
  cron: '0 3 * * *',
  zone: 'UTC',
  state: 'active',
  next: ['2026-11-22T03:00:00.000Z'],
  runs: [],
  madeAt: '2026-11-21T00:00:00.000Z',
  changedAt: '2026-11-21T00:00:00.000Z',
}

const SCHEDULES: Schedules = {
  make: async (crawl, { cron, zone = 'UTC' }, { by = null }) => {
    return { ...SCHEDULE, crawl, cron, zone, by }
  },
  get: async (id) => (id === SCHEDULE.id ? SCHEDULE : undefined),
  list: async () => ({ items: [SCHEDULE] }),
  change: async (_, { crawl = SCHEDULE.crawl, ...change }) => ({ ...SCHEDULE, ...change, crawl }),
  steer: async (_, state) => ({ ...SCHEDULE, state }),
  run: async () => {
    throw new AnilloError('SCHEDULE_RUNS')
  },
  testHook: async () => WEBHOOK,
  remove: async () => undefined,
}

const FILE = { name: 'x.csv', contentType: 'text/csv' }

const TRANSFER: Transfer = {
  held: { list: async () => ({ items: [] }) },
  importer: {
    import: async () => ({ pages: 0, same: 0, refused: {}, passedOver: 0, renders: 0, bytes: 0 }),
  },
  exporter: {
    crawl: async (id) => (id === CRAWL.id ? { ...FILE, bytes: lines() } : undefined),
    pages: () => ({ ...FILE, bytes: lines() }),
  },
}

async function* lines(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('url\r\n')
}

const RING: Ring = { ringId: '2'.repeat(32), self: 'n1', members: [], partitions: [], mayFail: 0 }

/** As many answers as there are requests for the page; it can be taken away as often. */
const FOUND: SearchResults = {
  items: [
    {
      id: PAGE_ID,
      url: PAGE.url,
      title: PAGE.title,
      contentType: PAGE.contentType,
      since: PAGE.fetchedAt,
      fetchedAt: PAGE.fetchedAt,
      snippet: { text: 'hello', marks: [[0, 5]] },
    },
  ],
  found: 1,
  isPartial: false,
}

/** Extracts nothing, but looks at what it is asked for. */
const EXTRACTS = new Extracts({
  scraper: { content: async (id) => (id === PAGE_ID ? pageContent() : undefined) },
  renders: { at: (id, instant) => fakeRenders(PAGE, DONE).at(id, instant, NEVER) },
  crawls: CRAWLS,
  extractor: {
    extract: async ({ hash, id, url }, bytes, { spec }) => {
      checkSpec(spec)
      const text = new TextDecoder().decode(bytes)
      return { id, url, hash, markdown: `# ${text}`, text: { text } }
    },
  },
})

const NEVER = new AbortController().signal

function pageContent(): PageContent {
  return { page: PAGE, body: ReadableStream.from([new TextEncoder().encode('hello')]) }
}

/** As it stands in the store: nobody writes it anew. */
export const TESTIMONY = '{ "what": "stands there" }\n'

const VERDICT: TestimonyVerdict = {
  problems: [],
  url: PAGE.url,
  ring: '9'.repeat(32),
  asked: 2,
  told: 1,
  agree: 1,
  isMajority: false,
  spreadMs: 0,
  authorities: ['ab'.repeat(32)],
  witnesses: [
    {
      member: SELF.id,
      name: SELF.name,
      status: 200,
      finalUrl: PAGE.url,
      contentSha256: PAGE.hash,
      contentBytes: PAGE.bytes,
      headersSha256: 'ef'.repeat(32),
      address: '127.0.0.1',
      asked: PAGE.fetchedAt,
      received: PAGE.fetchedAt,
      group: 0,
    },
  ],
}

function isVantage(name: string): boolean {
  return name === SELF.name
}

const SEARCH: NonNullable<GatewayOptions['search']> = { search: async () => FOUND }

const SIMILAR: NonNullable<GatewayOptions['similar']> = {
  similar: async (id) =>
    id === PAGE_ID ? { items: [], isCompared: true, isPartial: false } : undefined,
}

const TESTIMONIES: NonNullable<GatewayOptions['testimonies']> = {
  text: async (id) => (id === PAGE_ID ? TESTIMONY : undefined),
  verdict: async (id) => (id === PAGE_ID ? VERDICT : undefined),
}

function fakeArchive(): FakeDoor['archive'] {
  const { bytes, contentType, fetchedAt, hash, status, title } = PAGE
  const sum = { fetchedAt, status, hash, bytes, contentType, title }
  const body = () => ReadableStream.from([new TextEncoder().encode('older')])
  return {
    versions: async (id) => {
      const items = [
        { ...sum, at: fetchedAt, isHeld: true },
        { ...sum, at: OLDER_AT, isHeld: false },
      ]
      return { items: id === PAGE_ID ? items : [] }
    },
    at: async (id, instant) => {
      if (id !== PAGE_ID) return undefined
      return { page: { ...PAGE, since: OLDER_AT, fetchedAt: instantOf(instant) }, body: body() }
    },
    remove: async (id) => (id === PAGE_ID ? 2 : 0),
  }
}

export const OLDER_AT = '2026-11-20T00:00:00.000Z'

export interface FakeDoor extends GatewayOptions {
  readonly waits: number[]
  push(event: RingEvent): void
}

const DIFFS = new PageDiffs(fakeArchive(), {
  run: async (task, input) => versionTasks[task]?.(input),
})

const ADMISSIONS: GatewayOptions['admissions'] = {
  waiting: async () => [],
  admit: async (code) => {
    if (code !== '123456') throw new AnilloError('ADMISSION_UNKNOWN', { code })
  },
  makeToken: async (validForMs) => `token-${validForMs}`,
  rotateAuthority: async () => ROTATION,
}

/** Addresses with `slow` stay running, with `busy` are refused; all others are held. */
export function fakeDoor(): FakeDoor {
  const waits: number[] = []
  const queued: RingEvent[] = []
  let wake = (): void => undefined
  const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
  return {
    waits,
    push(event) {
      queued.push(event)
      wake()
    },
    clock: STILL,
    log: silent,
    archive: fakeArchive(),
    renders: fakeRenders(PAGE, DONE),
    diffs: DIFFS,
    scraper: {
      async scrape(request, waitMs) {
        waits.push(waitMs)
        if (request.url.includes('busy')) throw new AnilloError('BUSY', { what: 'downloads' })
        if (!request.url.includes('slow')) return DONE
        const { page: _page, age: _age, ...rest } = DONE
        return { ...rest, how: 'fetched', state: 'running', received: 10 }
      },
      find: async (id) => (id === PAGE_ID ? DONE : undefined),
      content: async (id) => (id === PAGE_ID ? pageContent() : undefined),
      idOf: () => PAGE_ID,
    },
    crawls: CRAWLS,
    schedules: SCHEDULES,
    transfer: TRANSFER,
    extracts: EXTRACTS,
    search: SEARCH,
    similar: SIMILAR,
    testimonies: TESTIMONIES,
    isVantage,
    files: new MemoryFiles({ clock: { wallMs: () => 0 } }),
    links: new LinkWorld().links,
    dav: DAV,
    fileActs: NO_ACTS,
    dweets: new MemoryDweets({ clock: { wallMs: () => 0 }, personOf: () => undefined }),
    attachments: NO_ATTACHMENTS,
    share: fakeShares(),
    ring: {
      ring: async () => RING,
      lookup: async (key) => ({ key, position: '0'.repeat(64), owner: SELF, hops: [] }),
      async *events(_recent, signal) {
        signal.addEventListener('abort', () => wake(), { once: true })
        while (!signal.aborted) {
          const event = queued.shift()
          if (event !== undefined) yield event
          else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      },
      self: () => ({ ...memberAt(SELF), replayUrl: 'http://localhost:9500' }),
    },
    admissions: ADMISSIONS,
    ready: () => true,
    metrics: async () => 'anillo_up 1\n',
    pageRoot: undefined,
    version: '0.0.0',
  }
}

async function noAttachment(): Promise<never> {
  throw new AnilloError('ATTACHMENT_GONE', { hours: 12 })
}

const NO_ATTACHMENTS: Attachments = {
  attach: noAttachment,
  unused: noAttachment,
  describe: noAttachment,
  open: noAttachment,
  inspect: noAttachment,
  detach: async () => undefined,
}

const STILL: GatewayOptions['clock'] = {
  nowMs: () => 0,
  wallMs: () => 0,
  after: () => ({ cancel: () => undefined }),
  soon: () => undefined,
}

const DAV: NonNullable<GatewayOptions['dav']> = {
  answer: async () => ({ kind: 'said', status: 204, headers: {} }),
}

const NO_ACTS: NonNullable<GatewayOptions['fileActs']> = {
  page: async () => ({ items: [], cursor: undefined }),
}

/** With nothing shared, and nobody outside. */
function fakeShares() {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  return new MemoryRing(net, 'http://localhost:9400', { clock: new ManualClock() }).service
}
