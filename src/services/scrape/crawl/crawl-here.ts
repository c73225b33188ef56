/**
 * One crawl on one host, as its scheduler has it in hand: URLs that are begun and wait for their
 * turn, results that wait to be acknowledged.
 */
import type { Frontier } from './frontier.ts'
import type { Predecessor } from './host-pace.ts'
import type { Host } from './hosts.ts'
import { KnownUrls } from './known-urls.ts'
import { BEGIN_MAX, ENDED_PER_CALL_MAX } from './limits.ts'
import type { CrawlOnHost } from './places.ts'
import type { UrlRow, Wanted } from './rows.ts'
import type { Errand, FoundOnHost, Visited } from './visit.ts'

export interface CrawlHereOptions {
  readonly frontier: Frontier
  readonly on: CrawlOnHost
  readonly fence: number
  readonly errand: Errand
}

export class CrawlHere {
  readonly on: CrawlOnHost
  readonly errand: Errand
  /** What the host names as lists of its pages is in the queue. */
  #hasLists = false
  readonly #frontier: Frontier
  readonly #fence: number
  /** Begun, and not visited yet. */
  #ready: UrlRow[] = []
  /** In the frontier for sure. */
  readonly #known = new KnownUrls()
  #visiting = 0
  #fetched = 0
  #results: Visited[] = []
  #refilling: Promise<void> | undefined
  #flushing: Promise<void> | undefined
  /** By this member’s clock: nothing is in the queue until then, as far as is known. */
  #emptyUntilMs = -Infinity
  #dueAtMs: number | undefined

  constructor({ errand, fence, frontier, on }: CrawlHereOptions) {
    this.on = on
    this.errand = {
      ...errand,
      follows: (link, from) => (this.#known.has(link.url) ? undefined : errand.follows(link, from)),
    }
    this.#frontier = frontier
    this.#fence = fence
  }

  /**
   * What the scheduler before this one had begun comes first. @returns whose requests may be under
   * way, or were made at some time; `undefined`: there were none @throws AnilloError LOCK_LOST
   */
  async takeOver(): Promise<Predecessor | undefined> {
    const { by, fetched } = await this.#frontier.sum(this.on)
    this.#fetched = fetched
    this.#ready = [...(await this.#frontier.inHand(this.on))]
    if (!this.hasReady && fetched === 0) return undefined
    // Before the first of them is asked for again: whoever comes next has to know of it.
    await this.#frontier.begin(this.on, { count: 0, fence: this.#fence })
    const isEarlierSelf = by !== undefined && this.#frontier.wasEarlier(by)
    return { hadBegun: this.hasReady, isEarlierSelf }
  }

  get hasReady(): boolean {
    return this.#ready.length > 0
  }

  /** Something of it is under way. */
  get isBusy(): boolean {
    const isAsking = this.#flushing !== undefined || this.#refilling !== undefined
    return isAsking || this.#visiting > 0 || this.#results.length > 0
  }

  /** Nothing is under way, and nothing is to be done as far as is known. */
  isIdle(nowMs: number): boolean {
    if (this.isBusy || this.hasReady || this.#dueAtMs !== undefined) return false
    return !this.needsMore(nowMs)
  }

  /** When a URL that is to be tried again is due, by this member’s clock. */
  get dueAtMs(): number | undefined {
    return this.#dueAtMs
  }

  needsMore(nowMs: number): boolean {
    if (this.#refilling !== undefined) return false
    return this.#ready.length <= BEGIN_MAX / 2 && nowMs >= this.#emptyUntilMs
  }

  /** Somebody says that there is something in the queue. */
  hear(): void {
    this.#emptyUntilMs = -Infinity
  }

  next(): UrlRow | undefined {
    const row = this.#ready.shift()
    if (row === undefined) return undefined
    this.#visiting++
    this.#known.add(row.url)
    return row
  }

  /** It was not visited after all. */
  putBack(row: UrlRow): void {
    this.#visiting--
    this.#ready.push(row)
  }

  /** @returns whether it is time to have results acknowledged. */
  take(visited: Visited): boolean {
    this.#visiting--
    this.#results.push(visited)
    return this.#results.length >= ENDED_PER_CALL_MAX
  }

  /**
   * Takes more out of the queue. @param nowMs gives this member’s clock @param idleMs how long an
   * empty queue is left alone @throws AnilloError LOCK_LOST, STORE_UNAVAILABLE
   */
  refill(nowMs: () => number, idleMs: number): Promise<void> {
    this.#refilling ??= this.#refill(nowMs, idleMs).finally(() => {
      this.#refilling = undefined
    })
    return this.#refilling
  }

  /** @throws AnilloError LOCK_LOST, STORE_UNAVAILABLE */
  async takeLists(urls: readonly string[]): Promise<void> {
    if (this.#hasLists) return
    const found = this.errand.lists(this.on.host, urls)
    if (found.length > 0) {
      await this.#frontier.end(this.on, this.#fence, { ended: [], found })
      this.hear()
    }
    this.#hasLists = true
  }

  /** Has all results so far acknowledged. @throws AnilloError LOCK_LOST, STORE_UNAVAILABLE */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
    if (this.#results.length === 0) return
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = undefined
    })
    await this.#flushing
  }

  async #refill(nowMs: () => number, idleMs: number): Promise<void> {
    const want = BEGIN_MAX - this.#ready.length
    const asked = { fence: this.#fence, fetched: this.#fetched, want }
    const { given } = await this.#frontier.grant(this.on, { ...asked, begun: this.#begun })
    if (given === 0) {
      this.#emptyUntilMs = nowMs() + idleMs
      return
    }
    const { dueMs, timeMs, urls } = await this.#frontier.begin(this.on, {
      count: given,
      fence: this.#fence,
    })
    this.#ready.push(...urls)
    this.#dueAtMs = dueMs === undefined ? undefined : nowMs() + dueMs - timeMs
    if (urls.length === given) return
    this.#emptyUntilMs = Math.min(nowMs() + idleMs, this.#dueAtMs ?? Infinity)
    // Others may have what is not needed here.
    await this.#frontier.grant(this.on, { ...asked, begun: this.#begun, want: 0 })
  }

  /** URLs that stand as begun, those whose end is not acknowledged among them. */
  get #begun(): number {
    return this.#ready.length + this.#visiting + this.#results.length + this.#unacknowledged
  }

  #unacknowledged = 0

  async #flush(): Promise<void> {
    const results = this.#results.splice(0, ENDED_PER_CALL_MAX)
    this.#unacknowledged = results.length
    try {
      const ended = results.map((each) => each.ended)
      const found = results.flatMap((each) => each.found)
      await this.#frontier.end(this.on, this.#fence, { ended, found: merged(found) })
      for (const { urls } of found) for (const { url } of urls) this.#known.add(url)
      this.#fetched += ended.filter(({ as }) => as === 'done' || as === 'failed').length
      if (found.some(({ host }) => host === this.on.host)) this.hear()
      if (ended.some(({ as }) => as === 'again')) this.hear()
    } catch (thrown) {
      this.#results.unshift(...results)
      throw thrown
    } finally {
      this.#unacknowledged = 0
    }
  }
}

/** Pages of one site link to the same pages: each once. */
function merged(found: readonly FoundOnHost[]): readonly FoundOnHost[] {
  const hosts = new Map<Host, Map<string, Wanted>>()
  for (const { host, urls } of found) {
    const known = hosts.get(host) ?? new Map<string, Wanted>()
    hosts.set(host, known)
    for (const wanted of urls) if (!known.has(wanted.url)) known.set(wanted.url, wanted)
  }
  return Array.from(hosts, ([host, urls]) => ({ host, urls: [...urls.values()] }))
}
