/**
 * What an owner does for its pages: all who ask for one while it is being downloaded share that
 * download, whichever member they asked first; what is kept and young enough is answered at once.
 * Being the owner is a habit; the lease alone gives the right to download a page and to keep it.
 */
import { AnilloError, asAnilloError, ERRORS, isAnilloError } from '../../../base/errors.ts'
import type { Position } from '../../../base/ids.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { OwnerAnswer, Overlay, TellDoing } from '../../../overlay/types.ts'
import type { ChunkStore } from '../../../store/types.ts'
import type { MemberRef, ScrapeRequest } from '../../../wire/api.ts'
import type { Known, OwnerReply, PageRecord } from '../../../wire/pages.ts'
import type { FetchTools } from '../fetch/fetch-page.ts'
import { pause, settles } from '../fetch/timing.ts'
import { HeldLease } from '../held-lease.ts'
import { LEASE_LOOK_MS, LEASE_RENEW_MS, LEASES_LOST_MAX, ORDER_TRIES_MAX } from '../limits.ts'
import { canonicalUrl, pageIdOf, type CanonicalUrl } from '../urls/canonical-url.ts'
import { downloadPage } from './page-download.ts'
import {
  ageMs,
  failureRecord,
  followedBy,
  isForNothingHeld,
  verdictOn,
  wishAfter,
  type Subject,
  type Wish,
} from './page-record.ts'
import type { KeptPage } from './page-rows.ts'
import type { Lease, Order, PageTable } from './page-table.ts'
import type { Slots } from './slots.ts'

export interface OwnerTools {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly table: PageTable
  readonly chunks: ChunkStore
  readonly slots: Slots
  readonly fetching: FetchTools
  readonly tell: TellDoing
  /** How long a copy may be used of which the site says nothing. */
  readonly maxAgeDefaultMs: number
  /** Asks whoever owns the page; returns once it has the order. */
  readonly passOn: (request: ScrapeRequest) => Promise<void>
}

export interface AskQuestion extends Wish {
  readonly url: string
  readonly waitMs: number
}

export interface IdQuestion {
  readonly id: Position
  readonly waitMs: number
}

/** How a finished job came by what it has. */
interface Outcome {
  readonly how: 'hit' | 'fetched'
  readonly state: 'done' | 'failed'
  readonly record: PageRecord
}

interface Job {
  readonly subject: PageSubject
  /** The order outlives this member. */
  readonly ordered: Promise<void>
  /** `moved`: the page is another member's by now, and nothing was begun. */
  readonly outcome: Promise<Outcome | 'moved'>
  /** Decoded bytes so far. */
  received: number
}

interface PageSubject extends Subject {
  readonly id: Position
  readonly url: CanonicalUrl
}

/** What somebody wants, and when it was heard of here. */
interface Wanted {
  readonly subject: PageSubject
  readonly wish: Wish
  readonly sinceMs: number
}

export class PageOwner {
  readonly #tools: OwnerTools
  readonly #jobs = new Map<string, Job>()
  readonly #closing = new AbortController()

  constructor(tools: OwnerTools) {
    this.#tools = tools
  }

  /** @throws AnilloError BUSY, URL_*, STORE_UNAVAILABLE, RPC_UNREACHABLE when it is stopping */
  async ask(question: AskQuestion, signal: AbortSignal): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const { waitMs } = question
    const url = canonicalUrl(question.url)
    const id = pageIdOf(url)
    const running = this.#jobs.get(id)
    if (running !== undefined) return this.#join(running, { how: 'coalesced', waitMs, signal })
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    const hit = await this.#hit(id, question)
    if (hit !== undefined) return this.#known(hit)
    this.#closing.signal.throwIfAborted()
    // Somebody may have been quicker.
    const begun = this.#jobs.get(id)
    const job = begun ?? this.#start({ id, url }, { wish: wishAfter(question, 0), tries: 1 })
    return this.#join(job, { how: begun === undefined ? 'fetched' : 'coalesced', waitMs, signal })
  }

  async find({ id, waitMs }: IdQuestion, signal: AbortSignal): Promise<OwnerReply> {
    this.#closing.signal.throwIfAborted()
    const running = this.#jobs.get(id)
    if (running !== undefined) return this.#join(running, { how: 'coalesced', waitMs, signal })
    if (!this.#tools.overlay.owns(id)) return this.#notOwner(id, signal)
    const record = (await this.#tools.table.get(id))?.record
    if (record !== undefined) return this.#known({ how: 'hit', state: latest(record), record })
    const begun = this.#jobs.get(id)
    if (begun === undefined) return { kind: 'unknown' }
    return this.#join(begun, { how: 'coalesced', waitMs, signal })
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
    this.#start(subject, { wish: wishAfter(wish, sinceMs), tries: tries + 1 })
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
    { wish, tries }: { readonly wish: Wish; readonly tries: number },
  ): Job {
    const { clock, slots, table } = this.#tools
    const slot = slots.take()
    const ordered = table.order({ ...subject, ...wish, tries, atMs: clock.wallMs() })
    const { promise, resolve } = Promise.withResolvers<Outcome | 'moved'>()
    const job: Job = { subject, ordered, outcome: promise, received: 0 }
    this.#jobs.set(subject.id, job)
    // Nobody may be waiting any more when it fails.
    promise.catch(() => undefined)
    ordered.catch(() => undefined)
    resolve(this.#run(job, { wanted: { subject, wish, sinceMs: clock.nowMs() }, slot }))
    return job
  }

  async #run(
    job: Job,
    { wanted, slot }: { readonly wanted: Wanted; readonly slot: Promise<void> },
  ): Promise<Outcome | 'moved'> {
    await slot
    try {
      await job.ordered
      // The ring may have changed while the order was in line.
      if (!this.#tools.overlay.owns(wanted.subject.id)) {
        this.#passOn(wanted)
        return 'moved'
      }
      for (let lost = 0; lost < LEASES_LOST_MAX; lost++) {
        const outcome = await this.#runOnce(job, wanted)
        if (outcome !== 'lost') return outcome
      }
      throw new AnilloError('BUSY', { what: 'downloads' })
    } finally {
      this.#tools.slots.release()
      this.#jobs.delete(wanted.subject.id)
    }
  }

  /** `lost`: the lease ran out, and another member may have downloaded the page meanwhile. */
  async #runOnce(job: Job, wanted: Wanted): Promise<Outcome | 'lost'> {
    const { table } = this.#tools
    const { id } = wanted.subject
    const leased = await this.#lease(wanted)
    if ('state' in leased) return leased
    try {
      const before = await table.get(id)
      const hit = this.#goodEnough(before, this.#wish(wanted))
      if (hit === undefined) return await this.#download(job, { leased, before })
      await table.endWith(leased.lease)
      return hit
    } catch (thrown) {
      await table.release(leased.lease).catch(() => undefined)
      throw thrown
    } finally {
      leased.stop()
    }
  }

  /** The lease, or what another member kept while this one waited for it. */
  async #lease(wanted: Wanted): Promise<HeldLease<Lease> | Outcome> {
    const { clock, table } = this.#tools
    const { id } = wanted.subject
    const { signal } = this.#closing
    for (;;) {
      signal.throwIfAborted()
      const lease = await table.acquire(id)
      if (lease !== undefined) return this.#held(lease)
      do {
        await pause(clock, LEASE_LOOK_MS, signal)
        const hit = await this.#hit(id, this.#wish(wanted))
        if (hit === undefined) continue
        await table.forget(id)
        return hit
      } while (!signal.aborted && (await table.isLeased(id)))
    }
  }

  #held(lease: Lease): HeldLease<Lease> {
    const { clock, log, table } = this.#tools
    const renew = (): Promise<boolean> => table.renew(lease)
    return new HeldLease(lease, { clock, log, everyMs: LEASE_RENEW_MS, renew })
  }

  #wish({ wish, sinceMs }: Wanted): Wish {
    return wishAfter(wish, this.#tools.clock.nowMs() - sinceMs)
  }

  /** Whoever asked may have gone with the word that the download runs: so it must. */
  #passOn({ subject, wish }: Wanted): void {
    const maxAge = wish.bySite === true ? {} : { maxAge: Math.ceil(wish.maxAgeMs / SECOND_MS) }
    this.#tools.passOn({ url: subject.url, ...maxAge }).catch((thrown: unknown) => {
      this.#tools.log.warn('an order could not be passed on', { url: subject.url, error: thrown })
    })
  }

  /** The page, or that it could not be had, once it is kept. */
  async #download(job: Job, under: Under): Promise<Outcome | 'lost'> {
    const { clock, tell } = this.#tools
    const { url } = job.subject
    const startedMs = clock.nowMs()
    tell({ kind: 'downloadStarted', url })
    try {
      const record = await this.#fetch(job, under)
      if (record === undefined) return 'lost'
      const { bytes = 0, isRevalidated = false } = record.page ?? {}
      const durationMs = clock.nowMs() - startedMs
      if (isRevalidated) tell({ kind: 'revalidated', url, durationMs })
      else tell({ kind: 'downloadFinished', url, bytes, durationMs })
      return { how: 'fetched', state: latest(record), record }
    } catch (thrown) {
      const error = asAnilloError(thrown)
      if (error.code === 'INTERNAL')
        this.#tools.log.error('a download failed', { url, error: thrown })
      const durationMs = clock.nowMs() - startedMs
      tell({
        kind: 'downloadFailed',
        url,
        code: error.code,
        details: { ...error.details },
        durationMs,
      })
      this.#closing.signal.throwIfAborted()
      if (under.leased.lost.aborted) return 'lost'
      if (isOfTheRing(error)) throw error
      return this.#keepFailure(job, { ...under, error })
    }
  }

  /** `undefined`: the lease ran out, and nothing was kept. */
  async #fetch(job: Job, { before, leased }: Under): Promise<PageRecord | undefined> {
    const { chunks, clock, fetching, overlay, table } = this.#tools
    const { subject } = job
    const upload = table.upload(subject.id)
    const signal = AbortSignal.any([this.#closing.signal, leased.lost])
    const progress = (receivedBytes: number): void => {
      job.received = receivedBytes
    }
    const made = () => ({ by: refOf(overlay.self), atMs: clock.wallMs() })
    const order = { subject, before, upload, progress, signal }
    const { attempt, body } = await downloadPage(order, { chunks, fetching, made })
    const record = followedBy(before?.record, attempt)
    const isKept = await table.keep(leased.lease, { record, body }, { before, upload })
    return isKept ? record : undefined
  }

  /** A failure that cannot even be written down (a full disk) is told all the same. */
  async #keepFailure(
    { subject }: Job,
    { leased, before, error }: Under & { readonly error: AnilloError },
  ): Promise<Outcome | 'lost'> {
    const { clock, log, overlay, table } = this.#tools
    const made = { by: refOf(overlay.self), atMs: clock.wallMs() }
    const record = followedBy(before?.record, failureRecord(subject, error, made))
    const page = { record, body: before?.body ?? ({ kind: 'none' } as const) }
    const keeping = { before, upload: table.upload(subject.id) }
    try {
      if (!(await table.keep(leased.lease, page, keeping))) return 'lost'
    } catch (thrown) {
      if (isAnilloError(thrown) && isOfTheRing(thrown)) throw thrown
      log.warn('a failure could not be kept', { url: subject.url, error: thrown })
    }
    return { how: 'fetched', state: 'failed', record }
  }

  async #join(job: Job, asked: Joining): Promise<OwnerReply> {
    const { id } = job.subject
    const { how, waitMs, signal } = asked
    const isDone = await settles(job.outcome, {
      clock: this.#tools.clock,
      timeoutMs: waitMs,
      signal,
    })
    if (!isDone) return this.#running(job, how)
    const outcome = await job.outcome
    if (outcome === 'moved') return this.#notOwner(id, signal)
    return this.#known(outcome.how === 'hit' ? outcome : { ...outcome, how })
  }

  async #hit(id: Position, wish: Wish): Promise<Outcome | undefined> {
    if (isForNothingHeld(wish)) return undefined
    return this.#goodEnough(await this.#tools.table.get(id), wish)
  }

  #goodEnough(kept: KeptPage | undefined, wish: Wish): Outcome | undefined {
    const { clock, maxAgeDefaultMs: defaultMs } = this.#tools
    const verdict = verdictOn(kept?.record, { ...wish, nowMs: clock.wallMs(), defaultMs })
    if (kept === undefined || verdict === 'none') return undefined
    return { how: 'hit', state: verdict === 'page' ? 'done' : 'failed', record: kept.record }
  }

  #known(outcome: Outcome | (Omit<Outcome, 'how'> & Pick<Known, 'how'>)): Known {
    return knownOf(outcome, { owner: this.#tools.overlay.self, nowMs: this.#tools.clock.wallMs() })
  }

  /** Not before the order outlives this member. The copy that is kept meanwhile is told too. */
  async #running(job: Job, how: Known['how']): Promise<Known> {
    await job.ordered
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

interface Joining {
  readonly how: 'fetched' | 'coalesced'
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** The right to keep the page, and what is kept of it so far. */
interface Under {
  readonly leased: HeldLease<Lease>
  readonly before: KeptPage | undefined
}

/** What is kept, as it is told. */
export function knownOf(
  outcome: Pick<Known, 'how' | 'state'> & { readonly record: PageRecord },
  told: { readonly owner: MemberRef; readonly nowMs: number },
): Known {
  const { how, state, record } = outcome
  const { page } = record
  const age = page === undefined ? {} : { ageMs: ageMs(page.fetchedAt, told.nowMs) }
  return { kind: 'known', how, state, record, ...age, owner: refOf(told.owner) }
}

/** Only what the wire's shape has. */
export function refOf(member: MemberRef | OwnerAnswer['owner']): MemberRef {
  const { name, id, address, position } = member
  return { name, id, address, position }
}

/** How the newest attempt ended. */
function latest(record: PageRecord): 'done' | 'failed' {
  return record.failure === undefined ? 'done' : 'failed'
}

/** It says nothing of the page: another member, or a moment later, may do better. */
function isOfTheRing({ code }: AnilloError): boolean {
  return code === 'BUSY' || ERRORS[code].retry === 'elsewhere'
}
