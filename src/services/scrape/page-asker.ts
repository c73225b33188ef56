/**
 * The asking side: finds the owner of a page, asks it again and again until it knows, and goes on
 * to whoever takes over when it dies. As long as some member can answer, the asker sees no error.
 */
import { AnilloError, ERRORS, isAnilloError } from '../../base/errors.ts'
import { parsePosition, type Position } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { OwnerAnswer, Overlay } from '../../overlay/types.ts'
import type { RpcClient } from '../../rpc/types.ts'
import type { MemberRef, Page, Scrape, ScrapeRequest } from '../../wire/api.ts'
import { askPage, findPage, readBody, type Known, type OwnerReply } from '../../wire/pages.ts'
import { canonicalUrl, pageIdOf } from './canonical-url.ts'
import {
  ASK_MARGIN_MS,
  ASK_PATIENCE_MS,
  ASK_PAUSE_MAX_MS,
  ASK_PAUSE_MIN_MS,
  ASK_WAIT_MS,
  BODY_PIECE_TIMEOUT_MS,
  BODY_ROUNDS_MAX,
  HINTS_MAX,
} from './limits.ts'
import { refOf, targetOf } from './page-copies.ts'
import type { PageOwner } from './page-owner.ts'
import type { PageShelf } from './page-shelf.ts'
import type { PageContent, Scraper } from './scraper.ts'
import { pause } from './timing.ts'

export interface AskerTools {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly shelf: PageShelf
  readonly owner: PageOwner
  /** Where the request names no age. */
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
  readonly signal: AbortSignal
}

export class PageAsker implements Scraper {
  readonly #tools: AskerTools

  constructor(tools: AskerTools) {
    this.#tools = tools
  }

  async scrape(request: ScrapeRequest, waitMs: number, signal: AbortSignal): Promise<Scrape> {
    const url = canonicalUrl(request.url)
    const { clock, rpc, owner } = this.#tools
    const startedMs = clock.nowMs()
    const maxAgeMs =
      request.maxAge === undefined ? this.#tools.maxAgeDefaultMs : request.maxAge * SECOND_MS
    // What this very request made is never too old for it, however often it must be put again.
    const asked = (wait: number) => ({
      url,
      maxAgeMs: maxAgeMs + clock.nowMs() - startedMs,
      waitMs: wait,
    })
    const question: Question = {
      position: pageIdOf(url),
      here: (wait) => owner.ask(asked(wait), signal),
      there: (to, wait) =>
        rpc.call(targetOf(to), askPage, asked(wait), { timeoutMs: wait + ASK_MARGIN_MS, signal }),
    }
    const { reached, how } = await this.#follow(question, { waitMs, signal })
    if (reached.reply.kind === 'unknown') throw new AnilloError('LOOKUP_EXHAUSTED')
    const isOlder = (reached.reply.ageMs ?? 0) > clock.nowMs() - startedMs
    const scrape = scrapeOf({ id: question.position, url }, reached.reply, reached.hops)
    return { ...scrape, how: scrape.state === 'done' && isOlder ? 'hit' : how }
  }

  async find(id: string, waitMs: number, signal: AbortSignal): Promise<Scrape | undefined> {
    const reached = await this.#find(id, { waitMs, signal })
    if (reached === undefined || reached.reply.kind === 'unknown') return undefined
    const { reply, hops } = reached
    return scrapeOf({ id, url: reply.record?.url ?? '' }, reply, hops)
  }

  async content(id: string, signal: AbortSignal): Promise<PageContent | undefined> {
    const known = await this.#held(id, signal)
    const page = known?.record?.page
    if (known === undefined || page === undefined) return undefined
    return { page, body: this.#body(page, { holders: known.holders, signal }) }
  }

  idOf(url: string): string {
    return pageIdOf(canonicalUrl(url))
  }

  async #held(id: string, signal: AbortSignal): Promise<Known | undefined> {
    const reply = (await this.#find(id, { waitMs: 0, signal }))?.reply
    return reply?.kind === 'known' ? reply : undefined
  }

  async #find(id: string, waiting: Waiting): Promise<Reached | undefined> {
    if (!/^[0-9a-f]{64}$/.test(id)) return undefined
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
      const reached = await this.#reach(question, { waitMs, signal: waiting.signal })
      const { reply } = reached
      if (reply.kind === 'unknown') return { reached, how: 'hit' }
      how ??= reply.how
      if (reply.state !== 'running' || clock.nowMs() >= untilMs) return { reached, how }
    }
  }

  /** The answer of whoever owns the page, while the ring changes under the question. */
  async #reach(question: Question, waiting: Waiting): Promise<Reached> {
    const { clock } = this.#tools
    const untilMs = clock.nowMs() + ASK_PATIENCE_MS
    for (let pauseMs = ASK_PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, ASK_PAUSE_MAX_MS)) {
      if (waiting.signal.aborted) throw new AnilloError('RPC_CANCELLED', { method: 'pages.ask' })
      let failure = new AnilloError('LOOKUP_EXHAUSTED')
      try {
        const reached = await this.#ask(question, waiting)
        if (reached !== undefined) return reached
      } catch (thrown) {
        if (!isAnilloError(thrown) || !mayPass(thrown)) throw thrown
        failure = thrown
      }
      if (clock.nowMs() >= untilMs) throw failure
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

  /**
   * From this member's own disk, or from one holder after another, each going on where the last one
   * broke off.
   */
  async *#body(
    page: Page,
    from: { readonly holders: readonly MemberRef[]; readonly signal: AbortSignal },
  ): AsyncGenerator<Uint8Array> {
    let holders = from.holders
    let offset = 0
    for (let round = 0; round < BODY_ROUNDS_MAX; round++) {
      for (const source of this.#sources(page.hash, holders)) {
        try {
          for await (const bytes of source(offset, from.signal)) {
            offset += bytes.length
            yield bytes
          }
          if (offset >= page.bytes) return
        } catch (thrown) {
          if (!isAnilloError(thrown) || !isOtherSourceBetter(thrown)) throw thrown
        }
      }
      await pause(this.#tools.clock, ASK_PAUSE_MAX_MS, from.signal)
      const known = await this.#held(page.id, from.signal)
      if (known?.record?.page?.hash !== page.hash) break
      holders = known.holders
    }
    throw new AnilloError('NOT_FOUND', { what: `content of ${page.url} any more` })
  }

  *#sources(hash: string, holders: readonly MemberRef[]): Generator<BodySource> {
    const { shelf, rpc, overlay } = this.#tools
    if (shelf.holdsBody(hash)) yield (offset) => shelf.body(hash, offset)
    for (const holder of holders) {
      if (holder.id === overlay.self.id) continue
      yield (offset, signal) =>
        map(
          rpc.stream(
            targetOf(holder),
            readBody,
            { hash, offset },
            { timeoutMs: BODY_PIECE_TIMEOUT_MS, signal },
          ),
        )
    }
  }
}

type BodySource = (offset: number, signal: AbortSignal) => AsyncIterable<Uint8Array>

async function* map(
  pieces: AsyncIterable<{ readonly bytes: Uint8Array }>,
): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes
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

function isOtherSourceBetter(error: AnilloError): boolean {
  return (
    mayPass(error) ||
    error.code === 'NOT_FOUND' ||
    error.code === 'DATA_DAMAGED' ||
    error.code === 'BUSY'
  )
}
