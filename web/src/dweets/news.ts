/**
 * What is new to somebody: unseen dweets, oldest first. They count as seen, which the ring is told,
 * once all of an answer were on the screen; then come the next.
 */
import type { NewDweets, Publication } from '../../../src/wire/api-dweets.ts'
import { Cell } from '../state/cell.ts'

export interface NewsState {
  /** Since the window was opened; those that were seen meanwhile stay where they are. */
  readonly shown: readonly Publication[]
  /** Not on the screen yet, those not shown among them. */
  readonly unseen: number
  /** Unseen ones behind the last shown. */
  readonly hasMore: boolean
  /** Whose dweets cannot be read now. */
  readonly incomplete: readonly string[]
}

const NOTHING: NewsState = { shown: [], unseen: 0, hasMore: false, incomplete: [] }

export interface NewsAsk {
  readonly fresh: () => Promise<NewDweets>
  readonly acknowledge: (token: string) => Promise<void>
  readonly catchUp: () => Promise<void>
}

/** Answers in a row of which all was seen already. */
const ROUNDS_MAX = 8

export class News {
  /** `undefined`: nothing was answered so far. */
  readonly state = new Cell<NewsState | undefined>(undefined)
  readonly #ask: NewsAsk
  readonly #seen = new Set<string>()
  #answer: NewDweets | undefined
  #asking: Promise<void> | undefined

  constructor(ask: NewsAsk) {
    this.#ask = ask
  }

  /** Questions under way are shared. @throws RingTrouble */
  ask(): Promise<void> {
    this.#asking ??= this.#read().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** It was on the screen. @throws RingTrouble: the ring is told with the next question */
  async seen(id: string): Promise<void> {
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    this.#tell()
    if (this.#isAllSeen()) await this.ask()
  }

  /** All that there is counts as seen. @throws RingTrouble */
  async catchUp(): Promise<void> {
    await this.#ask.catchUp()
    this.#answer = undefined
    await this.ask()
  }

  async #read(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (this.#isAllSeen()) await this.#acknowledge()
      const answer = await this.#ask.fresh()
      // Where nothing is unseen come older ones, which are for the list below.
      this.#answer = answer.unseen === 0 ? { ...answer, dweets: [] } : answer
      const shown = this.state.get()?.shown ?? []
      const known = new Set(shown.map(({ id }) => id))
      this.#tell([...shown, ...this.#answer.dweets.filter(({ id }) => !known.has(id))])
      if (!this.#isAllSeen()) return
    }
  }

  #isAllSeen(): boolean {
    const dweets = this.#answer?.dweets ?? []
    return dweets.length > 0 && dweets.every(({ id }) => this.#seen.has(id))
  }

  async #acknowledge(): Promise<void> {
    const { token = '' } = this.#answer ?? {}
    await this.#ask.acknowledge(token)
    this.#answer = undefined
  }

  #tell(shown = this.state.get()?.shown ?? []): void {
    const { dweets = [], incomplete = [], unseen = 0 } = this.#answer ?? {}
    const seen = dweets.filter(({ id }) => this.#seen.has(id)).length
    this.state.set({
      ...NOTHING,
      shown,
      unseen: unseen - seen,
      hasMore: unseen > dweets.length,
      incomplete,
    })
  }
}
