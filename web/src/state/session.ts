/** All that the page knows and does, apart from how it looks. One for each window. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import type { Ring, RingEvent, Waiting } from '../../../src/wire/api.ts'
import { ArchiveClient } from '../api/archive.ts'
import { CopiesClient } from '../api/copies.ts'
import { CrawlsClient } from '../api/crawls.ts'
import { watchEvents } from '../api/events.ts'
import { readRing, readWaiting } from '../api/read.ts'
import { RingClient, RingTrouble } from '../api/ring-client.ts'
import { SchedulesClient } from '../api/schedules.ts'
import { RETRY_MS_MAX, RETRY_MS_MIN } from '../api/streams.ts'
import { TestimoniesClient } from '../api/testimonies.ts'
import { VersionsClient } from '../api/versions.ts'
import { BROWSER_SHELVES } from '../copies/browser-shelves.ts'
import { Copies, type Owner } from '../copies/copies.ts'
import { TabSecrets } from '../copies/tab-secrets.ts'
import {
  isEntrance,
  may,
  nickOf,
  parseView,
  RING_VIEW,
  searchOf,
  type View,
  type Who,
} from '../model/accounts.ts'
import { completeAddress } from '../model/address.ts'
import { parseDoor } from '../model/doors.ts'
import {
  addEvents,
  CHANGES_RING,
  EMPTY_LOG,
  NO_FILTER,
  type Log,
  type LogFilter,
} from '../model/log.ts'
import { watchRepairs, type RepairWatch } from '../model/repairs.ts'
import { isUnsettled } from '../model/store.ts'
import { loadLanguage } from '../texts/load.ts'
import type { Language, LanguagePack, Trouble } from '../texts/texts.ts'
import { Account } from './account.ts'
import { Cell } from './cell.ts'
import { LanguageChoice } from './language-choice.ts'
import { memory, remember, type Recent, type Theme } from './memory.ts'
import { Visits, type HowToOpen, type Visit } from './visits.ts'

/** How it stands between this window and the ring. */
export type Link = 'connecting' | 'live' | 'lost'

/**
 * Changes come in bursts; the ring is asked once after each, and at least this often during one.
 */
const REFRESH_DELAY_MS = 150
/** The store tells of its moves only when asked: this often while there are some, else rarely. */
const MOVING_REFRESH_MS = 1_000
const QUIET_REFRESH_MS = 10_000
/**
 * An event older than this when it arrives is history: it is logged, but not played in the picture.
 */
const LIVE_AGE_MAX_MS = 5_000

export class Session {
  readonly languages: LanguageChoice
  readonly theme: Cell<Theme | undefined>
  readonly ring = new Cell<Ring | undefined>(undefined)
  readonly repairs = new Cell<RepairWatch | undefined>(undefined)
  readonly log = new Cell<Log>(EMPTY_LOG)
  readonly filter: Cell<LogFilter>
  readonly link = new Cell<Link>('connecting')
  readonly door: Cell<string>
  /** The door in use is not the one that served the page, or changed since. */
  readonly hasMoved = new Cell(false)
  readonly waiting = new Cell<readonly Waiting[]>([])
  readonly waitingTrouble = new Cell<Trouble | undefined>(undefined)
  readonly recents: Cell<readonly Recent[]>
  /** A member's id whose details are on show. */
  readonly selected = new Cell<string | undefined>(undefined)
  /** What the address of the page asks for. */
  readonly view = new Cell<View>(RING_VIEW)
  readonly client: RingClient
  readonly account: Account
  readonly visits: Visits
  readonly crawls: CrawlsClient
  readonly schedules: SchedulesClient
  readonly versions: VersionsClient
  readonly testimonies: TestimoniesClient
  readonly archive: ArchiveClient
  /** What the ring gives for copies, and those that this browser keeps. */
  readonly pages: CopiesClient
  readonly copies: Copies
  readonly #players = new Set<(event: RingEvent) => void>()
  #isAskingRing = false
  #isRefreshDue = false
  #nextRefresh: ReturnType<typeof setTimeout> | undefined
  #nick: string | undefined
  /** Where whoever logs in was before. */
  #wanted: View = RING_VIEW
  /** The ring is watched as somebody: as whom, and how to stop. */
  #watch: { readonly as: string; readonly stop: AbortController } | undefined

  constructor(origin: string, pack: LanguagePack) {
    this.languages = new LanguageChoice(pack, loadLanguage)
    this.theme = new Cell(memory.theme())
    this.recents = new Cell(memory.recents())
    this.filter = new Cell({ ...NO_FILTER, hidden: new Set(memory.hiddenTopics()) })
    this.door = new Cell(origin)
    this.client = new RingClient({
      fetch: (url, init) => fetch(url, init),
      door: origin,
      doors: memory.doors(),
      onDoor: (door) => this.#move(door),
      onReach: (isReached) => this.#reach(isReached),
      onRefused: (trouble) => this.account.refused(trouble),
    })
    this.crawls = new CrawlsClient(this.client)
    this.schedules = new SchedulesClient(this.client)
    this.versions = new VersionsClient(this.client)
    this.testimonies = new TestimoniesClient(this.client)
    this.archive = new ArchiveClient(this.client)
    this.pages = new CopiesClient(this.client)
    this.copies = copiesOf(this.pages)
    const windows = new BroadcastChannel('anillo.account')
    this.account = new Account({
      client: this.client,
      hostname: new URL(origin).hostname,
      userAgent: navigator.userAgent,
      tellWindows: () => windows.postMessage(null),
      // The next person at this browser is not shown them.
      onLeft: () => {
        this.#setRecents([])
        memory.forgetDweets()
      },
    })
    windows.onmessage = () => void this.account.find().catch(() => undefined)
    this.visits = new Visits({
      ask: (question) => this.client.json(question),
      onEnd: (visit) => this.#ended(visit),
    })
  }

  /** Finds out who looks, and follows the ring until the window closes. */
  start(): void {
    this.account.who.watch(() => this.#follow())
    addEventListener('popstate', () => this.#followLocation())
    this.view.set(parseView(location.search))
    void this.#begin()
  }

  /** Shows a view; the page on show stays in the address, to come back to. */
  go(view: View): void {
    const before = this.view.get()
    if (isEntrance(view) && !isEntrance(before)) this.#wanted = before
    const search = searchOf(view)
    if (search !== searchOf(before))
      history.pushState(null, '', `${location.pathname}${search}${location.hash}`)
    this.view.set(view)
  }

  /** Shows the page of what was typed. @returns whether anything was typed */
  search(typed: string, options: Partial<HowToOpen> = {}): boolean {
    const url = completeAddress(typed)
    if (url === '') return false
    this.open(url, options)
    return true
  }

  /** From another view, to which going back leads. */
  openFromView(url: string): void {
    history.pushState(null, '', pagePath(url))
    this.view.set(RING_VIEW)
    this.visits.open(url, { anew: false })
  }

  open(url: string, options: Partial<HowToOpen> = {}): void {
    this.#go(url)
    this.visits.open(url, { anew: false, ...options })
  }

  show(visit: Visit): void {
    this.#go(visit.url)
    this.visits.show(visit.key)
  }

  /** Back to the ring; a running download goes on. */
  leave(): void {
    this.#go('')
    this.visits.show(undefined)
  }

  forget(url: string): void {
    this.#setRecents(this.recents.get().filter((recent) => recent.url !== url))
  }

  setFilter(filter: LogFilter): void {
    this.filter.set(filter)
    memory.setHiddenTopics([...filter.hidden])
  }

  setLanguage(language: Language): void {
    void this.languages.choose(language)
    memory.setLanguage(language)
  }

  setTheme(theme: Theme): void {
    this.theme.set(theme)
    memory.setTheme(theme)
  }

  /** Calls back for what happens from now on. @returns how to stop */
  play(player: (event: RingEvent) => void): () => void {
    this.#players.add(player)
    return () => {
      this.#players.delete(player)
    }
  }

  async admit(code: string): Promise<void> {
    this.waitingTrouble.set(undefined)
    try {
      await this.client.json({ path: `/v1/ring/waiting/${code}/admit`, method: 'POST' })
    } catch (thrown) {
      if (thrown instanceof RingTrouble) this.waitingTrouble.set(thrown)
    }
    await this.#askWaiting()
  }

  /**
   * The address stands behind `#`, so that reloading and going back work, and no server sees it.
   */
  #go(url: string): void {
    if (decodeHash(location.hash) === url) return
    history.pushState(null, '', url === '' ? location.pathname : hashOf(url))
  }

  #followLocation(): void {
    this.view.set(parseView(location.search))
    const url = completeAddress(decodeHash(location.hash))
    const known = this.visits.all.get().find((visit) => visit.url === url)
    if (url === '') this.visits.show(undefined)
    else if (known !== undefined) this.visits.show(known.key)
    else if (may(this.account.who.get(), 'pages.scrape')) this.visits.open(url, { anew: false })
  }

  #ended(visit: Visit): void {
    const page = visit.scrape?.page
    // An address that the ring refused as such is no address to come back to.
    if (page === undefined && visit.scrape === undefined) return
    this.#setRecents(remember(this.recents.get(), { url: visit.url, title: page?.title ?? '' }))
  }

  #setRecents(recents: readonly Recent[]): void {
    this.recents.set(recents)
    memory.setRecents(recents)
  }

  #move(door: string): void {
    this.door.set(door)
    this.hasMoved.set(true)
    this.account.moved(door)
  }

  /** Where the ring may be watched, the stream of its doings tells better. */
  #reach(isReached: boolean): void {
    if (this.#watch === undefined || !isReached) this.link.set(isReached ? 'live' : 'lost')
  }

  /** Until somebody answers: each round later than the last. */
  async #begin(): Promise<void> {
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      const who = await this.account.find().catch(() => undefined)
      if (who !== undefined) return
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }

  /** Somebody else looks, or may do other things than before. */
  #follow(): void {
    const who = this.account.who.get()
    const nick = nickOf(who)
    // What one person looked at is not for the next.
    if (this.#nick !== undefined && nick !== this.#nick) this.visits.clear()
    this.#nick = nick
    const as = may(who, 'ring.watch') ? (nick ?? '') : undefined
    if (this.#watch?.as !== as) {
      this.#watch?.stop.abort()
      this.#watch = as === undefined ? undefined : { as, stop: this.#watchRing() }
    }
    if (as === undefined) this.#forgetRing()
    this.#followCopies()
    if (!may(who, 'ring.operate')) this.waiting.set([])
    if (nick !== undefined && isEntrance(this.view.get())) {
      this.go(this.#wanted)
      this.#wanted = RING_VIEW
    }
    this.#followLocation()
  }

  /** A door on another host does not know who looks: its answer says nothing of the person. */
  #followCopies(): void {
    if (this.account.isElsewhere) return
    // What cannot be done now is done with the next change, or when copies are next asked for.
    this.copies.follow(ownerOf(this.account.who.get())).catch(() => undefined)
  }

  #forgetRing(): void {
    this.ring.set(undefined)
    this.repairs.set(undefined)
    this.log.set(EMPTY_LOG)
    this.selected.set(undefined)
  }

  #watchRing(): AbortController {
    const stop = new AbortController()
    const watcher = {
      onOpen: () => this.#connected(),
      onEvents: (events: readonly RingEvent[]) => this.#take(events),
      onLost: () => this.link.set('connecting'),
      onUnreachable: () => this.link.set('lost'),
    }
    void watchEvents(this.client, watcher, stop.signal)
    return stop
  }

  #connected(): void {
    this.link.set('live')
    this.#refreshSoon()
    void this.#askWaiting()
  }

  #take(events: readonly RingEvent[]): void {
    this.log.update((log) => addEvents(log, events))
    if (events.some((event) => CHANGES_RING.has(event.kind))) this.#refreshSoon()
    if (events.some((event) => event.kind === 'waiting' || event.kind === 'joined'))
      void this.#askWaiting()
    const oldest = Date.now() - LIVE_AGE_MAX_MS
    for (const event of events) {
      if (Date.parse(event.at) < oldest) continue
      for (const player of this.#players) player(event)
    }
  }

  #refreshSoon(): void {
    if (this.#isRefreshDue) return
    this.#isRefreshDue = true
    if (!this.#isAskingRing) setTimeout(() => void this.#askRing(), REFRESH_DELAY_MS)
  }

  async #askRing(): Promise<void> {
    this.#isRefreshDue = false
    if (this.#watch === undefined) return
    this.#isAskingRing = true
    const answer = await this.client.json({ path: '/v1/ring' }).catch(() => undefined)
    const ring = readRing(answer)
    if (ring !== undefined && this.#watch !== undefined) this.#takeRing(ring)
    this.#isAskingRing = false
    if (this.#isRefreshDue) setTimeout(() => void this.#askRing(), REFRESH_DELAY_MS)
    else this.#refreshLater()
  }

  /** A window that nobody sees asks nothing. */
  #refreshLater(): void {
    const isMoving = this.repairs.get() !== undefined || isUnsettled(this.ring.get())
    clearTimeout(this.#nextRefresh)
    this.#nextRefresh = setTimeout(
      () => (document.hidden ? this.#refreshLater() : this.#refreshSoon()),
      isMoving ? MOVING_REFRESH_MS : QUIET_REFRESH_MS,
    )
  }

  #takeRing(ring: Ring): void {
    this.ring.set(ring)
    this.repairs.update((before) => watchRepairs(before, ring, performance.now()))
    const up = ring.members.filter((member) => member.state === 'up')
    const rest = ring.members.filter((member) => member.state !== 'up')
    this.client.learn(
      [...up, ...rest].map((member) => parseDoor(member.url)).filter((door) => door !== undefined),
    )
    memory.setDoors(this.client.doors)
  }

  async #askWaiting(): Promise<void> {
    if (!may(this.account.who.get(), 'ring.operate')) return
    const answer = await this.client.json({ path: '/v1/ring/waiting' }).catch(() => undefined)
    if (answer !== undefined) this.waiting.set(readWaiting(answer))
  }
}

function ownerOf(who: Who): Owner {
  const nick = nickOf(who)
  if (nick !== undefined) return { kind: 'account', nick }
  if (who.kind === 'told' || who.kind === 'anyone') return { kind: 'guest' }
  return { kind: who.kind }
}

function copiesOf(client: CopiesClient): Copies {
  const windows = new BroadcastChannel('anillo.copies')
  const copies = new Copies({
    shelves: BROWSER_SHELVES,
    sessionSecret: () => client.sessionSecret(),
    guests: new TabSecrets(),
    now: () => new Date().toISOString(),
    tellWindows: () => windows.postMessage(null),
  })
  windows.onmessage = () => void copies.changed().catch(() => undefined)
  return copies
}

function hashOf(url: string): string {
  return `#${encodeURI(url.toWellFormed())}`
}

/** Where the page of an address is shown, beside the ring. */
export function pagePath(url: string): string {
  return `./${hashOf(url)}`
}

/** The address behind `#`, as it was typed; one that is no valid escape is taken as it stands. */
function decodeHash(hash: string): string {
  const text = hash.replace(/^#/, '')
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

const SessionContext = createContext<Session | undefined>(undefined)
export const SessionProvider = SessionContext.Provider

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('a view stands outside its session')
  return session
}
