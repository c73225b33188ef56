/** Every text of the page in English. Its shape is what the other languages must fill. */
import type { RingEvent, Scrape } from '../../../src/wire/api.ts'
import type { Topic } from '../model/log.ts'
import { ACCOUNTS_EN, type AccountTexts } from './accounts.en.ts'
import { ARCHIVE_EN, type ArchiveTexts } from './archive.en.ts'
import { COPIES_EN, type CopyTexts } from './copies.en.ts'
import { CRAWLS_EN, type CrawlTexts } from './crawls.en.ts'
import type { EventWords } from './event-words.ts'
import { RENDERS_EN, type RenderTexts } from './renders.en.ts'
import { SCHEDULES_EN, type ScheduleTexts } from './schedules.en.ts'
import { STORE_EN, STORE_KINDS_EN, type StoreTexts } from './store.en.ts'
import { VERSIONS_EN, type VersionTexts } from './versions.en.ts'
import { WITNESSES_EN, type WitnessTexts } from './witnesses.en.ts'

export interface Texts {
  readonly title: string
  readonly tagline: string
  readonly skip: string
  readonly skipToContent: string
  readonly language: string
  /** Its file could not be loaded. */
  readonly languageMissing: (name: string) => string
  /** A view whose file could not be loaded. */
  readonly viewMissing: string
  readonly reload: string
  /** The one field for all that the ring has. */
  readonly find: string
  /** Leads to where a dweet about it is written. */
  readonly dweetThis: string
  readonly feedTitle: string
  /** In the header, with how much was not seen. */
  readonly feed: (unseen: string) => string
  readonly glance: string
  readonly theme: { readonly toDark: string; readonly toLight: string }
  readonly search: {
    readonly label: string
    readonly placeholder: string
    /** Where the whole ring is on this computer. */
    readonly placeholderHere: string
    readonly button: string
    readonly hint: string
    readonly hintHere: string
    readonly empty: string
    readonly recent: string
    readonly forget: (page: string) => string
  }
  readonly result: {
    readonly region: string
    readonly tabs: string
    readonly page: string
    readonly source: string
    readonly headers: string
    readonly story: string
    readonly anew: string
    readonly ledTo: string
    readonly heldError: (age: string) => string
    readonly close: string
    readonly save: string
    readonly open: string
    readonly how: Readonly<Record<Scrape['how'], string>>
    readonly howLong: Readonly<Record<Scrape['how'], string>>
    readonly frame: (page: string) => string
    readonly safe: string
    readonly notShown: (type: string) => string
    readonly empty: string
    readonly loading: string
    readonly cut: (shown: string, whole: string) => string
    readonly noText: (type: string) => string
    readonly sourceRegion: string
    readonly answer: string
    readonly noHeaders: string
    readonly headersRegion: string
    readonly redirects: string
    readonly redirectTo: string
  }
  readonly running: {
    readonly title: string
    readonly asking: string
    readonly by: (member: string) => string
    readonly bySomebody: string
    readonly received: (bytes: string) => string
    readonly elapsed: (duration: string) => string
    readonly leave: string
    readonly leaveHint: string
    readonly still: (count: number) => string
    readonly back: string
  }
  readonly failure: {
    readonly title: string
    readonly again: string
    readonly remembered: (age: string) => string
    readonly code: string
    readonly when: string
    readonly askedOf: string
  }
  readonly story: {
    /** `member` is empty for who does not hear names. */
    readonly told: (words: {
      member: string
      date: string
      duration: string
      site: string
    }) => string
    readonly route: string
    readonly asked: string
    readonly hop: string
    readonly owner: string
    readonly ownerAlone: string
    readonly site: string
    readonly facts: string
    readonly title: string
    readonly address: string
    readonly finalAddress: string
    readonly position: string
    readonly hash: string
    readonly size: string
    readonly wire: (bytes: string) => string
    readonly took: string
    readonly age: string
    readonly fetchedBy: string
    readonly how: string
    readonly ageNow: string
    readonly hops: (count: number) => string
  }
  readonly ring: {
    readonly title: string
    readonly picture: (words: { members: number; pages: number }) => string
    readonly members: (count: number) => string
    readonly membersWord: (count: number) => string
    /** Copies held by one member. */
    readonly copies: (count: number) => string
    /** How many may die without loss, in two short lines. */
    readonly mayFail: (count: number) => readonly [string, string]
    /** Something has no majority. */
    readonly stopped: readonly [string, string]
    readonly waitingForRing: string
    readonly table: string
    readonly name: string
    readonly state: string
    readonly states: Readonly<Record<'up' | 'suspect' | 'down', string>>
    readonly held: string
    readonly heldLong: string
    readonly position: string
    readonly door: string
    readonly load: string
    readonly select: (name: string) => string
    readonly unselect: string
    readonly successors: string
    readonly predecessor: string
    readonly fingers: string
    readonly none: string
    readonly ringAddress: string
    readonly since: string
    readonly version: string
    readonly ownOf: (own: number, all: number) => string
    readonly downloads: (running: number, max: number) => string
    readonly busy: string
    readonly you: string
    readonly pageHere: string
    readonly hint: string
    readonly legend: string
    readonly showTable: (count: number) => string
  }
  readonly log: {
    readonly title: string
    readonly pause: string
    readonly goOn: (held: number) => string
    readonly clear: string
    readonly filter: string
    readonly member: string
    readonly everyone: string
    readonly empty: string
    readonly nothingShown: string
    readonly list: string
    readonly topics: Readonly<Record<Topic, string>>
    readonly kinds: Readonly<Record<RingEvent['kind'], (words: EventWords) => string>>
    readonly times: (count: number) => string
    /** Stands for the host in a sentence about a page that is named already. */
    readonly site: string
  }
  readonly waiting: {
    readonly title: string
    readonly sentence: (words: { name: string; address: string }) => string
    readonly codeLabel: string
    readonly check: string
    readonly admit: (name: string) => string
    readonly admitting: string
  }
  readonly door: {
    readonly using: string
    readonly moved: (words: { door: string }) => string
    readonly lost: string
    readonly lostHint: string
    readonly connecting: string
  }
  readonly crawls: CrawlTexts
  readonly versions: VersionTexts
  readonly witnesses: WitnessTexts
  readonly schedules: ScheduleTexts
  readonly renders: RenderTexts
  readonly archive: ArchiveTexts
  readonly copies: CopyTexts
  readonly store: StoreTexts
  readonly accounts: AccountTexts
  readonly problem: { readonly INTERNET: string; readonly UNREADABLE: string }
  /** Fillings that arrive in English; what is not listed is shown as it came. */
  readonly fillings: Readonly<Record<string, string>>
}

const plural = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

export const EN: Texts = {
  title: 'anillo',
  tagline: 'A ring of machines that downloads a page once and keeps it.',
  skip: 'Skip to the address field',
  skipToContent: 'Skip to the content',
  language: 'Language',
  languageMissing: (name) => `${name} could not be loaded. Reload the page, then choose it again.`,
  viewMissing: 'This part of the page could not be loaded. A member may have been upgraded.',
  reload: 'Reload the page',
  find: 'Search everything',
  dweetThis: 'Dweet this',
  feedTitle: 'What happened',
  feed: (unseen) => (unseen === '0' ? 'What happened' : `What happened: ${unseen} new`),
  glance: 'At a glance',
  theme: { toDark: 'Dark theme', toLight: 'Light theme' },
  search: {
    label: 'Address of a page',
    placeholder: 'example.org',
    placeholderHere: 'example.org or :8000',
    button: 'Download',
    hint: 'Any address that the machines of the ring can reach',
    hintHere: '“:8000” is short for http://localhost:8000',
    empty: 'Type the address of a page first, such as example.org.',
    recent: 'Recent addresses',
    forget: (page) => `Forget ${page}`,
  },
  result: {
    region: 'The page',
    tabs: 'Views of the page',
    page: 'Page',
    source: 'Source',
    headers: 'Headers',
    story: 'Story',
    anew: 'Download anew',
    ledTo: 'led to',
    heldError: (age) =>
      `This error is a held answer, ${age} old; the site was not asked again. Download it anew to ask the site.`,
    close: 'Close',
    save: 'Save the body',
    open: 'Open by itself',
    how: {
      hit: 'already held',
      fetched: 'downloaded',
      revalidated: 'unchanged',
      coalesced: 'shared',
    },
    howLong: {
      hit: 'The ring held it already; nothing was downloaded.',
      fetched: 'It was downloaded for this request.',
      revalidated: 'The site was asked, and has still what the ring held: nothing was downloaded.',
      coalesced: 'Somebody else was downloading it; the download was shared.',
    },
    frame: (page) => `${page}, as the ring downloaded it`,
    safe: 'Shown without scripts, and nothing is loaded from elsewhere.',
    notShown: (type) =>
      `A page of kind ${type} is not shown here. Save the body to open it with a program of yours.`,
    empty: 'The answer has no body.',
    loading: 'Loading …',
    cut: (shown, whole) => `The first ${shown} of ${whole}. Save the body to see the rest.`,
    noText: (type) => `This is ${type}, not text. Save the body to open it.`,
    sourceRegion: 'Source text',
    answer: 'Answer',
    noHeaders: 'The answer had no headers.',
    headersRegion: 'Headers of the answer',
    redirects: 'Redirects',
    redirectTo: 'on to',
  },
  running: {
    title: 'Downloading',
    asking: 'Asking the ring who owns this page …',
    by: (member) => `${member} is downloading it.`,
    bySomebody: 'A machine of the ring is downloading it.',
    received: (bytes) => `${bytes} received`,
    elapsed: (duration) => `${duration} so far`,
    leave: 'Leave it running',
    leaveHint: 'The download goes on in the ring; come back to it under the address field.',
    still: (count) => `${plural(count, 'download', 'downloads')} running`,
    back: 'running',
  },
  failure: {
    title: 'This page could not be had',
    again: 'Try again',
    remembered: (age) =>
      `This is a remembered failure, ${age} old when you asked; the site was not asked again.`,
    code: 'Code',
    when: 'When',
    askedOf: 'Tried by',
  },
  story: {
    told: ({ member, date, duration, site }) =>
      `${member === '' ? 'The ring' : member} downloaded this page from ${site} on ${date}, in ${duration}.`,
    route: 'The way to it',
    asked: 'was asked',
    hop: 'showed the way',
    owner: 'owns this page',
    ownerAlone: 'was asked, and owns this page',
    site: 'the site answered',
    facts: 'Facts',
    title: 'Title',
    address: 'Address',
    finalAddress: 'After redirects',
    position: 'Place on the ring',
    hash: 'SHA-256 of the body',
    size: 'Size',
    wire: (bytes) => `${bytes} over the wire`,
    took: 'Took',
    age: 'Age',
    fetchedBy: 'Downloaded by',
    how: 'Obtained',
    ageNow: 'just now',
    hops: (count) => plural(count, 'hop', 'hops'),
  },
  ring: {
    title: 'The ring',
    picture: ({ members, pages }) =>
      `Picture of the ring: ${plural(members, 'member', 'members')} holding ${plural(pages, 'page', 'pages')}. The table of members tells the same.`,
    members: (count) => plural(count, 'member', 'members'),
    membersWord: (count) => (count === 1 ? 'member' : 'members'),
    copies: (count) => `${count} held`,
    mayFail: (count) =>
      count === 0
        ? ['none may die:', 'no copies to spare']
        : [count === 1 ? 'any one may die;' : `any ${count} may die;`, 'nothing is lost'],
    stopped: ['too few are up:', 'not all can be read'],
    waitingForRing: 'Waiting for the ring …',
    table: 'Members of the ring',
    name: 'Name',
    state: 'State',
    states: { up: 'up', suspect: 'suspect', down: 'down' },
    held: 'Held',
    heldLong: 'Copies of pages that the member holds. Each page is held by several members.',
    position: 'Place',
    door: 'Door',
    load: 'Downloads',
    select: (name) => `Show details of ${name}`,
    unselect: 'Close details',
    successors: 'Successors',
    predecessor: 'Predecessor',
    fingers: 'Fingers',
    none: 'none',
    ringAddress: 'Ring address',
    since: 'Up since',
    version: 'Version',
    ownOf: (own, all) => `${all} held, ${own} of its own range`,
    downloads: (running, max) => `${running} of ${max}`,
    busy: 'busy',
    you: 'answers this page',
    pageHere: 'the page shown',
    hint: 'Held: the copies of pages at a member; each page is kept by several. Point at a member to see its range, its fingers and its neighbours.',
    legend: 'successor · predecessor (dashed) · fingers (thin)',
    showTable: (count) => `All ${plural(count, 'member', 'members')}`,
  },
  log: {
    title: 'What happens',
    pause: 'Pause',
    goOn: (held) => (held === 0 ? 'Go on' : `Go on (${held})`),
    clear: 'Clear',
    filter: 'Show',
    member: 'Member',
    everyone: 'all members',
    empty: 'Nothing yet. What the ring does appears here as it happens.',
    nothingShown: 'Nothing that the filter lets through.',
    list: 'What the ring does, the latest first',
    topics: {
      membership: 'Members',
      store: 'Store',
      downloads: 'Downloads',
      lookups: 'Look-ups',
      refusals: 'Refusals',
      upkeep: 'Upkeep',
    },
    kinds: {
      joined: ({ other, text }) =>
        text || (other === '' ? 'joined the ring' : `joined the ring by way of ${other}`),
      left: () => 'left the ring',
      stabilised: () => 'checked its neighbours',
      successor: ({ other, text }) => `has ${other || text} as successor`,
      predecessor: ({ other, text }) => `has ${other || text} as predecessor`,
      fingers: ({ other, count }) =>
        other === '' ? 'renewed its fingers' : `points finger ${count} at ${other}`,
      merged: ({ other }) => `found a lost part of the ring at ${other}`,
      suspected: ({ other }) => `gets no answer from ${other}`,
      died: ({ other }) => `takes ${other} for dead`,
      returned: ({ other }) => `hears ${other} again`,
      lookup: ({ other, page, hops }) => `looked up ${page} → ${other}${hops}`,
      downloadStarted: ({ page }) => `is downloading ${page}`,
      downloadFinished: ({ page, bytes, duration }) => `downloaded ${page}${bytes}${duration}`,
      revalidated: ({ page, duration }) => `found ${page} unchanged at its site${duration}`,
      downloadFailed: ({ page, why }) =>
        `could not download ${page}${why === '' ? '' : `: ${why}`}`,
      refused: ({ other, text, why }) =>
        other === ''
          ? `refused a newcomer at ${text}${why === '' ? '' : `: ${why}`}`
          : `asked ${other}, which ${text || 'refused'}`,
      coordinator: () => 'coordinates the ring from here on',
      ...STORE_KINDS_EN,
      waiting: ({ other }) => `has a newcomer waiting${other === '' ? '' : `: ${other}`}`,
    },
    times: (count) => `${count} times`,
    site: 'the site',
  },
  waiting: {
    title: 'A machine wants to join',
    sentence: ({ name, address }) => `${name} at ${address} waits to be let into the ring.`,
    codeLabel: 'Its code',
    check: 'Let it in only if it shows the same code.',
    admit: (name) => `Let ${name} in`,
    admitting: 'Letting it in …',
  },
  door: {
    using: 'by way of',
    moved: ({ door }) => `A member went away; now by way of ${door}.`,
    lost: 'No member answers.',
    lostHint: 'Start one with “npm start” or “npx anillo up”; this page finds it by itself.',
    connecting: 'Connecting …',
  },
  crawls: CRAWLS_EN,
  versions: VERSIONS_EN,
  witnesses: WITNESSES_EN,
  schedules: SCHEDULES_EN,
  renders: RENDERS_EN,
  archive: ARCHIVE_EN,
  copies: COPIES_EN,
  store: STORE_EN,
  accounts: ACCOUNTS_EN,
  problem: {
    INTERNET: 'The answer could not be had. Try again.',
    UNREADABLE:
      'The member answered something that this page cannot read. Are both of the same version?',
  },
  fillings: {
    'could not join there': 'did not let it join',
    nobody: 'nobody else',
  },
}
