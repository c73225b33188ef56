/** Which addresses the archive has, asked for together; and one that is to be archived now. */
import type { KeptPage } from '../../../src/wire/api-kept-pages.ts'
import type { Scrape } from '../model/told.ts'
import { listOf } from './answers.ts'
import { readScrape } from './read.ts'
import { RingTrouble, unreadable, type RingClient } from './ring-client.ts'

const KEPT = { url: 'string', id: 'string', fetchedAt: 'string' }
/** In one question. */
const URLS_MAX = 50
/** A member holds an answer back for so long. */
const WAIT_SECONDS = 10

type Answer = Promise<KeptPage | undefined>

export class KeptPagesClient {
  readonly #client: RingClient
  readonly #known = new Map<string, Answer>()
  #asked: Map<string, (kept: KeptPage | undefined) => void> | undefined

  constructor(client: RingClient) {
    this.#client = client
  }

  /**
   * `undefined`: it is not kept, or not for whoever asks. Those of one moment are asked at once.
   */
  find(url: string): Answer {
    const known = this.#known.get(url)
    if (known !== undefined) return known
    const answer: Answer = new Promise((resolve) => {
      if (this.#asked === undefined) {
        this.#asked = new Map()
        setTimeout(() => void this.#ask())
      }
      this.#asked.set(url, resolve)
    })
    this.#known.set(url, answer)
    return answer
  }

  async #ask(): Promise<void> {
    const asked = [...(this.#asked ?? [])]
    this.#asked = undefined
    for (let at = 0; at < asked.length; at += URLS_MAX) {
      const some = asked.slice(at, at + URLS_MAX)
      const kept = await this.#askFor(some.map(([url]) => url))
      for (const [url, tell] of some) {
        // What could not be asked now is asked when it is wanted again.
        if (kept === undefined) this.#known.delete(url)
        tell(kept?.find((one) => one.url === url))
      }
    }
  }

  async #askFor(urls: readonly string[]): Promise<readonly KeptPage[] | undefined> {
    try {
      const question = { path: '/v1/pages/kept', method: 'POST', body: { urls } } as const
      return listOf<KeptPage>(await this.#client.json(question), KEPT).items
    } catch (thrown) {
      if (thrown instanceof RingTrouble) return undefined
      throw thrown
    }
  }

  /** Has it downloaded now. @throws RingTrouble what kept it from being had */
  async archive(url: string): Promise<KeptPage> {
    const begun = { path: '/v1/scrapes', method: 'POST', body: { url, maxAge: 0 } } as const
    let scrape = await this.#scrape(begun)
    while (scrape.state === 'running') {
      scrape = await this.#scrape({ path: `/v1/scrapes/${scrape.id}` })
    }
    const { failure, page } = scrape
    if (failure !== undefined) throw new RingTrouble({ ...failure })
    if (page === undefined) throw unreadable()
    const kept = { url, id: page.id, title: page.title, fetchedAt: page.fetchedAt }
    this.#known.set(url, Promise.resolve(kept))
    return kept
  }

  async #scrape(question: Parameters<RingClient['json']>[0]): Promise<Scrape> {
    const answer = await this.#client.json({ ...question, waitSeconds: WAIT_SECONDS })
    const scrape = readScrape(answer)
    if (scrape === undefined) throw unreadable()
    return scrape
  }
}

const clients = new WeakMap<RingClient, KeptPagesClient>()

/** One of each window. */
export function keptPagesOf(client: RingClient): KeptPagesClient {
  const known = clients.get(client) ?? new KeptPagesClient(client)
  clients.set(client, known)
  return known
}
