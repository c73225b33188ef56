/** One try at a page: downloaded and kept, or why it could not be had. */
import { asAnilloError, ERRORS, isAnilloError, type AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay, TellDoing } from '../../../overlay/types.ts'
import type { StoredPage } from '../../../wire/pages.ts'
import { isOfVantage } from '../crew/crew.ts'
import type { Networks } from '../crew/networks.ts'
import { Witnesses, type WitnessesTools } from '../testimony/witnesses.ts'
import { latest, refOf } from './known-page.ts'
import { downloadPage } from './page-download.ts'
import { endsOrder, type Job, type Outcome } from './page-job.ts'
import { failureRecord, followedBy } from './page-record.ts'
import type { PageRight } from './page-right.ts'
import type { KeptPage } from './page-rows.ts'
import type { Keeping, PageTable } from './page-table.ts'
import { witnessedBy } from './witnessed.ts'

export interface AttemptTools {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly table: PageTable
  readonly networks: Networks
  readonly tell: TellDoing
  readonly witnessing: WitnessesTools
}

/** The right to keep the page, and what is kept of it so far. */
export interface Under {
  readonly right: PageRight
  readonly before: KeptPage | undefined
  /** Another request to the site may begin now. */
  readonly mayBegin: () => boolean
}

export class PageAttempts {
  readonly #tools: AttemptTools
  readonly #closing: AbortSignal

  /** @param closing the member stops: what is under way breaks off */
  constructor(tools: AttemptTools, closing: AbortSignal) {
    this.#tools = tools
    this.#closing = closing
  }

  /** The page, or that it could not be had, once it is kept. */
  async make(job: Job, under: Under): Promise<Outcome | 'lost'> {
    const { clock, tell } = this.#tools
    const { url } = job.subject
    const startedMs = clock.nowMs()
    tell({ kind: 'downloadStarted', url })
    try {
      const fetched = await this.#fetch(job, under)
      if (fetched === undefined) return 'lost'
      const { links, record } = fetched
      const { bytes = 0, isRevalidated = false } = record.page ?? {}
      const durationMs = clock.nowMs() - startedMs
      if (isRevalidated) tell({ kind: 'revalidated', url, durationMs })
      else tell({ kind: 'downloadFinished', url, bytes, durationMs })
      return { how: 'fetched', state: latest(record), record, links }
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
      this.#closing.throwIfAborted()
      if (under.right.lost.aborted) return 'lost'
      if (isOfTheRing(error)) throw error
      return this.#keepFailure(job, { ...under, error })
    }
  }

  /** `undefined`: the right was lost, and nothing was kept. */
  async #fetch(
    job: Job,
    { before, mayBegin, right }: Under,
  ): Promise<Pick<Outcome, 'record' | 'links'> | undefined> {
    const { clock, networks, table } = this.#tools
    const { subject } = job
    const upload = table.upload(subject.id)
    const signal = AbortSignal.any([this.#closing, right.lost])
    const progress = (receivedBytes: number): void => {
      job.received = receivedBytes
    }
    const request = {
      ...subject,
      upload,
      progress,
      signal,
      wantsLinks: () => job.wantsLinks,
      vantage: job.vantage,
      mayBegin,
    }
    const witnesses =
      job.witnesses === 0
        ? undefined
        : new Witnesses(subject, { witnesses: job.witnesses, signal }, this.#tools.witnessing)
    try {
      const { attempt, body, links } = await downloadPage({
        subject,
        // Who is asked whether a page changed says nothing of its content.
        before: witnesses === undefined ? before : undefined,
        receive: (conditions) => networks.receive({ ...request, conditions }),
        wallMs: () => clock.wallMs(),
      })
      const { page } = attempt
      const gathered = page === undefined ? undefined : await witnesses?.gather(page)
      const seen =
        page === undefined ? attempt : { ...attempt, page: witnessedBy(page, gathered?.counts) }
      const record = followedBy(before?.record, seen)
      const keeping = { before, upload, testimony: gathered?.text }
      const isKept = await this.#keep(job, { page: { record, body }, right, keeping })
      return isKept ? { record, links } : undefined
    } finally {
      witnesses?.stop()
    }
  }

  /** A failure that cannot even be written down (a full disk) is told all the same. */
  async #keepFailure(
    job: Job,
    { right, before, error }: Under & { readonly error: AnilloError },
  ): Promise<Outcome | 'lost'> {
    const { clock, log, overlay, table } = this.#tools
    const { subject } = job
    const made = { by: refOf(overlay.self), atMs: clock.wallMs() }
    const record = followedBy(before?.record, failureRecord(subject, error, made))
    const page = { record, body: before?.body ?? ({ kind: 'none' } as const) }
    const keeping = { before, upload: table.upload(subject.id) }
    try {
      if (!(await this.#keep(job, { page, right, keeping }))) return 'lost'
    } catch (thrown) {
      if (isAnilloError(thrown) && isOfTheRing(thrown)) throw thrown
      log.warn('a failure could not be kept', { url: subject.url, error: thrown })
    }
    return { how: 'fetched', state: 'failed', record }
  }

  async #keep(
    job: Job,
    kept: {
      readonly page: StoredPage
      readonly right: PageRight
      readonly keeping: Omit<Keeping, 'isOrdered'>
    },
  ): Promise<boolean> {
    const isOrdered = await endsOrder(job)
    const shown = await kept.right.shown()
    const isKept = await this.#tools.table.keep(shown, kept.page, { ...kept.keeping, isOrdered })
    job.isEnding = isKept
    return isKept
  }
}

/** It says nothing of the page: another member, or a moment later, may do better. */
function isOfTheRing(error: AnilloError): boolean {
  const { code } = error
  return code === 'BUSY' || isOfVantage(error) || ERRORS[code].retry === 'elsewhere'
}
