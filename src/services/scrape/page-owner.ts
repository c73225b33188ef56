/**
 * What an owner does for its pages: all who ask for one while it is being downloaded share that
 * download, whichever member they asked first; what is held and young enough is answered at once.
 */
import { AnilloError, asAnilloError, isAnilloError } from '../../base/errors.ts'
import type { Position } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { Overlay, TellDoing } from '../../overlay/types.ts'
import type { ScrapeRequest } from '../../wire/api.ts'
import type { Known, OwnerReply, PageRecord } from '../../wire/pages.ts'
import { canonicalUrl, pageIdOf, type CanonicalUrl } from './canonical-url.ts'
import { fetchPage, type FetchTools } from './fetch-page.ts'
import { COPIES_BESIDE_OWNER, SEARCH_PATIENCE_MS } from './limits.ts'
import { refOf, type PageCopies } from './page-copies.ts'
import { ageMs, failureRecord, pageRecord, verdictOn, type Subject } from './page-record.ts'
import type { PageSearch } from './page-search.ts'
import type { PageShelf } from './page-shelf.ts'
import type { Slots } from './slots.ts'
import { settles } from './timing.ts'

export interface OwnerTools {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly shelf: PageShelf
  readonly copies: PageCopies
  readonly search: PageSearch
  readonly slots: Slots
  readonly fetching: FetchTools
  readonly tell: TellDoing
  /** Asks whoever owns the page; returns once it has the order. */
  readonly passOn: (request: ScrapeRequest) => Promise<void>
}

export interface AskQuestion {
  readonly url: string
  readonly maxAgeMs: number
  readonly waitMs: number
}

export interface IdQuestion {
  readonly id: string
  readonly waitMs: number
}

/** How a finished job came by what it has. */
interface Outcome {
  readonly how: 'hit' | 'fetched'
  readonly state: 'done' | 'failed'
  readonly record: PageRecord
}

interface Job {
  readonly id: Position
  /** `moved`: the page is another member's by now, and nothing was begun. */
  readonly outcome: Promise<Outcome | 'moved'>
  /** Decoded bytes so far. */
  received: number
  /** The site is being asked, or has answered: another member must wait instead of asking too. */
  isDownloading: boolean
}

interface PageSubject extends Subject {
  readonly id: Position
  readonly url: CanonicalUrl
}

export class PageOwner {
  readonly #tools: OwnerTools
  readonly #jobs = new Map<string, Job>()
  readonly #closing = new AbortController()

  constructor(tools: OwnerTools) {
    this.#tools = tools
  }

  /** @throws AnilloError BUSY, URL_*, RPC_UNREACHABLE when this member is stopping */
  async ask(question: AskQuestion, signal: AbortSignal): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const url = canonicalUrl(question.url)
    const id = pageIdOf(url)
    const running = this.#jobs.get(id)
    if (running !== undefined)
      return this.#join(running, { how: 'coalesced', waitMs: question.waitMs, signal })
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    const hit = this.#hit(id, question.maxAgeMs)
    if (hit !== undefined) return this.#known(hit)
    const job = this.#start({ id, url }, question.maxAgeMs)
    return this.#join(job, { how: 'fetched', waitMs: question.waitMs, signal })
  }

  async find(
    question: IdQuestion & { readonly id: Position },
    signal: AbortSignal,
  ): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const { id, waitMs } = question
    const running = this.#jobs.get(id)
    if (running !== undefined) return this.#join(running, { how: 'coalesced', waitMs, signal })
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    if (this.#tools.shelf.get(id) === undefined) await this.#tools.search.search(id, 0)
    const record = this.#tools.shelf.get(id)
    return record === undefined
      ? { kind: 'unknown' }
      : this.#known({ how: 'hit', state: latest(record), record })
  }

  /** What this member holds itself, owner or not. */
  async peek(
    question: IdQuestion,
    signal: AbortSignal,
  ): Promise<{ running: boolean; record?: PageRecord }> {
    this.#closing.signal.throwIfAborted()
    const job = this.#jobs.get(question.id)
    if (job?.isDownloading === true) await this.#settled(job, question.waitMs, signal)
    const record = this.#tools.shelf.get(question.id)
    const running = this.#jobs.get(question.id)?.isDownloading === true
    return { running, ...(record === undefined ? {} : { record }) }
  }

  /** Settles when no job runs, or after the time. */
  async idle(timeoutMs: number): Promise<void> {
    const jobs = [...this.#jobs.values()].map((job) => job.outcome)
    const limit = { clock: this.#tools.clock, timeoutMs, signal: this.#closing.signal }
    await settles(Promise.allSettled(jobs), limit)
  }

  /** Breaks off what is running. */
  async close(): Promise<void> {
    const { address } = this.#tools.overlay.self
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
  #start(subject: PageSubject, maxAgeMs: number): Job {
    const slot = this.#tools.slots.take()
    const { promise, resolve } = Promise.withResolvers<Outcome | 'moved'>()
    const job: Job = { id: subject.id, outcome: promise, received: 0, isDownloading: false }
    this.#jobs.set(subject.id, job)
    // Nobody may be waiting any more when it fails.
    promise.catch(() => undefined)
    resolve(this.#run(job, { subject, maxAgeMs, slot }))
    return job
  }

  async #run(
    job: Job,
    order: {
      readonly subject: PageSubject
      readonly maxAgeMs: number
      readonly slot: Promise<void>
    },
  ): Promise<Outcome | 'moved'> {
    const { subject, maxAgeMs } = order
    await order.slot
    try {
      if (maxAgeMs > 0) await this.#tools.search.search(subject.id, SEARCH_PATIENCE_MS)
      const hit = this.#hit(subject.id, maxAgeMs)
      if (hit !== undefined) return hit
      // The ring may have changed meanwhile: the site is asked by one member, who knows more.
      if (!this.#tools.overlay.owns(subject.id)) {
        this.#passOn(subject, maxAgeMs)
        return 'moved'
      }
      job.isDownloading = true
      const record = await this.#download(job, subject)
      await this.#tools.copies.spread(record)
      // Told only when it is copied; the next owner finds what is.
      this.#closing.signal.throwIfAborted()
      return { how: 'fetched', state: latest(record), record }
    } finally {
      this.#tools.slots.release()
      this.#jobs.delete(subject.id)
    }
  }

  /** Whoever asked may have gone with the word that the download runs: so it must. */
  #passOn(subject: PageSubject, maxAgeMs: number): void {
    const maxAge = Math.ceil(maxAgeMs / SECOND_MS)
    this.#tools.passOn({ url: subject.url, maxAge }).catch((thrown: unknown) => {
      this.#tools.log.warn('an order could not be passed on', { url: subject.url, error: thrown })
    })
  }

  /** What is held afterwards: the page, or that it could not be had. */
  async #download(job: Job, subject: PageSubject): Promise<PageRecord> {
    const { clock, tell } = this.#tools
    const startedMs = clock.nowMs()
    tell({ kind: 'downloadStarted', url: subject.url })
    try {
      const { record, bytes } = await this.#fetch(job, subject)
      tell({
        kind: 'downloadFinished',
        url: subject.url,
        bytes,
        durationMs: clock.nowMs() - startedMs,
      })
      return record
    } catch (thrown) {
      const error = asAnilloError(thrown)
      if (error.code === 'INTERNAL')
        this.#tools.log.error('a download failed', { url: subject.url, error: thrown })
      tell({
        kind: 'downloadFailed',
        url: subject.url,
        code: error.code,
        details: { ...error.details },
        durationMs: clock.nowMs() - startedMs,
      })
      if (this.#closing.signal.aborted) throw error
      return this.#keepFailure(subject, error)
    }
  }

  async #fetch(
    job: Job,
    subject: PageSubject,
  ): Promise<{ readonly record: PageRecord; readonly bytes: number }> {
    const { shelf, fetching, clock, overlay } = this.#tools
    const draft = await shelf.draft()
    try {
      const fetched = await fetchPage(
        {
          url: subject.url,
          write: (piece) => draft.write(piece),
          progress: (receivedBytes) => {
            job.received = receivedBytes
          },
          signal: this.#closing.signal,
        },
        fetching,
      )
      const record = pageRecord(subject, fetched, { by: refOf(overlay.self), atMs: clock.wallMs() })
      return { record: await shelf.keep(record, draft), bytes: fetched.bytes }
    } catch (thrown) {
      await draft.discard()
      throw thrown
    }
  }

  /** A failure that cannot even be written down (a full disk) is told all the same. */
  async #keepFailure(subject: PageSubject, error: AnilloError): Promise<PageRecord> {
    const made = { by: refOf(this.#tools.overlay.self), atMs: this.#tools.clock.wallMs() }
    const record = failureRecord(subject, error, made)
    try {
      return await this.#tools.shelf.keep(record)
    } catch (thrown) {
      this.#tools.log.warn('a failure could not be kept', { url: subject.url, error: thrown })
      return record
    }
  }

  async #join(job: Job, asked: Joining): Promise<OwnerReply> {
    const isDone = await this.#settled(job, asked.waitMs, asked.signal)
    if (!isDone) return this.#running(job, asked)
    const outcome = await job.outcome
    if (outcome === 'moved') return this.#notOwner(job.id, asked.signal)
    return this.#known(outcome.how === 'hit' ? outcome : { ...outcome, how: asked.how })
  }

  #settled(job: Job, waitMs: number, signal: AbortSignal): Promise<boolean> {
    return settles(job.outcome, { clock: this.#tools.clock, timeoutMs: waitMs, signal })
  }

  /** What is held, where it is good enough. */
  #hit(id: Position, maxAgeMs: number): Outcome | undefined {
    const record = this.#tools.shelf.get(id)
    const verdict = verdictOn(record, { nowMs: this.#tools.clock.wallMs(), maxAgeMs })
    if (record === undefined || verdict === 'none') return undefined
    return { how: 'hit', state: verdict === 'page' ? 'done' : 'failed', record }
  }

  #known(outcome: Pick<Known, 'how' | 'state'> & { readonly record: PageRecord }): Known {
    const { page } = outcome.record
    const age =
      page === undefined ? {} : { ageMs: ageMs(page.fetchedAt, this.#tools.clock.wallMs()) }
    return { kind: 'known', ...outcome, ...age, ...this.#here() }
  }

  /** The copy that is held meanwhile, if any, is told too. */
  #running(job: Job, asked: Joining): Known {
    const record = this.#tools.shelf.get(job.id)
    const { how } = asked
    const held = record === undefined ? {} : { record }
    return {
      kind: 'known',
      state: 'running',
      how,
      received: job.received,
      ...held,
      ...this.#here(),
    }
  }

  #here(): Pick<Known, 'owner' | 'holders'> {
    const owner = refOf(this.#tools.overlay.self)
    return {
      owner,
      holders: [owner, ...this.#tools.overlay.successors(COPIES_BESIDE_OWNER).map(refOf)],
    }
  }
}

interface Joining {
  readonly how: 'fetched' | 'coalesced'
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** How the newest attempt ended. */
function latest(record: PageRecord): 'done' | 'failed' {
  return record.failure === undefined ? 'done' : 'failed'
}
