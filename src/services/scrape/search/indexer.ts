/**
 * Keeps the index of those partitions that this member leads. A page that is kept costs nothing but
 * a note in memory; what was noted and not done when a leader dies, the next one finds by comparing
 * what it keeps with what is indexed. Words are found in a worker thread; the member rests after
 * each batch for a multiple of what it took.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { pause } from '../../../effects/pause.ts'
import type { Random } from '../../../effects/random.ts'
import type { Workers } from '../../../effects/workers.ts'
import type { GroupHost, Replica } from '../../../store/group/types.ts'
import type { Store } from '../../../store/types.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { beginningOf } from '../extract/extracts.ts'
import { PAGE_PREFIX, PAGES_TABLE } from '../pages/page-rows.ts'
import type { Scraper } from '../pages/scraper.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_PAGES_MAX,
  BREATH_MS,
  INDEX_BYTES_MAX,
  INDEX_DELAY_MS,
  INDEX_LOOK_MS,
  INDEX_REST_FACTOR,
  INDEX_REST_MS_MIN,
  INDEX_RETRY_MS,
  INDEX_TASK_MS_MAX,
} from './limits.ts'
import {
  MERGE_TASK,
  WORDS_TASK,
  type MergeAnswer,
  type MergeQuestion,
  type WordsAnswer,
  type WordsQuestion,
} from './search-task.ts'
import { ShardIndex } from './shard-index.ts'
import { SHARDS } from './shard-rows.ts'

export interface IndexerTools {
  readonly clock: Clock
  readonly log: Log
  readonly random: Random
  readonly workers: Pick<Workers, 'run'>
  readonly held: Pick<GroupHost, 'status' | 'replica' | 'onApplied'>
  readonly store: Pick<Store, 'get' | 'transact'>
  readonly scraper: Pick<Scraper, 'content'>
  /** The member has as much to do as it should have. */
  readonly isBusy: () => boolean
}

/** One partition that is led here. */
interface Led {
  readonly index: ShardIndex
  isLoaded: boolean
}

export class Indexer {
  readonly #tools: IndexerTools
  readonly #led = new Map<PartitionId, Led>()
  /** Partitions that failed; monotonic ms. */
  readonly #notBefore = new Map<PartitionId, number>()
  readonly #unfollow: () => void
  readonly #ending = new AbortController()
  #timer: Timer | undefined
  #working: Promise<void> = Promise.resolve()

  constructor(tools: IndexerTools) {
    this.#tools = tools
    this.#unfollow = tools.held.onApplied((group, _, changes) => {
      const index = this.#led.get(group)?.index
      if (index === undefined) return
      for (const { record, sk, table } of changes) {
        if (table !== PAGES_TABLE || !sk.startsWith(PAGE_PREFIX)) continue
        const id = sk.slice(PAGE_PREFIX.length)
        // Of one that was taken away the index is told too.
        if (record === undefined) index.gone(id)
        index.note(id, tools.clock.nowMs())
      }
    })
    this.#lookIn(INDEX_LOOK_MS)
  }

  async close(): Promise<void> {
    this.#ending.abort()
    this.#unfollow()
    this.#timer?.cancel()
    await this.#working
  }

  #lookIn(delayMs: number): void {
    if (this.#ending.signal.aborted) return
    this.#timer = this.#tools.clock.after(delayMs, () => {
      this.#working = this.#work()
    })
  }

  async #work(): Promise<void> {
    const { clock, isBusy } = this.#tools
    this.#follow()
    const next = isBusy() ? undefined : this.#next()
    if (next === undefined) return this.#lookIn(INDEX_LOOK_MS)
    const startedMs = clock.nowMs()
    await this.#try(...next)
    const tookMs = clock.nowMs() - startedMs
    this.#lookIn(Math.max(INDEX_REST_MS_MIN, INDEX_REST_FACTOR * tookMs))
  }

  /** One partition that cannot be indexed holds up no other. */
  async #try(group: PartitionId, led: Led): Promise<void> {
    const { clock, log } = this.#tools
    try {
      await this.#advance(group, led)
    } catch (thrown) {
      const told = { partition: group, error: thrown }
      if (isAnilloError(thrown)) log.debug('a partition is indexed later', told)
      else log.error('a partition is not indexed', told)
      // Whoever leads it by then goes on from what stands there.
      this.#led.delete(group)
      this.#notBefore.set(group, clock.nowMs() + INDEX_RETRY_MS)
    }
  }

  /** Which partitions are led here changes with every election. */
  #follow(): void {
    for (const group of SHARDS) {
      const isLed = this.#leads(group)
      if (!isLed) this.#led.delete(group)
      else if (!this.#led.has(group) && this.#mayTry(group)) {
        const index = new ShardIndex(group, this.#indexTools(group))
        this.#led.set(group, { index, isLoaded: false })
      }
    }
  }

  #mayTry(group: PartitionId): boolean {
    const { clock } = this.#tools
    if (clock.nowMs() < (this.#notBefore.get(group) ?? 0)) return false
    this.#notBefore.delete(group)
    return true
  }

  #leads(group: PartitionId): boolean {
    const status = this.#tools.held.status(group)
    return status?.role === 'leader' && status.isReady
  }

  #indexTools(group: PartitionId) {
    const { clock, held, random, store } = this.#tools
    const replica = (): Replica => {
      const here = this.#leads(group) ? held.replica(group) : undefined
      if (here !== undefined) return here
      const problem = 'it is not led here'
      throw new AnilloError('STORE_UNAVAILABLE', { partition: group, problem })
    }
    return { store, random, replica, breathe: () => pause(clock, BREATH_MS, this.#ending.signal) }
  }

  #next(): readonly [PartitionId, Led] | undefined {
    const nowMs = this.#tools.clock.nowMs()
    for (const [group, led] of this.#led) {
      if (!led.isLoaded) return [group, led]
      const { changed } = led.index
      const oldestMs = changed.values().next().value ?? Infinity
      if (changed.size >= BATCH_PAGES_MAX || nowMs - oldestMs >= INDEX_DELAY_MS) return [group, led]
    }
    return undefined
  }

  async #advance(group: PartitionId, led: Led): Promise<void> {
    const { clock } = this.#tools
    const { index } = led
    if (!led.isLoaded) {
      await index.load(clock.nowMs() - INDEX_DELAY_MS)
      led.isLoaded = true
      return
    }
    const pages = await this.#batch(index)
    if (pages.length > 0) await index.add(await this.#words(pages))
    else await index.save()
    // Others have their turn.
    this.#led.delete(group)
    this.#led.set(group, led)
    const old = index.mergeable()
    if (old === undefined) return
    const segments = old.map((segment) => index.read(segment))
    const question: MergeQuestion = { segments, gone: index.goneOf(segments) }
    await index.replace(old, (await this.#run(MERGE_TASK, question)) as MergeAnswer)
  }

  /** The longest waiting whose content is another than what is indexed. */
  async #batch(index: ShardIndex): Promise<WordsQuestion['pages']> {
    const pages: { page: WordsQuestion['pages'][number]['page']; bytes: Uint8Array }[] = []
    let bytes = 0
    for (const id of [...index.changed.keys()].slice(0, BATCH_PAGES_MAX)) {
      if (bytes >= BATCH_BYTES_MAX) break
      const read = await this.#read(id, index)
      if (read === undefined) continue
      pages.push(read)
      bytes += read.bytes.length
    }
    return pages
  }

  /** `undefined`: there is nothing to be indexed. */
  async #read(id: string, index: ShardIndex): Promise<WordsQuestion['pages'][number] | undefined> {
    const { log, scraper } = this.#tools
    // What changes from here on is noted anew.
    index.settle(id)
    const content = await scraper.content(id, this.#ending.signal)
    if (content === undefined) index.gone(id)
    if (content === undefined || index.isIndexed(id, content.page.hash)) return undefined
    const { page } = content
    const { charset, contentType, fetchedAt, hash, headers, since, status, title, url } = page
    const facts = { id, url, hash, status, contentType, charset, headers, title, fetchedAt }
    try {
      const bytes = await beginningOf(content, INDEX_BYTES_MAX)
      return { page: since === undefined ? facts : { ...facts, since }, bytes }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      // What cannot be read is found by its title and address.
      log.info('content of a page is not indexed', { page: id, error: thrown })
      return { page: facts, bytes: NOTHING }
    }
  }

  /** Of a page that takes too much by itself, title and address. */
  async #words(pages: WordsQuestion['pages']): Promise<WordsAnswer> {
    try {
      return (await this.#run(WORDS_TASK, { pages })) as WordsAnswer
    } catch (thrown) {
      if (!isAnilloError(thrown, 'TASK_ENDED')) throw thrown
      if (pages.length > 1) return this.#words(await this.#bearable(pages))
      const empty = pages.map(({ page }) => ({ page, bytes: NOTHING }))
      return (await this.#run(WORDS_TASK, { pages: empty })) as WordsAnswer
    }
  }

  async #bearable(pages: WordsQuestion['pages']): Promise<WordsQuestion['pages']> {
    const bearable: WordsQuestion['pages'][number][] = []
    for (const each of pages) {
      try {
        await this.#run(WORDS_TASK, { pages: [each] })
        bearable.push(each)
      } catch (thrown) {
        if (!isAnilloError(thrown, 'TASK_ENDED')) throw thrown
        bearable.push({ page: each.page, bytes: NOTHING })
      }
    }
    return bearable
  }

  #run(task: string, question: WordsQuestion | MergeQuestion): Promise<unknown> {
    const { signal } = this.#ending
    return this.#tools.workers.run(task, question, { signal, timeoutMs: INDEX_TASK_MS_MAX })
  }
}

const NOTHING = new Uint8Array(0)
