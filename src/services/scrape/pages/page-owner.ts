/**
 * What an owner does for its pages: all who ask for one while it is being downloaded share that
 * download, whichever member they asked first; what is kept and young enough is answered at once.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Position } from '../../../base/ids.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { ScrapeRequest } from '../../../wire/api.ts'
import type { Known, OwnerReply, PageLink } from '../../../wire/pages.ts'
import { fetchersOf, type Crew } from '../crew/crew.ts'
import { settles } from '../fetch/timing.ts'
import { ASK_WAIT_MS, LEASES_LOST_MAX, LINKS_CHARS_MAX, ORDER_TRIES_MAX } from '../limits.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { knownOf, latest, refOf } from './known-page.ts'
import { PageAttempts, type AttemptTools } from './page-attempt.ts'
import { endsOrder, type Job, type Outcome, type PageSubject } from './page-job.ts'
import { isForNothingHeld, moreOf, verdictOn, wishAfter, type Wish } from './page-record.ts'
import type { PageRight, PageRights } from './page-right.ts'
import type { KeptPage } from './page-rows.ts'
import type { Order } from './page-table.ts'
import type { Slots } from './slots.ts'

export interface OwnerTools extends AttemptTools {
  readonly slots: Slots
  readonly crew: Crew
  /** How long a copy may be used of which the site says nothing. */
  readonly maxAgeDefaultMs: number
  readonly rights: PageRights
  /** Asks whoever owns the page; returns once it has the order. */
  readonly passOn: (request: ScrapeRequest) => Promise<void>
}

export interface AskQuestion extends Wish {
  readonly url: string
  readonly waitMs: number
  /** Whoever asks goes on with the links of the page. */
  readonly links?: boolean | undefined
  /** The leave to ask the site is over then. */
  readonly beginWithinMs?: number | undefined
}

export interface IdQuestion {
  readonly id: Position
  readonly waitMs: number
}

/** What somebody wants, and when it was heard of here. */
interface Wanted {
  readonly subject: PageSubject
  readonly wish: Wish
  readonly sinceMs: number
  /** What was kept when it was asked for, where that was looked at. */
  readonly seen: { readonly kept: KeptPage | undefined } | undefined
  /** By this member’s clock: then nobody has leave to ask the site any more. */
  readonly beginByMs: number
}

export class PageOwner {
  readonly #tools: OwnerTools
  readonly #jobs = new Map<string, Job>()
  readonly #closing = new AbortController()
  readonly #attempts: PageAttempts

  constructor(tools: OwnerTools) {
    this.#tools = tools
    this.#attempts = new PageAttempts(tools, this.#closing.signal)
  }

  /** @throws AnilloError BUSY, URL_*, STORE_UNAVAILABLE, RPC_UNREACHABLE when it is stopping */
  async ask(question: AskQuestion, signal: AbortSignal): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const { beginWithinMs = Infinity, waitMs } = question
    const beginByMs = this.#tools.clock.nowMs() + beginWithinMs
    const url = canonicalUrl(question.url)
    const id = pageIdOf(url)
    const wantsLinks = question.links === true
    const joining = { waitMs, signal, wantsLinks, isPromised: !wantsLinks }
    const running = await this.#joinable(id, question, signal)
    if (running !== undefined) return this.#join(running, { how: 'coalesced', ...joining })
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    const kept = await this.#tools.table.get(id)
    const hit = isForNothingHeld(question) ? undefined : this.#goodEnough(kept, question)
    if (hit !== undefined) return this.#known(hit)
    this.#closing.signal.throwIfAborted()
    if (wantsLinks && this.#tools.slots.isFull) {
      throw new AnilloError('BUSY', { what: 'downloads' })
    }
    // Somebody may have been quicker.
    const begun = this.#joinableNow(id, question)
    const job =
      begun ??
      this.#start(
        { id, url },
        { wish: wishAfter(question, 0), tries: 1, seen: { kept }, beginByMs },
      )
    return this.#join(job, { how: begun === undefined ? 'fetched' : 'coalesced', ...joining })
  }

  /**
   * The download under way whose page will do. One that other members see is waited for: it cannot
   * become another. @throws AnilloError BUSY
   */
  async #joinable(
    id: Position,
    question: AskQuestion,
    signal: AbortSignal,
  ): Promise<Job | undefined> {
    const running = this.#jobs.get(id)
    if (running === undefined || isEnoughFor(running, question)) return running
    const timeoutMs = Math.max(question.waitMs, ASK_WAIT_MS)
    await settles(running.outcome, { clock: this.#tools.clock, timeoutMs, signal })
    this.#closing.signal.throwIfAborted()
    return this.#joinableNow(id, question)
  }

  /** As `#joinable`, without a pause: nobody begins another in between. */
  #joinableNow(id: Position, question: Wish): Job | undefined {
    const running = this.#jobs.get(id)
    if (running === undefined || isEnoughFor(running, question)) return running
    throw new AnilloError('BUSY', { what: 'downloads of this page' })
  }

  async find({ id, waitMs }: IdQuestion, signal: AbortSignal): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const running = this.#jobs.get(id)
    const joining = {
      how: 'coalesced',
      waitMs,
      signal,
      wantsLinks: false,
      isPromised: false,
    } as const
    if (running !== undefined) return this.#join(running, joining)
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    const record = (await this.#tools.table.get(id))?.record
    if (record !== undefined) return this.#known({ how: 'hit', state: latest(record), record })
    const begun = this.#jobs.get(id)
    if (begun === undefined) return { kind: 'unknown' }
    return this.#join(begun, joining)
  }

  /** Begins with an order that its taker left behind; nothing where it is under way here. */
  async resume({ id, url: text, tries, atMs, ...wish }: Order): Promise<void> {
    const { clock, log, overlay, table } = this.#tools
    const url = canonicalUrl(text)
    const subject = { id: pageIdOf(url), url }
    if (tries >= ORDER_TRIES_MAX || subject.id !== id) {
      log.warn('an order is given up', { url, tries })
      return table.forget(id)
    }
    if (this.#jobs.has(id) || !overlay.owns(subject.id)) return
    const sinceMs = clock.wallMs() - atMs
    const taken = {
      wish: wishAfter(wish, sinceMs),
      tries: tries + 1,
      seen: undefined,
      beginByMs: Infinity,
    }
    // Before it begins: who dies of it counts.
    const job = this.#start(subject, taken)
    job.isAwaited = true
    void this.#order(job)
  }

  /** Settles when no job runs, or after the time. */
  async idle(timeoutMs: number): Promise<void> {
    const jobs = [...this.#jobs.values()].map((job) => job.outcome)
    const limit = { clock: this.#tools.clock, timeoutMs, signal: this.#closing.signal }
    await settles(Promise.allSettled(jobs), limit)
  }

  /** Breaks off what is running; while the store is there, so that nobody waits for its leases. */
  async close(): Promise<void> {
    const { address } = this.#tools.overlay.self
    this.#tools.rights.close()
    // Whoever waits here asks the next owner.
    this.#closing.abort(new AnilloError('RPC_UNREACHABLE', { address, problem: 'it is stopping' }))
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.outcome))
  }

  async #notOwner(id: Position, signal: AbortSignal): Promise<OwnerReply> {
    try {
      const { owner, isSelf } = await this.#tools.overlay.owner(id, signal)
      return isSelf ? { kind: 'notOwner' } : { kind: 'notOwner', hint: refOf(owner) }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return { kind: 'notOwner' }
    }
  }

  /** @throws AnilloError BUSY */
  #start(
    subject: PageSubject,
    {
      beginByMs,
      wish,
      seen,
      tries,
    }: Pick<Wanted, 'beginByMs' | 'wish' | 'seen'> & { readonly tries: number },
  ): Job {
    const { clock, slots } = this.#tools
    const slot = slots.take()
    const { promise, resolve } = Promise.withResolvers<Outcome | 'moved'>()
    const job: Job = {
      subject,
      order: { url: subject.url, ...wish, tries, atMs: clock.wallMs() },
      ordered: undefined,
      isEnding: false,
      wantsLinks: false,
      isAwaited: false,
      witnesses: wish.witnesses ?? 0,
      vantage: wish.vantage,
      outcome: promise,
      received: 0,
    }
    this.#jobs.set(subject.id, job)
    // Nobody may be waiting any more when it fails.
    promise.catch(() => undefined)
    const wanted = { subject, wish, sinceMs: clock.nowMs(), seen, beginByMs }
    resolve(slot.then(() => this.#run(job, wanted)))
    return job
  }

  /** From then on it is begun again, whoever dies. */
  #order(job: Job): Promise<void> {
    if (job.ordered !== undefined) return job.ordered
    job.ordered = this.#tools.table.order({ id: job.subject.id, ...job.order })
    job.ordered.catch(() => undefined)
    return job.ordered
  }

  async #run(job: Job, wanted: Wanted): Promise<Outcome | 'moved'> {
    try {
      await job.ordered
      // The ring may have changed while the order was in line.
      if (!this.#tools.overlay.owns(wanted.subject.id)) {
        // A leave is for one request at once: whoever gave it asks for another.
        if (job.isAwaited || wanted.beginByMs === Infinity) this.#passOn(wanted)
        return 'moved'
      }
      for (let lost = 0; lost < LEASES_LOST_MAX; lost++) {
        const outcome = await this.#runOnce(job, { ...wanted, mayOwn: lost === 0 })
        if (outcome !== 'lost') return outcome
      }
      throw new AnilloError('BUSY', { what: 'downloads' })
    } finally {
      this.#tools.slots.release()
      this.#jobs.delete(wanted.subject.id)
    }
  }

  /** `lost`: another member has the right, and may have downloaded the page meanwhile. */
  async #runOnce(job: Job, wanted: Taken): Promise<Outcome | 'lost'> {
    const { rights, table } = this.#tools
    const { mayOwn, seen, subject } = wanted
    const { id } = subject
    const kept = (): Promise<Outcome | undefined> => this.#hit(id, this.#wish(wanted))
    const mayWait = (): boolean => job.isAwaited
    const right = await rights.take({ id, mayOwn, mayWait, kept, signal: this.#closing.signal })
    if ('kept' in right) {
      if (job.ordered !== undefined) await table.forget(id)
      return right.kept
    }
    let isKept = false
    try {
      const before = right.isLeased || seen === undefined ? await table.get(id) : seen.kept
      const hit = this.#goodEnough(before, this.#wish(wanted))
      const mayBegin = (): boolean => job.isAwaited || this.#tools.clock.nowMs() <= wanted.beginByMs
      if (hit === undefined && !mayBegin()) {
        throw new AnilloError('BUSY', { what: 'downloads' })
      }
      const outcome = hit ?? (await this.#attempts.make(job, { right, before, mayBegin }))
      if (hit !== undefined) await this.#endWith(job, right)
      isKept = outcome !== 'lost'
      return outcome
    } finally {
      await rights.giveBack(right, isKept)
    }
  }

  async #endWith(job: Job, right: PageRight): Promise<void> {
    const isOrdered = await endsOrder(job)
    await this.#tools.table.endWith(await right.shown(), isOrdered)
  }

  #wish({ wish, sinceMs }: Wanted): Wish {
    return wishAfter(wish, this.#tools.clock.nowMs() - sinceMs)
  }

  /** Whoever asked may have gone with the word that the download runs: so it must. */
  #passOn({ subject, wish }: Wanted): void {
    const { bySite, maxAgeMs } = wish
    const maxAge = bySite === true ? {} : { maxAge: Math.ceil(maxAgeMs / SECOND_MS) }
    this.#tools
      .passOn({ url: subject.url, ...maxAge, ...moreOf(wish) })
      .catch((thrown: unknown) => {
        this.#tools.log.warn('an order could not be passed on', { url: subject.url, error: thrown })
      })
  }

  async #join(job: Job, asked: Joining): Promise<OwnerReply> {
    const { id } = job.subject
    const { how, isPromised, waitMs, signal, wantsLinks } = asked
    job.wantsLinks ||= wantsLinks
    job.isAwaited ||= isPromised
    const isDone = await settles(job.outcome, {
      clock: this.#tools.clock,
      timeoutMs: waitMs,
      signal,
    })
    if (!isDone && !job.isEnding) {
      // Who visits, and who only looks, was promised nothing.
      if (isPromised) await this.#order(job)
      return this.#running(job, how)
    }
    const outcome = await job.outcome
    if (outcome === 'moved') return this.#notOwner(id, signal)
    const links = wantsLinks && isLittle(outcome.links) ? { links: [...outcome.links] } : {}
    return { ...this.#known(outcome.how === 'hit' ? outcome : { ...outcome, how }), ...links }
  }

  async #hit(id: Position, wish: Wish): Promise<Outcome | undefined> {
    if (isForNothingHeld(wish)) return undefined
    return this.#goodEnough(await this.#tools.table.get(id), wish)
  }

  #goodEnough(kept: KeptPage | undefined, wish: Wish): Outcome | undefined {
    const { clock, crew, maxAgeDefaultMs: defaultMs } = this.#tools
    const fetchers = fetchersOf(crew(), wish.vantage)
    const verdict = verdictOn(kept?.record, { ...wish, nowMs: clock.wallMs(), defaultMs, fetchers })
    if (kept === undefined || verdict === 'none') return undefined
    return { how: 'hit', state: verdict === 'page' ? 'done' : 'failed', record: kept.record }
  }

  #known(outcome: Outcome | (Omit<Outcome, 'how'> & Pick<Known, 'how'>)): Known {
    return knownOf(outcome, { owner: this.#tools.overlay.self, nowMs: this.#tools.clock.wallMs() })
  }

  /** The copy that is kept meanwhile is told too. */
  async #running(job: Job, how: Known['how']): Promise<Known> {
    const record = (await this.#tools.table.get(job.subject.id))?.record
    return {
      kind: 'known',
      state: 'running',
      how,
      received: job.received,
      ...(record === undefined ? {} : { record }),
      owner: refOf(this.#tools.overlay.self),
    }
  }
}

/** Who sees the page is whom is wanted. */
function isEnoughFor(job: Job, { vantage = job.vantage, witnesses = 0 }: Wish): boolean {
  return job.witnesses >= witnesses && job.vantage === vantage
}

interface Joining {
  readonly how: 'fetched' | 'coalesced'
  readonly wantsLinks: boolean
  /** Whoever is told that it runs may go: it will be done. */
  readonly isPromised: boolean
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** Somebody wants the page; `mayOwn`: without a lease, where the ring is at rest. */
interface Taken extends Wanted {
  readonly mayOwn: boolean
}

function isLittle(links: readonly PageLink[] | undefined): links is readonly PageLink[] {
  if (links === undefined) return false
  return links.reduce((chars, { url }) => chars + url.length, 0) <= LINKS_CHARS_MAX
}
