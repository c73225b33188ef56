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
  /** Number of the read that brought `job`: what an earlier one brings later counts no more. */
  read: number
}

export class Jobs {
  readonly #clock: Clock
  readonly #frontier: Frontier
  readonly #watched = new Map<string, Watched>()
  #timer: Timer | undefined
  #isClosed = false
  #reads = 0

  constructor({ clock, frontier }: { readonly clock: Clock; readonly frontier: Frontier }) {
    this.#clock = clock
    this.#frontier = frontier
  }

  /**
   * As it is, not as it was: whoever takes it up may have been told so because it goes on.
   * `release` once nobody works for it. @returns `undefined`: there is no such crawl @throws
   * AnilloError STORE_UNAVAILABLE, and then it is not in use
   */
  async use(crawl: string): Promise<JobRow | undefined> {
    const watched = this.#watched.get(crawl) ?? { job: undefined, uses: 0, read: 0 }
    watched.uses++
    this.#watched.set(crawl, watched)
    try {
      await this.#readInto(watched, crawl)
    } catch (thrown) {
      this.release(crawl)
      throw thrown
    }
    this.#lookLater()
    return watched.job
  }

  /** For one in use: what is known of it is as of this moment or later. */
  async renew(crawl: string): Promise<void> {
    const watched = this.#watched.get(crawl)
    if (watched !== undefined) await this.#readInto(watched, crawl)
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
      await this.#readInto(watched, crawl)
    } catch (thrown) {
      // What is known stays; whoever begins anything asks the crawl itself.
      if (!isAnilloError(thrown)) throw thrown
    }
  }

  async #readInto(watched: Watched, crawl: string): Promise<void> {
    const read = ++this.#reads
    const job = await this.#frontier.job(crawl)
    if (read < watched.read) return
    watched.read = read
    watched.job = job
  }
}
