/** The texts of the views of crawls in English. Their shape is what Spanish must fill. */
import type { Crawl, CrawlScope, CrawlUrl } from '../../../src/wire/api-crawls.ts'
import type { NumberName, PatternName } from '../model/crawl-form.ts'

interface FieldTexts {
  readonly label: string
  /** What is meant, and what holds where nothing is typed. */
  readonly hint: string
}

export interface CrawlTexts {
  readonly title: string
  readonly hint: string
  readonly lead: string
  readonly toAll: string
  readonly form: {
    readonly title: string
    readonly address: FieldTexts
    readonly empty: string
    readonly more: string
    readonly scope: FieldTexts
    readonly scopes: Readonly<Record<CrawlScope, string>>
    readonly resources: FieldTexts
    readonly render: FieldTexts & { readonly without: string; readonly with: string }
    readonly withResources: string
    readonly withoutResources: string
    readonly fields: Readonly<Record<NumberName | PatternName, FieldTexts>>
    readonly tooMany: string
    readonly whole: (words: { readonly least: string; readonly most: string }) => string
    readonly fraction: (words: { readonly least: string; readonly most: string }) => string
    readonly submit: string
  }
  readonly table: string
  readonly none: string
  readonly open: (seed: string) => string
  readonly seed: string
  readonly state: string
  readonly states: Readonly<Record<Crawl['state'], string>>
  readonly doneOf: (words: { readonly done: string; readonly known: string }) => string
  readonly begun: string
  readonly by: string
  readonly guest: string
  readonly noSuch: string
  readonly more: (seeds: number) => string
  readonly begunBy: (words: { readonly at: string; readonly by: string }) => string
  readonly hasAllPages: string
  readonly heard: Readonly<Record<Crawl['state'], (percent: string) => string>>
  readonly progress: string
  readonly pagesOf: (words: { readonly ended: string; readonly known: string }) => string
  readonly rate: (rate: string) => string
  readonly left: (time: string) => string
  readonly leftHint: string
  readonly took: (time: string) => string
  readonly failedCount: (count: string) => string
  readonly resourcesOf: (words: { readonly ended: string; readonly known: string }) => string
  readonly resourcesFailed: (words: {
    readonly ended: string
    readonly known: string
    readonly failed: string
  }) => string
  readonly skippedCount: (count: string) => string
  readonly heldCount: (count: string) => string
  readonly pause: string
  readonly resume: string
  readonly cancel: string
  readonly reallyCancel: string
  readonly remove: string
  readonly reallyRemove: string
  readonly notYours: (by: string) => string
  readonly curve: string
  readonly curveTold: (points: string) => string
  readonly curvePoint: (words: { readonly pages: string; readonly time: string }) => string
  readonly curveUnseen: string
  readonly pages: (count: string) => string
  readonly hosts: string
  readonly host: string
  readonly known: string
  readonly failed: string
  readonly skipped: string
  /** Done or failed. */
  readonly tried: string
  /** Of a column: what pages need to look right. */
  readonly resources: string
  readonly size: string
  readonly results: string
  readonly resultsHint: string
  readonly filter: string
  readonly all: string
  readonly urlStates: Readonly<Record<CrawlUrl['state'], string>>
  readonly address: string
  readonly answer: string
  readonly pageTitle: string
  readonly noResults: string
  readonly failures: string
  readonly passedOver: string
  readonly reasonsHint: (count: number) => string
  readonly addresses: (count: number) => string
  readonly tries: (count: number) => string
  readonly whys: Readonly<Record<string, string>>
  readonly statuses: Readonly<Record<string, string>>
  readonly siteFault: (status: number) => string
  readonly refusal: (status: number) => string
  readonly whyUnknown: (code: string) => string
}

/** @param count as it is shown */
const pagesText = (count: string): string => `${count} ${count === '1' ? 'page' : 'pages'}`

const plural = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

export const CRAWLS_EN: CrawlTexts = {
  title: 'Crawls',
  hint: 'The ring downloads whole sites, politely, and keeps their pages. A crawl goes on when this page is closed, and when members die.',
  lead: 'Have a whole site downloaded',
  toAll: 'All crawls',
  form: {
    title: 'Have a site downloaded',
    address: {
      label: 'Address where it begins',
      hint: 'Such as docs.example.org. Links are followed from there.',
    },
    empty: 'Type where to begin first, such as docs.example.org.',
    more: 'More',
    scope: { label: 'Which links are followed', hint: 'By default those of the same host.' },
    scopes: {
      host: 'all of the same host',
      prefix: 'those in the same folder and below',
      page: 'none: this page alone',
      domain: 'all of the same domain and below it',
      any: 'all, wherever they lead',
    },
    resources: {
      label: 'What pages show',
      hint: 'Images, style sheets, scripts and fonts, wherever they lie. They count as pages.',
    },
    render: {
      label: 'Scripts of pages',
      hint: 'A browser of the ring takes a second and more for each page; what it asks for waits for its turn.',
      without: 'are kept, and not run',
      with: 'are run in a browser; links that they make are followed',
    },
    withResources: 'downloaded as well',
    withoutResources: 'left out: pages alone',
    fields: {
      pages: { label: 'Pages', hint: 'So many at most; 10,000 where nothing is typed.' },
      depth: {
        label: 'Depth',
        hint: 'Links from the first page on; 20 where nothing is typed.',
      },
      delay: {
        label: 'Delay in seconds',
        hint: 'Between two requests to a host; 1 where nothing is typed.',
      },
      connections: {
        label: 'Connections',
        hint: 'At once, to a host; 1 where nothing is typed.',
      },
      extraHops: {
        label: 'Links out of it',
        hint: 'So many links beyond those are followed; 0 where nothing is typed.',
      },
      include: {
        label: 'Only addresses with',
        hint: 'Patterns, one a line, such as /manual/; all where nothing is typed.',
      },
      exclude: {
        label: 'Never addresses with',
        hint: 'Patterns, one a line, such as /search; none where nothing is typed.',
      },
      maxAge: {
        label: 'Age in seconds',
        hint: 'Copies that the ring holds and that are younger will do; 0 where nothing is typed: all anew.',
      },
    },
    tooMany: 'Type 20 patterns at most, of 500 characters at most, one a line.',
    whole: ({ least, most }) => `Type a whole number from ${least} to ${most}.`,
    fraction: ({ least, most }) => `Type a number from ${least} to ${most}, such as 0.5.`,
    submit: 'Begin',
  },
  table: 'Crawls, the newest first',
  none: 'Nobody has had a site downloaded yet.',
  open: (seed) => `Show the crawl of ${seed}`,
  seed: 'Begins at',
  state: 'State',
  states: { running: 'running', paused: 'paused', cancelled: 'cancelled', done: 'done' },
  doneOf: ({ done, known }) => `${done} of ${known}`,
  begun: 'Begun',
  by: 'By',
  guest: 'a guest',
  noSuch: 'The ring knows no such crawl.',
  more: (seeds) => `and ${seeds} more`,
  begunBy: ({ at, by }) => `Begun ${at} by ${by}.`,
  hasAllPages: 'It has as many pages as it was to have.',
  heard: {
    running: (percent) => `The crawl is running: ${percent} of what is known.`,
    paused: (percent) => `The crawl is paused: ${percent} of what is known.`,
    cancelled: () => 'The crawl is cancelled.',
    done: () => 'The crawl is done.',
  },
  progress: 'Pages tried, of those known',
  pagesOf: ({ ended, known }) => `${ended} of ${pagesText(known)}`,
  rate: (rate) => `${rate} pages a second`,
  left: (time) => `about ${time} left`,
  leftHint: 'The estimate is for the pages that are known; more may be found.',
  took: (time) => `${time} so far`,
  failedCount: (count) => `${count} failed`,
  resourcesOf: ({ ended, known }) => `${ended} of ${known} resources`,
  resourcesFailed: ({ ended, failed, known }) =>
    `${ended} of ${known} resources (${failed} failed)`,
  skippedCount: (count) => `${count} passed over`,
  heldCount: (count) => `${count} from copies that were held, without a request`,
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  remove: 'Delete',
  reallyRemove: 'Delete this crawl and its list of addresses? The pages that it has stay.',
  reallyCancel: 'Cancel this crawl? It cannot be resumed then; the pages that it has stay.',
  notYours: (by) => `${by} began it, and alone may pause or cancel it.`,
  curve: 'Pages over time',
  curveTold: (points) => `Curve of pages over time: ${points}.`,
  curvePoint: ({ pages, time }) => `${pages} after ${time}`,
  curveUnseen: 'Dashed: before this window was there.',
  pages: pagesText,
  hosts: 'Hosts',
  host: 'Host',
  known: 'Known',
  tried: 'Pages tried',
  resources: 'Resources',
  failed: 'Failed',
  skipped: 'Passed over',
  size: 'Size',
  results: 'Results',
  resultsHint: 'Each page that is there can be looked at.',
  filter: 'Show',
  all: 'all',
  urlStates: {
    queued: 'waiting',
    begun: 'under way',
    done: 'done',
    failed: 'failed',
    skipped: 'passed over',
  },
  address: 'Address',
  answer: 'Status',
  pageTitle: 'Title',
  noResults: 'None of these.',
  failures: 'What failed, and why',
  passedOver: 'What was passed over, and why',
  reasonsHint: (count) => `Of the first ${count}.`,
  addresses: (count) => plural(count, 'page', 'pages'),
  tries: (count) => plural(count, 'try', 'tries'),
  whys: {
    ADDRESS_FORBIDDEN: 'The address leads to where anillo does not download from.',
    HOST_UNKNOWN: 'No machine is known by the name of the host.',
    FETCH_REFUSED: 'The site refused the connection.',
    FETCH_TIMEOUT: 'The site did not answer in time.',
    FETCH_TOO_SLOW: 'The site sent too slowly.',
    FETCH_TOO_LARGE: 'The answer was too large.',
    FETCH_BOMB: 'The answer unpacked to a multiple of its size; it was stopped.',
    FETCH_BROKEN: 'The site broke off, or answered something that is not HTTP.',
    FETCH_TLS: 'The certificate of the site does not hold.',
    FETCH_REDIRECTS: 'The site redirected too often.',
    ROBOTS: 'The site asks in its robots.txt not to.',
    CRAWL_DELAY: 'The site asks for a delay longer than a minute.',
    TRAP_REPEATS: 'The address repeats itself: a trap.',
    TRAP_TOO_DEEP: 'The address has more parts than a page for people.',
    TRAP_QUERY: 'More than 2,000 queries of one page: a trap.',
    TRAP_CALENDAR: 'A calendar without end: a trap.',
    SITEMAP_REFUSED: 'The sitemap declares entities of its own; it was not read.',
    INTERNAL: 'The ring failed at it; the logs of its members tell more.',
  },
  statuses: {
    401: 'The site wants a log-in (401).',
    403: 'The site does not show it to us (403).',
    404: 'There is no such page at the site (404).',
    410: 'The page is gone for good (410).',
    429: 'The site found us too eager (429). A longer delay helps.',
  },
  siteFault: (status) => `The site itself failed at it (${status}).`,
  refusal: (status) => `The site refused it (${status}).`,
  whyUnknown: (code) => `It failed with ${code}.`,
}
