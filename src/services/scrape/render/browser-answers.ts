/**
 * What a browser is told when a page that it draws asks for something. The page itself is the copy
 * that is held; all else comes through the ring as any page does: from what is held and fresh, or
 * from its site, through the address gate, within the limits of downloads, and is kept. So what a
 * page asks for while it is drawn is there when it is shown from the archive.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { BrowserAnswer, BrowserRequest } from '../../../effects/browser.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { RefusedWhy, Render } from '../../../wire/api-render.ts'
import type { Page, Scrape } from '../../../wire/api.ts'
import type { AddressGate } from '../fetch/address-gate.ts'
import type { PageContent, Scraper } from '../pages/scraper.ts'
import { Slots } from '../pages/slots.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import {
  REFUSAL_URL_CHARS_MAX,
  REFUSALS_TOLD_MAX,
  RENDER_ANSWER_MS,
  RENDER_BYTES_MAX,
  RENDER_CONNECTIONS_MAX,
  RENDER_REQUESTS_MAX,
  TURN_FRESH_SECONDS,
} from './limits.ts'
import { Refused } from './refused.ts'
import type { Turns } from './turns.ts'

export interface BrowserAnswersTools {
  readonly clock: Clock
  readonly scraper: Pick<Scraper, 'scrape' | 'content'>
  /** As for pages from elsewhere: loopback is nothing of theirs, whatever the ring allows. */
  readonly outerGate: Pick<AddressGate, 'admit'>
  /** Of a crawl: its hosts are asked as it asks them. */
  readonly turns: Turns | undefined
}

/** What is told of all requests of one page. */
export type RequestCounts = Pick<Render, 'requests' | 'refused' | 'failed' | 'refusals'>

export class BrowserAnswers {
  readonly #tools: BrowserAnswersTools
  readonly #held: PageContent
  /** Where the page was loaded from is this computer. */
  readonly #isLocal: boolean
  /** Where answers came from in the end, by the address to which they were redirected. */
  readonly #redirected = new Map<string, string>()
  readonly #outer = new Map<string, Promise<void>>()
  readonly #hosts = new Map<string, Slots>()
  #isShown = false
  #bytes = 0
  #requests = 0
  #refused = 0
  #failed = 0
  readonly #refusals: Render['refusals'] = []

  constructor(held: PageContent, tools: BrowserAnswersTools) {
    this.#held = held
    this.#tools = tools
    this.#isLocal = isLoopback(held.page.remoteAddress)
  }

  get counts(): RequestCounts {
    return {
      requests: this.#requests,
      refused: this.#refused,
      failed: this.#failed,
      refusals: this.#refusals,
    }
  }

  /** `undefined`: it is refused, or could not be had. */
  async answer(request: BrowserRequest, signal: AbortSignal): Promise<BrowserAnswer | undefined> {
    this.#requests++
    try {
      if (this.#requests > RENDER_REQUESTS_MAX) throw new Refused('limit')
      if (request.method !== 'GET') throw new Refused('method')
      const url = addressOf(request.url)
      if (request.asker === 'page') return await this.#page(url)
      return await this.#other(url, signal)
    } catch (thrown) {
      if (thrown instanceof Refused) this.#refuse(request.url, thrown.why)
      else if (isAnilloError(thrown, 'ADDRESS_FORBIDDEN')) this.#refuse(request.url, 'address')
      else if (isAnilloError(thrown)) this.#failed++
      else throw thrown
      return undefined
    }
  }

  #refuse(url: string, why: RefusedWhy): void {
    this.#refused++
    if (this.#refusals.length >= REFUSALS_TOLD_MAX) return
    this.#refusals.push({ url: url.slice(0, REFUSAL_URL_CHARS_MAX), why })
  }

  /** It stays where it is: what it leads to is another page. */
  async #page(url: CanonicalUrl): Promise<BrowserAnswer> {
    const { page } = this.#held
    if (this.#isShown || (url !== page.url && url !== page.finalUrl)) {
      throw new Refused('navigation')
    }
    if (url !== page.finalUrl) return redirectTo(page.finalUrl)
    this.#isShown = true
    return this.#answerOf(this.#held)
  }

  async #other(url: CanonicalUrl, signal: AbortSignal): Promise<BrowserAnswer> {
    const { scraper } = this.#tools
    const known = this.#redirected.get(url)
    if (known !== undefined) return this.#content(known, signal)
    await this.#mayLead(url)
    const slots = this.#slotsOf(new URL(url).host)
    await slots.take()
    try {
      signal.throwIfAborted()
      const { turns } = this.#tools
      const maxAge = turns === undefined ? {} : { maxAge: TURN_FRESH_SECONDS }
      const ask = (): Promise<Scrape> =>
        scraper.scrape({ url, ...maxAge }, RENDER_ANSWER_MS, signal)
      const scrape = await (turns === undefined ? ask() : turns.take(url, signal, ask))
      const { failure, page, state } = scrape
      if (state !== 'done' || page === undefined) {
        throw new AnilloError(failure?.code === 'ADDRESS_FORBIDDEN' ? failure.code : 'NOT_FOUND', {
          what: url,
          ...failure?.details,
        })
      }
      if (!this.#isLocal && isLoopback(page.remoteAddress)) throw new Refused('loopback')
      if (page.finalUrl === page.url) return await this.#content(page.id, signal)
      this.#redirected.set(page.finalUrl, page.id)
      return redirectTo(page.finalUrl)
    } finally {
      slots.release()
    }
  }

  /**
   * A page from elsewhere has no business with this computer, even where whoever asked for it may
   * download from there.
   */
  async #mayLead(url: CanonicalUrl): Promise<void> {
    if (this.#isLocal) return
    const { host } = new URL(url)
    const known = this.#outer.get(host)
    if (known !== undefined) return known
    const admitted = this.#tools.outerGate.admit(new URL(url)).then(
      () => undefined,
      (thrown: unknown) => {
        const isLocal = isAnilloError(thrown) && thrown.details['reason'] === 'loopback'
        throw isLocal ? new Refused('loopback') : thrown
      },
    )
    this.#outer.set(host, admitted)
    return admitted
  }

  #slotsOf(host: string): Slots {
    const limits = { slotsMax: RENDER_CONNECTIONS_MAX, waitingMax: RENDER_REQUESTS_MAX }
    const slots = this.#hosts.get(host) ?? new Slots(limits)
    this.#hosts.set(host, slots)
    return slots
  }

  async #content(id: string, signal: AbortSignal): Promise<BrowserAnswer> {
    const content = await this.#tools.scraper.content(id, signal)
    if (content === undefined) throw new AnilloError('NOT_FOUND', { what: 'page' })
    return this.#answerOf(content)
  }

  async #answerOf({ body, page }: PageContent): Promise<BrowserAnswer> {
    this.#bytes += page.bytes
    if (this.#bytes > RENDER_BYTES_MAX) throw new Refused('limit')
    const whole = new Uint8Array(page.bytes)
    let filled = 0
    for await (const piece of body) {
      whole.set(piece.subarray(0, whole.length - filled), filled)
      filled += piece.length
    }
    return { status: page.status, headers: headersOf(page), body: whole }
  }
}

function addressOf(text: string): CanonicalUrl {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    throw isAnilloError(thrown) ? new Refused('address') : thrown
  }
}

function redirectTo(url: string): BrowserAnswer {
  return { status: 302, headers: [['Location', url]], body: new Uint8Array() }
}

/**
 * Those that speak of the connection or of what was packed are over; those that set the browser to
 * something beyond this page have nothing to set.
 */
function headersOf({ headers }: Page): BrowserAnswer['headers'] {
  return headers.filter(([name]) => !DROPPED.has(name.toLowerCase()))
}

const DROPPED: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'content-disposition',
  'content-encoding',
  'content-length',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'set-cookie',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'www-authenticate',
])

/** As sockets spell it. */
function isLoopback(address: string): boolean {
  return /^(?:127\.|::1$|::ffff:127\.)/.test(address)
}
