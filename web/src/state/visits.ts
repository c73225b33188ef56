/** Pages asked for in this window: each is followed to its end, shown or left. */
import type { ScrapeRequest } from '../../../src/wire/api.ts'
import { howAfter } from '../../../src/wire/scrape-how.ts'
import { readScrape } from '../api/read.ts'
import { RingTrouble, UNREADABLE, type Question } from '../api/ring-client.ts'
import type { Scrape } from '../model/told.ts'
import type { Trouble } from '../texts/texts.ts'
import { Cell } from './cell.ts'

export interface Visit {
  readonly key: number
  /** As asked for; the ring's own spelling is in `scrape.url`. */
  readonly url: string
  readonly state: 'asking' | 'running' | 'done' | 'failed'
  /** `performance.now()` of the start. */
  readonly startedAtMs: number
  /** How the page was obtained: what the first answer said, since a later one finds it held. */
  readonly how: Scrape['how'] | undefined
  readonly scrape: Scrape | undefined
  /** Why there is no page. */
  readonly trouble: Trouble | undefined
  /** The page is there, and could not be drawn. */
  readonly renderTrouble?: Trouble | undefined
}

/** Visits kept in memory; the oldest ended ones go first. */
const VISITS_MAX = 16
/**
 * How long each request is held by the member, unless the download ends before. The first names the
 * owner soon, the next tell early how much was received, all further ones wait as long as the last.
 */
const WAITS_SECONDS = [1, 2, 4, 8, 20] as const
const LONGEST_WAIT_SECONDS = 20
/**
 * A download whose member died is unknown to the next owner: it is asked for again, so often at
 * most.
 */
const RESTARTS_MAX = 3

export interface HowToOpen {
  /** Whatever is held. */
  readonly anew: boolean
  /** So many members see it together. */
  readonly witnesses?: number
  /** By a browser, too. */
  readonly render?: boolean
}

export class Visits {
  readonly all = new Cell<readonly Visit[]>([])
  /** The key of the visit on show. */
  readonly shown = new Cell<number | undefined>(undefined)
  readonly #ask: (question: Question) => Promise<unknown>
  readonly #onEnd: (visit: Visit) => void
  #lastKey = 0

  constructor(options: {
    ask: (question: Question) => Promise<unknown>
    onEnd: (visit: Visit) => void
  }) {
    this.#ask = options.ask
    this.#onEnd = options.onEnd
  }

  find(key: number | undefined): Visit | undefined {
    return this.all.get().find((visit) => visit.key === key)
  }

  /** Shows the page of an address; one that is being downloaded is not asked for twice. */
  open(url: string, { anew, render, witnesses }: HowToOpen): void {
    const running = this.all.get().find((visit) => visit.url === url && isUnderWay(visit))
    if (running !== undefined) {
      this.shown.set(running.key)
      return
    }
    this.#lastKey += 1
    const visit: Visit = {
      key: this.#lastKey,
      url,
      state: 'asking',
      startedAtMs: performance.now(),
      how: undefined,
      scrape: undefined,
      trouble: undefined,
    }
    this.all.update((visits) => bounded([visit, ...visits.filter((known) => known.url !== url)]))
    this.shown.set(visit.key)
    const seen = witnesses === undefined ? {} : { witnesses }
    const drawn = render === true ? { render } : {}
    void this.#follow(visit.key, { url, ...(anew ? { maxAge: 0 } : {}), ...seen, ...drawn })
  }

  /** Downloads under way go on in the ring. */
  clear(): void {
    this.shown.set(undefined)
    this.all.set([])
  }

  show(key: number | undefined): void {
    this.shown.set(key)
  }

  async #follow(key: number, request: ScrapeRequest): Promise<void> {
    try {
      let scrape = await this.#start(request)
      this.#take(key, scrape)
      for (let asked = 1, restarts = 0; scrape.state === 'running'; asked++) {
        const waitSeconds = WAITS_SECONDS[asked] ?? LONGEST_WAIT_SECONDS
        const next = await this.#wait(scrape.id, { waitSeconds, isDrawn: request.render === true })
        if (next === undefined && restarts === RESTARTS_MAX) throw unreadable()
        if (next === undefined) restarts += 1
        scrape = next ?? (await this.#start(again(request)))
        this.#take(key, scrape)
      }
    } catch (thrown) {
      const trouble = thrown instanceof RingTrouble ? thrown : unreadable()
      this.#change(key, { state: 'failed', trouble })
    }
    const ended = this.find(key)
    if (ended !== undefined) this.#onEnd(ended)
  }

  async #start(body: ScrapeRequest): Promise<Scrape> {
    const answer = await this.#ask({
      path: '/v1/scrapes',
      method: 'POST',
      body,
      waitSeconds: WAITS_SECONDS[0],
    })
    return orUnreadable(readScrape(answer))
  }

  /** @returns `undefined` when the ring knows nothing of it any more */
  async #wait(
    id: string,
    { isDrawn, waitSeconds }: { readonly isDrawn: boolean; readonly waitSeconds: number },
  ): Promise<Scrape | undefined> {
    try {
      const path = `/v1/scrapes/${id}${isDrawn ? '?render=true' : ''}`
      const answer = await this.#ask({ path, waitSeconds })
      return await orUnreadable(readScrape(answer))
    } catch (thrown) {
      if (thrown instanceof RingTrouble && thrown.code === 'NOT_FOUND') return undefined
      throw thrown
    }
  }

  #take(key: number, scrape: Scrape): void {
    const { failure, state } = scrape
    const trouble = failure === undefined ? undefined : { ...failure }
    const how = howAfter(this.find(key)?.how ?? scrape.how, scrape)
    // A page that could not be drawn is there all the same.
    const isThere = scrape.page !== undefined && failure?.code.startsWith('RENDER_') === true
    if (!isThere) return this.#change(key, { state, scrape, how, trouble })
    this.#change(key, { state: 'done', scrape, how, renderTrouble: trouble })
  }

  #change(key: number, change: Partial<Visit>): void {
    this.all.update((visits) =>
      visits.map((visit) => (visit.key === key ? { ...visit, ...change } : visit)),
    )
  }
}

export function isUnderWay(visit: Visit): boolean {
  return visit.state === 'asking' || visit.state === 'running'
}

/** What was downloaded meanwhile will do; what was seen together must be seen so. */
function again(request: ScrapeRequest): ScrapeRequest {
  const asked = { ...request }
  delete asked.maxAge
  return asked
}

function bounded(visits: readonly Visit[]): readonly Visit[] {
  if (visits.length <= VISITS_MAX) return visits
  const oldest = visits.findLast((visit) => !isUnderWay(visit)) ?? visits.at(-1)
  return visits.filter((visit) => visit !== oldest)
}

async function orUnreadable(scrape: Scrape | undefined): Promise<Scrape> {
  if (scrape === undefined) throw unreadable()
  return scrape
}

function unreadable(): RingTrouble {
  return new RingTrouble({ code: UNREADABLE, details: {}, text: '' })
}
