/**
 * The asking side: answers from the store what is kept there; else finds the owner of a page, asks
 * it again and again until it knows, and goes on to whoever takes over when it dies. As long as
 * some member can answer, the asker sees no error.
 */
import { AnilloError, ERRORS, isAnilloError } from '../../../base/errors.ts'
import { parsePosition, type Position } from '../../../base/ids.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { OwnerAnswer, Overlay } from '../../../overlay/types.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { ChunkStore } from '../../../store/types.ts'
import type { MemberRef, Scrape, ScrapeRequest } from '../../../wire/api.ts'
import { askPage, findPage, type Known, type OwnerReply } from '../../../wire/pages.ts'
import { howAfter } from '../../../wire/scrape-how.ts'
import { fetchersOf, targetOf, type Crew } from '../crew/crew.ts'
import {
  ASK_MARGIN_MS,
  ASK_PATIENCE_MS,
  ASK_PAUSE_MAX_MS,
  ASK_PAUSE_MIN_MS,
  ASK_WAIT_MS,
  HINTS_MAX,
} from '../limits.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { knownOf, refOf } from './known-page.ts'
import { bodyPieces } from './page-body.ts'
import type { PageOwner } from './page-owner.ts'
import { isForNothingHeld, moreOf, verdictOn, wishAfter, type Wish } from './page-record.ts'
import type { PageTable } from './page-table.ts'
import type { Leave, PageContent, Visit, Visitor } from './scraper.ts'

export interface AskerTools {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly table: PageTable
  readonly chunks: ChunkStore
  readonly owner: PageOwner
  /** By the ring's list of members, which knows more than who passes by. */
  readonly nameOf: (id: string) => string | undefined
  readonly crew: Crew
  /** How long a copy may be used of which the site says nothing, where the request names no age. */
  readonly maxAgeDefaultMs: number
}

/** One question, as it is put to the owner here or elsewhere. */
interface Question {
  readonly position: Position
  readonly here: (waitMs: number) => Promise<OwnerReply>
  readonly there: (owner: MemberRef, waitMs: number) => Promise<OwnerReply>
}

interface Reached {
  readonly reply: Exclude<OwnerReply, { readonly kind: 'notOwner' }>
  readonly hops: readonly MemberRef[]
}

interface Waiting {
  readonly waitMs: number
  /** How long to look for a member that answers. */
  readonly patienceMs?: number
  readonly signal: AbortSignal
}

export class PageAsker implements Visitor {
  readonly #tools: AskerTools

  constructor(tools: AskerTools) {
    this.#tools = tools
  }

  scrape(request: ScrapeRequest, waitMs: number, signal: AbortSignal): Promise<Scrape> {
    return this.#scrape(request, { waitMs, signal })
  }

  visit(request: ScrapeRequest, leave: Leave, signal: AbortSignal): Promise<Visit> {
    return this.#scrape(request, { ...leave, signal })
  }

  async #scrape(
    request: ScrapeRequest,
    { beginWithinMs, signal, waitMs }: Waiting & Partial<Leave>,
  ): Promise<Visit> {
    const isVisit = beginWithinMs !== undefined
    const url = canonicalUrl(request.url)
    const { clock, rpc, owner } = this.#tools
    const startedMs = clock.nowMs()
    const asked = (wait: number) => ({
      url,
      ...wishAfter(wishOf(request), clock.nowMs() - startedMs),
      waitMs: wait,
      ...leaveLeft(beginWithinMs, clock.nowMs() - startedMs),
    })
    const position = pageIdOf(url)
    const question: Question = {
      position,
      here: (wait) => owner.ask(asked(wait), signal),
      there: async (to, wait) =>
        (isVisit ? undefined : await this.#kept(position, { ...asked(wait), owner: to, signal })) ??
        rpc.call(targetOf(to), askPage, asked(wait), { timeoutMs: wait + ASK_MARGIN_MS, signal }),
    }
    // A visit has leave to begin, which is over soon: whoever gave it is asked for another.
    const waiting = isVisit
      ? { waitMs: Math.min(waitMs, ASK_WAIT_MS), patienceMs: 0, signal }
      : { waitMs, signal }
    const { reached, how } = await this.#follow(question, waiting)
    if (reached.reply.kind === 'unknown') throw new AnilloError('LOOKUP_EXHAUSTED')
    const isOlder = (reached.reply.ageMs ?? 0) > clock.nowMs() - startedMs
    const scrape = scrapeOf({ id: question.position, url }, reached.reply, reached.hops)
    const { links } = reached.reply
    const found = links === undefined ? {} : { links }
    const isHit = scrape.state === 'done' && isOlder
    return { ...scrape, ...found, how: isHit ? 'hit' : howAfter(how, scrape) }
  }

  async find(id: string, waitMs: number, signal: AbortSignal): Promise<Scrape | undefined> {
    const reached = await this.#find(id, { waitMs, signal })
    if (reached === undefined || reached.reply.kind === 'unknown') return undefined
    const { reply, hops } = reached
    return scrapeOf({ id, url: reply.record?.url ?? '' }, reply, hops)
  }

  /** Read by this member itself, whoever owns the page. */
  async content(id: string, signal: AbortSignal): Promise<PageContent | undefined> {
    if (!isPageId(id)) return undefined
    const { chunks } = this.#tools
    const kept = await this.#tools.table.get(id, { signal })
    const page = kept?.record.page
    if (kept === undefined || page === undefined) return undefined
    return { page, body: bodyPieces(chunks, kept.body, { signal }) }
  }

  idOf(url: string): string {
    return pageIdOf(canonicalUrl(url))
  }

  /** A page that is young enough: nobody needs to be asked for it. */
  async #kept(
    id: Position,
    asked: Wish & {
      readonly owner: MemberRef
      readonly signal: AbortSignal
    },
  ): Promise<Known | undefined> {
    const { owner, signal } = asked
    if (isForNothingHeld(asked)) return undefined
    const { clock, maxAgeDefaultMs: defaultMs } = this.#tools
    const nowMs = clock.wallMs()
    const record = (await this.#tools.table.get(id, { signal }))?.record
    const fetchers = fetchersOf(this.#tools.crew(), asked.vantage)
    const verdict = verdictOn(record, { ...asked, nowMs, defaultMs, fetchers })
    if (record === undefined || verdict !== 'page') return undefined
    const name = this.#tools.nameOf(owner.id) ?? owner.name
    return knownOf({ how: 'hit', state: 'done', record }, { owner: { ...owner, name }, nowMs })
  }

  async #find(id: string, waiting: Waiting): Promise<Reached | undefined> {
    if (!isPageId(id)) return undefined
    const { rpc, owner } = this.#tools
    const { signal } = waiting
    const position = parsePosition(id)
    const question: Question = {
      position,
      here: (waitMs) => owner.find({ id: position, waitMs }, signal),
      there: (to, waitMs) =>
        rpc.call(
          targetOf(to),
          findPage,
          { id, waitMs },
          { timeoutMs: waitMs + ASK_MARGIN_MS, signal },
        ),
    }
    return (await this.#follow(question, waiting)).reached
  }

  /** Asks until it is done or the time is over; `how` is what the first answer said. */
  async #follow(
    question: Question,
    waiting: Waiting,
  ): Promise<{ readonly reached: Reached; readonly how: Known['how'] }> {
    const { clock } = this.#tools
    const untilMs = clock.nowMs() + waiting.waitMs
    let how: Known['how'] | undefined
    for (;;) {
      const waitMs = Math.max(0, Math.min(ASK_WAIT_MS, untilMs - clock.nowMs()))
      const reached = await this.#reach(question, { ...waiting, waitMs })
      const { reply } = reached
      if (reply.kind === 'unknown') return { reached, how: 'hit' }
      how ??= reply.how
      if (reply.state !== 'running' || clock.nowMs() >= untilMs) return { reached, how }
    }
  }

  /** The answer of whoever owns the page, while the ring changes under the question. */
  async #reach(question: Question, waiting: Waiting): Promise<Reached> {
    const { clock } = this.#tools
    const untilMs = clock.nowMs() + (waiting.patienceMs ?? ASK_PATIENCE_MS)
    for (let pauseMs = ASK_PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, ASK_PAUSE_MAX_MS)) {
      if (waiting.signal.aborted) throw new AnilloError('RPC_CANCELLED', { method: 'pages.ask' })
      let failure: AnilloError | undefined
      try {
        const reached = await this.#ask(question, waiting)
        if (reached !== undefined) return reached
      } catch (thrown) {
        if (!isAnilloError(thrown) || !mayPass(thrown)) throw thrown
        failure = thrown
      }
      if (clock.nowMs() >= untilMs) throw failure ?? new AnilloError('LOOKUP_EXHAUSTED')
      await pause(clock, pauseMs, waiting.signal)
    }
  }

  /**
   * One look-up and the hints that follow from it; `undefined`: nobody takes the page for their own
   * yet.
   */
  async #ask(question: Question, waiting: Waiting): Promise<Reached | undefined> {
    const { overlay } = this.#tools
    const { owner, hops, isSelf } = await overlay.owner(question.position, waiting.signal)
    let next: MemberRef = refOf(owner)
    for (let hint = 0; hint <= HINTS_MAX; hint++) {
      const isHere = next.id === overlay.self.id || (hint === 0 && isSelf)
      const reply = await (isHere
        ? question.here(waiting.waitMs)
        : question.there(next, waiting.waitMs))
      if (reply.kind !== 'notOwner') return { reply, hops }
      if (reply.hint === undefined || reply.hint.id === next.id) return undefined
      next = reply.hint
    }
    return undefined
  }
}

/**
 * Of a leave, after so long: looking for the owner takes its time, too. @throws AnilloError BUSY:
 * nothing is left of it
 */
function leaveLeft(beginWithinMs: number | undefined, passedMs: number) {
  if (beginWithinMs === undefined) return {}
  const leftMs = Math.floor(beginWithinMs - passedMs)
  if (leftMs <= 0) throw new AnilloError('BUSY', { what: 'downloads' })
  return { links: true, beginWithinMs: leftMs }
}

/** Who names an age asks for what is held; else the site says how long it may be used again. */
function wishOf({ maxAge, ...more }: ScrapeRequest): Wish {
  const { vantage, witnesses } = more
  if (witnesses !== undefined && vantage !== undefined) {
    const problem =
      '“vantage” and “witnesses” exclude each other: each witness asks by its own network'
    throw new AnilloError('BAD_REQUEST', { problem, field: 'vantage' })
  }
  if (witnesses !== undefined) return { maxAgeMs: (maxAge ?? 0) * SECOND_MS, witnesses }
  const wish =
    maxAge === undefined ? { maxAgeMs: 0, bySite: true } : { maxAgeMs: maxAge * SECOND_MS }
  return { ...wish, ...moreOf({ vantage }) }
}

function isPageId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id)
}

function scrapeOf(
  page: { readonly id: string; readonly url: string },
  known: Known,
  hops: OwnerAnswer['hops'],
): Scrape {
  const { state, how, owner, record, received, ageMs } = known
  return {
    id: page.id,
    url: page.url,
    state,
    how,
    owner,
    hops: hops.map(refOf),
    ...(record?.page === undefined ? {} : { page: record.page }),
    ...(state !== 'failed' || record?.failure === undefined ? {} : { failure: record.failure }),
    ...(ageMs === undefined ? {} : { age: Math.floor(ageMs / SECOND_MS) }),
    ...(received === undefined ? {} : { received }),
  }
}

/** The ring heals, and another member answers. */
function mayPass(error: AnilloError): boolean {
  return ERRORS[error.code].retry === 'elsewhere' || error.code === 'LOOKUP_EXHAUSTED'
}
