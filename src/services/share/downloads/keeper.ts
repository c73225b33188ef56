/**
 * Goes on with the downloads of those partitions that this member leads: whoever leads next takes
 * them over, from what is in the store.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Timer } from '../../../effects/clock.ts'
import { DOWNLOADS_AT_ONCE, DOWNLOADS_LOOK_MS, RUN_AGAIN_MS } from '../limits.ts'
import type { ActiveDownload } from '../parts.ts'
import { PausedDownloads } from './paused.ts'
import { DownloadRun, type RunTools } from './run.ts'

interface Running {
  readonly ending: AbortController
  readonly done: Promise<void>
}

export class DownloadKeeper {
  readonly #tools: RunTools
  readonly #running = new Map<string, Running>()
  /** By id: not before. */
  readonly #again = new Map<string, number>()
  #timer: Timer | undefined
  #isClosed = false
  #isLooking = false
  readonly #paused: PausedDownloads

  constructor(tools: RunTools) {
    this.#tools = tools
    this.#paused = new PausedDownloads(tools.parts)
    this.#later()
  }

  /** One was begun, paused, resumed or cancelled. */
  hear(): void {
    this.#look()
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    for (const { ending } of this.#running.values()) ending.abort()
    await Promise.all([...this.#running.values()].map(({ done }) => done))
    await this.#paused.close()
  }

  #later(): void {
    if (this.#isClosed) return
    this.#timer = this.#tools.parts.effects.clock.after(DOWNLOADS_LOOK_MS, () => {
      this.#look()
      this.#later()
    })
  }

  /** One at a time; what comes meanwhile is looked at by the next one. */
  #look(): void {
    if (this.#isClosed || this.#isLooking) return
    this.#isLooking = true
    void this.#lookOnce().finally(() => {
      this.#isLooking = false
    })
  }

  /** Never rejects: it is looked again. */
  async #lookOnce(): Promise<void> {
    const { active, effects } = this.#tools.parts
    try {
      const found = await active()
      this.#turnTo(idsOf(found, false))
      if (!this.#isClosed) this.#paused.tend(idsOf(found, true))
    } catch (thrown) {
      if (!isAnilloError(thrown)) effects.log.error('downloads were not seen', { error: thrown })
    }
  }

  #turnTo(wanted: ReadonlySet<string>): void {
    if (this.#isClosed) return
    for (const [id, { ending }] of this.#running) if (!wanted.has(id)) ending.abort()
    const nowMs = this.#tools.parts.effects.clock.nowMs()
    for (const id of wanted) {
      if (this.#running.size >= DOWNLOADS_AT_ONCE) return
      if (this.#running.has(id) || (this.#again.get(id) ?? 0) > nowMs) continue
      this.#begin(id)
    }
  }

  #begin(id: string): void {
    const ending = new AbortController()
    this.#again.delete(id)
    const done = this.#run(id, ending.signal).finally(() => this.#running.delete(id))
    this.#running.set(id, { ending, done })
  }

  /** Never rejects: what passes is tried again. */
  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#tools.parts.effects
    try {
      await new DownloadRun(this.#tools, id, signal).run()
    } catch (thrown) {
      if (!isAnilloError(thrown)) log.error('a download broke off', { id, error: thrown })
      else log.info('a download goes on later', { id, code: thrown.code })
    }
    // It is over, or another’s, and then it is not found again; else it goes on after a pause.
    if (signal.aborted) return
    this.#again.set(id, clock.nowMs() + RUN_AGAIN_MS)
    if (this.#again.size <= AGAIN_MAX) return
    const [first] = this.#again.keys()
    if (first !== undefined) this.#again.delete(first)
  }
}

const AGAIN_MAX = 1_000

function idsOf(found: readonly ActiveDownload[], isPaused: boolean): ReadonlySet<string> {
  return new Set(found.filter((one) => one.isPaused === isPaused).map(({ id }) => id))
}
