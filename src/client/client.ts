/**
 * The client of the REST API, for the command line, tests, and whatever else speaks with a ring. It
 * knows several members' doors and learns the others; which of them answers never shows.
 */
import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'

import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import {
  AuthorityRotation,
  Lookup,
  MemberOrdered,
  Page,
  Ring,
  RingEvent,
  type RingSetting,
  RingSettingList,
  Scrape,
  type ScrapeRequest,
  Waiting,
} from '../wire/api.ts'
import { howAfter } from '../wire/scrape-how.ts'
import { Accounts } from './accounts.ts'
import { Archives } from './archives.ts'
import { Crawls } from './crawls.ts'
import { Doors } from './doors.ts'
import { Dweets } from './dweets.ts'
import { eventTexts, parsedEvent } from './event-stream.ts'
import { EXTRACT_TIMEOUT_MS, Extracts } from './extracts.ts'
import { Feed } from './feed.ts'
import { Files } from './files.ts'
import { Find } from './find.ts'
import { Groups } from './groups.ts'
import { Links } from './links.ts'
import { Locks } from './locks.ts'
import { OwnData } from './own-data.ts'
import { Records } from './records.ts'
import { foreignAnswer, originOfAnswer, readJson, requestAnywhere } from './request.ts'
import type { ClientWorld, Credentials, RequestOptions } from './request.ts'
import type { Asking } from './resource.ts'
import { Schedules } from './schedules.ts'
import { Shares } from './shares.ts'
import { Testimonies } from './testimonies.ts'
import { Versions } from './versions.ts'

/** A member answers at once, or is not well. */
const ANSWER_MS_MAX = 5 * SECOND_MS
/** A member may hold a request for so long, at the asker's wish. */
const WAIT_SECONDS = 10
/** To what is written on a majority, a change of leader in between. */
const ORDER_MS_MAX = 15 * SECOND_MS

/** Before a stream of events that ended is opened again. */
const RECONNECT_PAUSE_MS = 500

const WaitingList = Type.Object({ waiting: Type.Array(Waiting) })
const TokenAnswer = Type.Object({ token: Type.String() })

export interface FollowOptions {
  readonly signal?: AbortSignal
  /** Called about once a second while the download runs; without it the client asks less often. */
  readonly onProgress?: (scrape: Scrape) => void
}

export interface Content {
  /** As the site called it. */
  readonly contentType: string
  readonly body: ReadableStream<Uint8Array>
}

/** `rendered`: the document after its scripts ran. */
export type PagePart = 'content' | 'rendered' | 'screenshot'

export class AnilloClient {
  readonly #world: ClientWorld
  readonly #doors: Doors
  readonly #credentials: Credentials | undefined
  /** The store, as it is: `/v1/kv`. */
  readonly records: Records
  readonly locks: Locks
  readonly accounts: Accounts
  readonly groups: Groups
  readonly links: Links
  readonly crawls: Crawls
  readonly schedules: Schedules
  readonly versions: Versions
  readonly extracts: Extracts
  /** All that the ring has, by words. */
  readonly found: Find
  readonly feed: Feed
  readonly testimonies: Testimonies
  readonly archives: Archives
  readonly files: Files
  readonly dweets: Dweets
  readonly ownData: OwnData
  readonly shares: Shares

  /**
   * @param doors at least one, e.g. `http://localhost:9100`
   * @param credentials absent: nobody, a guest where there are such
   */
  constructor(world: ClientWorld, doors: readonly string[], credentials?: Credentials) {
    this.#world = world
    this.#doors = new Doors(doors)
    this.#credentials = credentials
    const asking: Asking = {
      ask: (shape, options) => this.#ask(shape, options),
      request: (options, read) => this.#request(options, read),
      brokeOff: (response) => this.#doors.failed(originOfAnswer(response)),
    }
    this.records = new Records(asking)
    this.locks = new Locks(asking)
    this.accounts = new Accounts(asking)
    this.groups = new Groups(asking)
    this.links = new Links(asking)
    this.crawls = new Crawls(asking)
    this.schedules = new Schedules(asking)
    this.versions = new Versions(asking)
    this.extracts = new Extracts(asking)
    this.found = new Find(asking)
    this.feed = new Feed(asking)
    this.testimonies = new Testimonies(asking)
    this.archives = new Archives(asking, (delayMs) => world.pause(delayMs))
    this.files = new Files(asking, (delayMs) => world.pause(delayMs))
    this.dweets = new Dweets(asking, (delayMs) => world.pause(delayMs))
    this.ownData = new OwnData(asking, (delayMs) => world.pause(delayMs))
    this.shares = new Shares(asking, (delayMs) => world.pause(delayMs))
  }

  /** Best first; grows by what `ring` tells. */
  get doors(): readonly string[] {
    return this.#doors.urls
  }

  /**
   * Has a page downloaded, or gets what is held, and waits for the end. A failed download is an
   * answer.
   */
  async scrape(request: ScrapeRequest, options: FollowOptions = {}): Promise<Scrape> {
    const wait = options.onProgress === undefined ? WAIT_SECONDS : 1
    const headers = { prefer: `wait=${wait}` }
    const extractMs = request.extract === undefined ? 0 : EXTRACT_TIMEOUT_MS
    const timeoutMs = wait * SECOND_MS + ANSWER_MS_MAX + extractMs
    const common = { headers, timeoutMs, ...signalOf(options.signal) }
    const first: RequestOptions = { ...common, method: 'POST', path: '/v1/scrapes', body: request }
    const begun = await this.#ask(Scrape, first)
    let scrape = begun
    while (scrape.state === 'running') {
      options.onProgress?.(scrape)
      const drawn = request.render === true ? '?render=true' : ''
      const path = `/v1/scrapes/${encodeURIComponent(scrape.id)}${drawn}`
      const next = await this.#askIfKnown(Scrape, { ...common, method: 'GET', path })
      // The member that knew of this download died: its successor is told of it by asking again.
      scrape = next ?? (await this.#ask(Scrape, first))
    }
    // Whoever asks how a download goes shares it; how it came about, the first answer told.
    return { ...scrape, how: howAfter(begun.how, scrape) }
  }

  /** How a download stands. @throws AnilloError NOT_FOUND */
  findScrape(id: string): Promise<Scrape> {
    return this.#get(Scrape, `/v1/scrapes/${encodeURIComponent(id)}`)
  }

  /** What is held of a page; downloads nothing. @throws AnilloError NOT_FOUND */
  page(id: string): Promise<Page> {
    return this.#get(Page, `/v1/pages/${encodeURIComponent(id)}`)
  }

  /** @throws AnilloError NOT_FOUND, URL_MALFORMED, URL_SCHEME, URL_TOO_LONG */
  pageOf(url: string): Promise<Page> {
    return this.#get(Page, `/v1/pages?url=${encodeURIComponent(url)}`)
  }

  /**
   * Of a page that is held: its decoded body, or what a browser made of it. @throws AnilloError
   * NOT_FOUND
   */
  async content(
    id: string,
    { part = 'content', signal }: { readonly part?: PagePart; readonly signal?: AbortSignal } = {},
  ): Promise<Content> {
    const path = `/v1/pages/${encodeURIComponent(id)}/${part}`
    const timeoutMs = WAIT_SECONDS * SECOND_MS
    const response = await this.#open({ method: 'GET', path, timeoutMs, ...signalOf(signal) })
    const contentType = response.headers.get('content-type') ?? ''
    return { contentType, body: response.body ?? new ReadableStream() }
  }

  /** The members, as the one that answers sees them; their doors are kept for later requests. */
  async ring(): Promise<Ring> {
    const ring = await this.#get(Ring, '/v1/ring')
    // Some members have no door that can be reached from here.
    this.#doors.learn(ring.members.flatMap(({ url }) => (url === '' ? [] : [url])))
    return ring
  }

  lookup(key: string): Promise<Lookup> {
    return this.#get(Lookup, `/v1/ring/lookup?key=${encodeURIComponent(key)}`)
  }

  /**
   * The ring's doings from now on, after the `recent` latest; goes on, at another member if need
   * be, when the stream ends. Ends when the signal does. @throws AnilloError RING_NOT_REACHABLE
   */
  async *events(recent: number, signal: AbortSignal): AsyncIterable<RingEvent> {
    let wanted = recent
    while (!signal.aborted) {
      const path = `/v1/ring/events?recent=${wanted}`
      const headers = { accept: 'text/event-stream' }
      const timeoutMs = ANSWER_MS_MAX
      const response = await this.#open({ method: 'GET', path, headers, timeoutMs, signal })
      for await (const text of eventTexts(response.body)) {
        const event = parsedEvent(text)
        // A newer member may tell of doings that this client has no name for.
        if (Check(RingEvent, event)) yield event
      }
      // What was told meanwhile is lost to this reader; telling old doings twice would be worse.
      wanted = 0
      if (!signal.aborted) await this.#world.pause(RECONNECT_PAUSE_MS)
    }
  }

  /** Machines that wait to be let in. */
  async waiting(): Promise<readonly Waiting[]> {
    return (await this.#get(WaitingList, '/v1/ring/waiting')).waiting
  }

  /** @throws AnilloError ADMISSION_UNKNOWN */
  async admit(code: string): Promise<void> {
    const path = `/v1/ring/waiting/${encodeURIComponent(code)}/admit`
    const response = await this.#open({ method: 'POST', path, timeoutMs: ANSWER_MS_MAX })
    await response.body?.cancel()
  }

  /**
   * Has a member emptied, taken back, or taken out for good; `force` does not wait until it is
   * empty.
   * @throws AnilloError NOT_FOUND, FORBIDDEN
   */
  orderMember(
    id: string,
    order: 'drain' | 'undrain' | 'remove',
    force = false,
  ): Promise<MemberOrdered> {
    const path = `/v1/ring/members/${encodeURIComponent(id)}/${order}`
    const body = order === 'remove' ? { force } : undefined
    const options = { method: 'POST', path, timeoutMs: ORDER_MS_MAX } as const
    return this.#ask(MemberOrdered, body === undefined ? options : { ...options, body })
  }

  /** Begins to change the ring's authority, or tells of the change under way. */
  rotateAuthority(): Promise<AuthorityRotation> {
    const path = '/v1/ring/authority'
    return this.#ask(AuthorityRotation, { method: 'POST', path, timeoutMs: ORDER_MS_MAX })
  }

  /** Settings of the whole ring. */
  async settings(): Promise<readonly RingSetting[]> {
    return (await this.#get(RingSettingList, '/v1/ring/settings')).settings
  }

  /**
   * @param value `null`: as it is by default
   * @throws AnilloError NOT_FOUND, SETTING_INVALID
   */
  async set(name: string, value: number | null): Promise<readonly RingSetting[]> {
    const path = `/v1/ring/settings/${encodeURIComponent(name)}`
    const options = { method: 'PUT', path, body: { value }, timeoutMs: ORDER_MS_MAX } as const
    return (await this.#ask(RingSettingList, options)).settings
  }

  /** A join token for one machine. @throws AnilloError FORBIDDEN */
  async token(validForSeconds: number): Promise<string> {
    const options = { method: 'POST', path: '/v1/tokens', body: { validForSeconds } } as const
    return (await this.#ask(TokenAnswer, { ...options, timeoutMs: ANSWER_MS_MAX })).token
  }

  #get<S extends TSchema>(shape: S, path: string): Promise<Static<S>> {
    return this.#ask(shape, { method: 'GET', path, timeoutMs: ANSWER_MS_MAX })
  }

  #ask<S extends TSchema>(shape: S, options: RequestOptions): Promise<Static<S>> {
    return this.#request(options, async (response) => {
      const value = await readJson(response)
      if (value === undefined) return undefined
      if (!Check(shape, value)) throw foreignAnswer(response)
      return value
    })
  }

  async #askIfKnown<S extends TSchema>(
    shape: S,
    options: RequestOptions,
  ): Promise<Static<S> | undefined> {
    try {
      return await this.#ask(shape, options)
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }

  /** An answer whose body is read by the caller. */
  #open(options: RequestOptions): Promise<Response> {
    return this.#request(options, async (response) => response)
  }

  #request<T>(
    options: RequestOptions,
    read: (response: Response) => Promise<T | undefined>,
  ): Promise<T> {
    const way = { world: this.#world, doors: this.#doors, credentials: this.#credentials }
    return requestAnywhere(way, options, read)
  }
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
