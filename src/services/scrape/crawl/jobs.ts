/** What a member knows of the crawls that it works for: looked at again and again while it does. */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Frontier } from './frontier.ts'
import { JOB_LOOK_MS } from './limits.ts'
import type { CrawlState, JobRow } from './rows.ts'

interface Watched {
  job: JobRow | undefined
  /** Of those who work for it. */
  uses: number
}

export class Jobs {
  readonly #clock: Clock
  readonly #frontier: Frontier
  readonly #watched = new Map<string, Watched>()
  #timer: Timer | undefined
  #isClosed = false

  constructor({ clock, frontier }: { readonly clock: Clock; readonly frontier: Frontier }) {
    this.#clock = clock
    this.#frontier = frontier
  }

  /** `undefined`: there is no such crawl. `release` once nobody works for it. */
  async use(crawl: string): Promise<JobRow | undefined> {
    const known = this.#watched.get(crawl)
    if (known !== undefined) {
      known.uses++
      return known.job
    }
    const watched: Watched = { job: undefined, uses: 1 }
    this.#watched.set(crawl, watched)
    watched.job = await this.#frontier.job(crawl)
    this.#lookLater()
    return watched.job
  }

  release(crawl: string): void {
    const watched = this.#watched.get(crawl)
    if (watched === undefined) return
    watched.uses--
    if (watched.uses === 0) this.#watched.delete(crawl)
  }

  /** As it was a moment ago; `undefined`: it is none any more. */
  stateOf(crawl: string): CrawlState | undefined {
    return this.#watched.get(crawl)?.job?.state
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #lookLater(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    this.#timer = this.#clock.after(JOB_LOOK_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    await Promise.all(Array.from(this.#watched, (one) => this.#lookAt(...one)))
    this.#timer = undefined
    if (this.#watched.size > 0) this.#lookLater()
  }

  async #lookAt(crawl: string, watched: Watched): Promise<void> {
    try {
      watched.job = await this.#frontier.job(crawl)
    } catch (thrown) {
      // What is known stays; whoever begins anything asks the crawl itself.
      if (!isAnilloError(thrown)) throw thrown
    }
  }
}
