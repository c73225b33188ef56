/**
 * How soon a dweet reaches those who follow: their home, what is new, their stream, each at another
 * member of a ring of five than it was published at. One reader who follows many.
 */
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloCluster } from '../store/anillo-cluster.ts'
import { people, type Person } from './people.ts'

const MEMBERS = 5
const FOLLOWEES = 200
const DWEETS_OF_EACH = 5
const ROUNDS = 300
const WARM_UP_ROUNDS = 30
const PAGE = 20
const AT_ONCE = 16
const STREAM_LOOK_MS = 100

export interface Reach {
  readonly followees: number
  /** Of `home`, a dweet having come before each. */
  readonly homeMs: readonly number[]
  /** From the answer to who published until an answer of `new` had it. */
  readonly newMs: readonly number[]
  /** From that answer until the stream told it; 0 where it was told before. */
  readonly streamMs: readonly number[]
}

export async function reach(): Promise<Reach> {
  const env = { ANILLO_DWEET_RATE: '1000000' }
  const cluster = await AnilloCluster.start(MEMBERS, { env, maxMembers: MEMBERS })
  try {
    return await new Reaching(cluster).measure()
  } finally {
    await cluster.stop()
  }
}

class Reaching {
  readonly #cluster: AnilloCluster
  readonly #toldAtMs = new Map<string, number>()
  readonly #wanted = new Map<string, () => void>()
  #texts = 0

  constructor(cluster: AnilloCluster) {
    this.#cluster = cluster
  }

  async measure(): Promise<Reach> {
    const nicks = Array.from({ length: FOLLOWEES }, (_, i) => `author${i}`)
    const [reader, ...authors] = await people(this.#cluster, ['reader', ...nicks])
    if (reader === undefined) throw new Error('there is a reader')
    await side(authors, async (author) => {
      await reader.at(0).follow(author.nick)
      for (let i = 0; i < DWEETS_OF_EACH; i++) await this.#publish(author, i)
    })
    await reader.at(0).catchUp()
    const stop = new AbortController()
    const listening = this.#listen(reader, stop.signal)
    // A stream tells what comes once it is open.
    while (this.#toldAtMs.size === 0) {
      await this.#publish(reader, 0)
      await pause(STREAM_LOOK_MS)
    }
    const result = { followees: FOLLOWEES, homeMs: [], newMs: [], streamMs: [] } as {
      followees: number
      homeMs: number[]
      newMs: number[]
      streamMs: number[]
    }
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const author = authors[(round + WARM_UP_ROUNDS) % authors.length]
      if (author === undefined) break
      const id = await this.#publish(author, round + WARM_UP_ROUNDS)
      const answeredMs = performance.now()
      const newMs = await timed(() => this.#untilNew(reader, id))
      const streamMs = Math.max(0, (await this.#told(id)) - answeredMs)
      const homeMs = await timed(() => reader.at(2).home({ limit: PAGE }))
      if (round < 0) continue
      result.newMs.push(newMs)
      result.streamMs.push(streamMs)
      result.homeMs.push(homeMs)
    }
    stop.abort()
    await listening
    return result
  }

  async #publish(author: Person, door: number): Promise<string> {
    return (await author.at(door).publish({ text: `words ${this.#texts++}` })).id
  }

  async #untilNew(reader: Person, id: string): Promise<void> {
    for (;;) {
      const { dweets, token } = await reader.at(1).fresh(PAGE)
      await reader.at(1).acknowledge(token)
      if (dweets.some((one) => one.id === id)) return
    }
  }

  async #told(id: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wanted.set(id, resolve)
    if (!this.#toldAtMs.has(id)) await promise
    return this.#toldAtMs.get(id) ?? NaN
  }

  async #listen(reader: Person, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of reader.at(3).events(signal)) {
        if (event.kind !== 'published') continue
        const { id } = event.publication
        this.#toldAtMs.set(id, performance.now())
        this.#wanted.get(id)?.()
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    }
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = performance.now()
  await work()
  return performance.now() - fromMs
}

async function side<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
