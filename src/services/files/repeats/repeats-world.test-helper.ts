/**
 * One store and members that die: each of their reads and changes is a step, at any of which its
 * member may end, with or without what the step did.
 */
import { DAY_MS } from '../../../base/limits.ts'
import { SeededChance } from '../../../base/random.ts'
import type { Clock } from '../../../effects/clock.ts'
import { platformRandom } from '../../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { withChunks } from '../../../store/store.ts'
import type { Store } from '../../../store/types.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { createContents } from '../contents/contents.ts'
import { CONTENT_PROCEDURES } from '../contents/procedures.ts'
import { RingFiles } from '../files.ts'
import { TREE_PROCEDURES } from '../tree/procedures.ts'
import { RingRepeats } from './repeats.ts'
import { dayKey, repeatKey } from './rows.ts'

/** When a member ends: at which of its steps, and whether that one still has its effect. */
export interface Death {
  readonly step: number
  readonly isAfter: boolean
}

export class Dead extends Error {}

export interface TestMember {
  readonly files: RingFiles
  readonly repeats: RingRepeats
  /** So far. */
  steps(): number
}

export class RepeatsWorld {
  nowMs = 1_700_000_000_000
  readonly #records = new MemoryStore([
    ...CHUNK_PROCEDURES,
    ...CONTENT_PROCEDURES,
    ...TREE_PROCEDURES,
  ])
  readonly #store = withChunks(this.#records, new MemoryChunks())
  readonly #chance: SeededChance | undefined

  /** @param seed in which order steps of several members come; absent: none waits */
  constructor(seed?: number) {
    this.#chance = seed === undefined ? undefined : new SeededChance(seed)
    Object.defineProperty(this.#records, 'nowMs', { get: () => this.nowMs })
  }

  member(death?: Death): TestMember {
    let steps = 0
    let isDead = false
    const lived = async <T>(work: () => Promise<T>): Promise<T> => {
      for (let left = this.#chance?.below(4) ?? 0; left > 0; left--) await nextTurn()
      const isLast = ++steps === death?.step
      if (isDead || (isLast && !death?.isAfter)) {
        isDead = true
        throw new Dead()
      }
      const done = await work()
      if (!isLast) return done
      isDead = true
      throw new Dead()
    }
    const inner = this.#store
    const store = {
      ...inner,
      chunks: inner.chunks,
      get: (key, options) => lived(() => inner.get(key, options)),
      list: (range, options) => lived(() => inner.list(range, options)),
      transact: (request, options) => lived(() => inner.transact(request, options)),
      call: (partition, procedure, input, options) =>
        lived(() => inner.call(partition, procedure, input, options)),
    } satisfies Partial<Store> as Store
    const effects = { clock: this.#clock, random: platformRandom() }
    const files = new RingFiles({ effects, store, contents: createContents({ effects, store }) })
    return { files, repeats: new RingRepeats(files.tree.rows), steps: () => steps }
  }

  /** As if the account had used so many today. */
  async useKeys(nick: string, keys: number): Promise<void> {
    const day = Math.floor(this.nowMs / DAY_MS)
    const value = rowBytes({ day, keys })
    const { pk, sk, table } = dayKey(repeatKey(nick, ''))
    const write = { kind: 'put', sk, value } as const
    await this.#records.transact({ table, pk, conditions: [], writes: [write] })
  }

  /** Time passes as soon as somebody waits for it. */
  readonly #clock: Clock = {
    nowMs: () => this.nowMs,
    wallMs: () => this.nowMs,
    after: (delayMs, run) => {
      const atMs = this.nowMs + delayMs
      let isCancelled = false
      void nextTurn().then(() => {
        this.nowMs = Math.max(this.nowMs, atMs)
        if (!isCancelled) run()
      })
      return {
        cancel: () => {
          isCancelled = true
        },
      }
    },
    soon: (run) => run(),
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
