/**
 * Pages as browsers draw them, for gateways and crawls: the page is had as any, its owner has it
 * drawn once for all who ask, and what was drawn is kept beside the version.
 */
import { AnilloError, ERRORS, isAnilloError } from '../../../base/errors.ts'
import { parseMemberId, parsePosition } from '../../../base/ids.ts'
import { instant } from '../../../base/instant.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Browser } from '../../../effects/browser.ts'
import type { Effects } from '../../../effects/effects.ts'
import { pause } from '../../../effects/pause.ts'
import type { Overlay } from '../../../overlay/types.ts'
import type { RpcClient, RpcServer } from '../../../rpc/types.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Failure, Member, Page, Scrape, ScrapeRequest } from '../../../wire/api.ts'
import { askRender, type RenderPace, type RenderReply } from '../../../wire/renders.ts'
import type { PageDrawer } from '../crawl/visit.ts'
import { createAddressGate, type GateRules } from '../fetch/address-gate.ts'
import {
  ASK_MARGIN_MS,
  ASK_PATIENCE_MS,
  ASK_PAUSE_MAX_MS,
  ASK_PAUSE_MIN_MS,
  ASK_WAIT_MS,
} from '../limits.ts'
import { sinceOf } from '../pages/page-record.ts'
import type { PageStore } from '../pages/page-table.ts'
import type { Scraper } from '../pages/scraper.ts'
import type { Archive } from '../versions/archive.ts'
import { pageDrawer } from './drawn-links.ts'
import { RenderJobs, type RenderQuestion } from './render-jobs.ts'
import { RenderTable, type KeptRender } from './render-table.ts'

/** What gateways see of pages that are drawn. */
export interface Renders {
  /**
   * As `Scraper.scrape`, until the page is drawn; `page.render` tells of it. A page that could not
   * be drawn is state `failed`, with the page. Asked again after `running`, it goes on.
   * @throws AnilloError as `Scraper.scrape`; RENDER_UNAVAILABLE
   */
  scrape(request: ScrapeRequest, waitMs: number, signal: AbortSignal): Promise<Scrape>
  /** Somebody has a browser. @throws AnilloError RENDER_UNAVAILABLE */
  mustBePossible(): Promise<void>
  /** As `Scraper.find`; what is held and not drawn is begun. */
  find(id: string, waitMs: number, signal: AbortSignal): Promise<Scrape | undefined>
  /** What was drawn of the version, where it was. */
  of(page: Page, options?: CallOptions): Promise<KeptRender | undefined>
  /** The same, of the newest version or that of an instant; `undefined`: no such page. */
  at(
    id: string,
    instant: string | undefined,
    signal: AbortSignal,
  ): Promise<DrawnVersion | undefined>
}

export interface DrawnVersion {
  readonly page: Page
  readonly kept: KeptRender | undefined
}

export interface RendersOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'dns' | 'log'>
  readonly browser: Browser
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly store: PageStore
  readonly scraper: Scraper
  readonly archive: Pick<Archive, 'at'>
  readonly members: () => Promise<readonly Member[]>
  readonly agent: string
  readonly ownPorts: GateRules['ownPorts']
}

export interface RenderService extends Renders, AsyncDisposable {
  /** For crawls. */
  readonly drawer: PageDrawer
  /** For other members (`answerRenders`). */
  readonly jobs: Pick<RenderJobs, 'ask'>
}

export function createRenders(options: RendersOptions): RenderService {
  return new RingRenders(options)
}

/** Answers other members from now on; until there is a service, that it is not ready. */
export function answerRenders(
  server: RpcServer,
  service: () => Pick<RenderService, 'jobs'> | undefined,
): void {
  server.handle(askRender, (question, { signal }) => {
    const running = service()
    if (running === undefined) throw new AnilloError('RING_NOT_READY')
    return running.jobs.ask(question, signal)
  })
}

class RingRenders implements RenderService {
  readonly #options: RendersOptions
  readonly #table: RenderTable
  readonly jobs: RenderJobs
  readonly drawer = pageDrawer({
    draw: (...asked) => this.#draw(...asked),
    of: (page) => this.of(page),
  })

  constructor(options: RendersOptions) {
    this.#options = options
    const { effects, overlay, ownPorts, store } = options
    this.#table = new RenderTable(store, effects.random)
    const outerGate = createAddressGate(effects.dns, { allowLoopback: false, ownPorts })
    const { id: self, name } = overlay.self
    this.jobs = new RenderJobs({
      ...options,
      ...effects,
      table: this.#table,
      outerGate,
      self,
      name,
    })
  }

  async scrape(request: ScrapeRequest, waitMs: number, signal: AbortSignal): Promise<Scrape> {
    await this.jobs.mustBePossible()
    const { clock } = this.#options.effects
    const startedMs = clock.nowMs()
    const scrape = await this.#options.scraper.scrape(request, waitMs, signal)
    if (scrape.state !== 'done') return scrape
    const { maxAge } = request
    const passedMs = clock.nowMs() - startedMs
    const wish = maxAge === undefined ? {} : { maxAgeMs: maxAge * SECOND_MS + passedMs }
    return this.#drawn(scrape, { ...wish, waitMs: Math.max(0, waitMs - passedMs) }, signal)
  }

  async find(id: string, waitMs: number, signal: AbortSignal): Promise<Scrape | undefined> {
    const { clock } = this.#options.effects
    const startedMs = clock.nowMs()
    const scrape = await this.#options.scraper.find(id, waitMs, signal)
    if (scrape?.state !== 'done') return scrape
    const leftMs = Math.max(0, waitMs - (clock.nowMs() - startedMs))
    return this.#drawn(scrape, { waitMs: leftMs }, signal)
  }

  of(page: Page, options?: CallOptions): Promise<KeptRender | undefined> {
    return this.#table.get(page.id, sinceOf(page), options)
  }

  async at(
    id: string,
    instant: string | undefined,
    signal: AbortSignal,
  ): Promise<DrawnVersion | undefined> {
    const { archive, scraper } = this.#options
    const content = await (instant === undefined
      ? scraper.content(id, signal)
      : archive.at(id, instant, { signal }))
    if (content === undefined) return undefined
    return { page: content.page, kept: await this.of(content.page, { signal }) }
  }

  mustBePossible(): Promise<void> {
    return this.jobs.mustBePossible()
  }

  async #draw({ id }: Page, pace: RenderPace, signal: AbortSignal): Promise<RenderReply> {
    for (;;) {
      const reply = await this.#ask({ id, waitMs: ASK_WAIT_MS, here: false, pace }, signal)
      if (reply.state !== 'running') return reply
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.jobs.close()
    await this.#options.browser.close()
  }

  async #drawn(scrape: Scrape, wish: Wish, signal: AbortSignal): Promise<Scrape> {
    const { clock } = this.#options.effects
    const { id, page } = scrape
    const startedMs = clock.nowMs()
    for (;;) {
      const passedMs = clock.nowMs() - startedMs
      const leftMs = Math.max(0, wish.waitMs - passedMs)
      const age = wish.maxAgeMs === undefined ? {} : { maxAgeMs: wish.maxAgeMs + passedMs }
      const waitMs = Math.min(ASK_WAIT_MS, leftMs)
      const reply = await this.#ask({ id, ...age, waitMs, here: false }, signal)
      if (reply.state === 'running' && leftMs > 0) continue
      if (reply.state === 'running') return { ...scrape, state: 'running' }
      const { failure, render } = reply
      if (render === undefined || page === undefined) {
        return { ...scrape, state: 'failed', failure: failure ?? notDrawn(clock.wallMs()) }
      }
      return { ...scrape, page: { ...page, render } }
    }
  }

  /** Whoever owns the page, while the ring changes under the question. */
  async #ask(question: RenderQuestion, signal: AbortSignal): Promise<RenderReply> {
    const { effects, overlay, rpc } = this.#options
    const { clock } = effects
    const untilMs = clock.nowMs() + ASK_PATIENCE_MS
    for (let pauseMs = ASK_PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, ASK_PAUSE_MAX_MS)) {
      signal.throwIfAborted()
      try {
        const { isSelf, owner } = await overlay.owner(parsePosition(question.id), signal)
        if (isSelf) return await this.jobs.ask(question, signal)
        const target = { addresses: [owner.address], id: parseMemberId(owner.id) }
        const timeoutMs = question.waitMs + ASK_MARGIN_MS
        return await rpc.call(target, askRender, question, { timeoutMs, signal })
      } catch (thrown) {
        if (!isAnilloError(thrown) || !mayPass(thrown) || clock.nowMs() >= untilMs) throw thrown
      }
      await pause(clock, pauseMs, signal)
    }
  }
}

interface Wish {
  readonly maxAgeMs?: number
  readonly waitMs: number
}

/** The ring heals, and another member answers. */
function mayPass({ code }: AnilloError): boolean {
  return ERRORS[code].retry === 'elsewhere' || code === 'LOOKUP_EXHAUSTED'
}

function notDrawn(nowMs: number): Failure {
  const error = new AnilloError('RENDER_FAILED', { problem: 'whoever drew it is gone' })
  const { code, details, message } = error
  return { code, text: message, details: { ...details }, at: instant(nowMs) }
}
