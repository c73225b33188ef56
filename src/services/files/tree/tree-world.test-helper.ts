/**
 * A tree over 64 partition machines without a ring: each step of each caller, each message between
 * partitions comes when the seed says, and callers die in the middle.
 */
import { present } from '../../../base/assert.ts'
import { AnilloError, type ErrorCode } from '../../../base/errors.ts'
import { pick, SeededChance, shuffled } from '../../../base/random.ts'
import type { Clock } from '../../../effects/clock.ts'
import { rangeAfter, readCursor, writeCursor } from '../../../store/cursor.ts'
import { Machine } from '../../../store/partition/machine.test-helper.ts'
import type { ListPage, Store } from '../../../store/types.ts'
import { readDeliverAnswer } from '../../../wire/command-codec.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { CONTENT_PROCEDURES } from '../contents/procedures.ts'
import { TREE_PROCEDURES } from './procedures.ts'
import { Tree } from './tree.ts'

const MESSAGE_BYTES = 100_000
const LIST_BYTES = 1_000_000
const PAGE_RECORDS = 12
const PROCEDURES = [...TREE_PROCEDURES, ...CONTENT_PROCEDURES]

type TreeStoreParts = Pick<Store, 'call' | 'get' | 'list'>

/** Whose steps go on, until it dies. */
export interface Caller {
  readonly tree: Tree
  isDead: boolean
}

export class TreeWorld {
  readonly chance: SeededChance
  readonly machines = new Map<PartitionId, Machine>()
  timeMs = 1_700_000_000_000
  /** What a caller threw that is no answer. */
  failed: Error | undefined
  /** Steps that may come next. */
  readonly #waiting: (() => void)[] = []
  readonly #timers: { readonly atMs: number; readonly run: () => void }[] = []
  readonly #clock: Clock

  constructor(seed: number) {
    this.chance = new SeededChance(seed)
    this.#clock = {
      nowMs: () => this.timeMs,
      wallMs: () => this.timeMs,
      after: (delayMs, run) => {
        const timer = { atMs: this.timeMs + delayMs, run }
        this.#timers.push(timer)
        return { cancel: () => void this.#timers.splice(this.#timers.indexOf(timer), 1) }
      },
      soon: (run) => run(),
    }
  }

  caller(): Caller {
    const caller = { isDead: false } as { isDead: boolean; tree: Tree }
    const bytes = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => this.chance.below(256))
    const random = Object.assign(Object.create(this.chance) as SeededChance, {
      u32: () => this.chance.u32(),
      fraction: () => this.chance.fraction(),
      below: (below: number) => this.chance.below(below),
      bytes,
    })
    caller.tree = new Tree({ effects: { clock: this.#clock, random }, store: this.#store(caller) })
    return caller
  }

  machine(partition: PartitionId): Machine {
    const known = this.machines.get(partition)
    const machine = known ?? new Machine({ partition, procedures: PROCEDURES })
    machine.timeMs = this.timeMs
    this.machines.set(partition, machine)
    return machine
  }

  /** All steps in the order of the seed, until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const told = work.finally(() => {
      isDone = true
    })
    told.catch(() => undefined)
    while (!isDone) {
      await this.step()
    }
    return told
  }

  /** @returns whether there was one. */
  async step(): Promise<boolean> {
    const isMessage = this.chance.below(3) === 0
    const isTimer = this.chance.below(20) === 0
    const did =
      (isTimer && this.#ring()) ||
      (isMessage && this.deliver()) ||
      this.#goOn() ||
      this.deliver() ||
      this.#ring()
    // What a step resolved goes on up to its next one.
    await new Promise((resolve) => setImmediate(resolve))
    if (this.failed !== undefined) throw this.failed
    return did
  }

  async settle(): Promise<void> {
    while (await this.step());
  }

  #goOn(): boolean {
    if (this.#waiting.length === 0) return false
    const [next] = this.#waiting.splice(this.chance.below(this.#waiting.length), 1)
    next?.()
    return true
  }

  #ring(): boolean {
    const [first] = this.#timers.toSorted((a, b) => a.atMs - b.atMs)
    if (first === undefined) return false
    this.#timers.splice(this.#timers.indexOf(first), 1)
    this.timeMs = Math.max(this.timeMs, first.atMs)
    first.run()
    return true
  }

  /** One message of some pair of partitions; its answer may be lost. */
  deliver(): boolean {
    for (const [from, source] of shuffled(this.chance, [...this.machines])) {
      const destinations = source.partition.destinations()
      if (destinations.length === 0) continue
      const to = pick(this.chance, destinations)
      const messages = source.partition.outboxOf(to, MESSAGE_BYTES)
      const some = messages.slice(0, 1 + this.chance.below(messages.length))
      const told = this.machine(to).apply({ kind: 'deliver', source: from, messages: some })
      const value = told.kind === 'done' ? told.value : undefined
      const { backup, mark } = present(readDeliverAnswer(value), 'answer')
      if (this.chance.below(5) === 0) return true
      source.apply({ kind: 'delivered', destination: to, through: mark, backup })
      return true
    }
    return false
  }

  /** In short pages, as those of large folders. */
  #page({ cursor: text, ...wanted }: Parameters<Store['list']>[0]): ListPage {
    const { partition } = this.machine(partitionOf(wanted.table, wanted.pk))
    const cursor = text === undefined ? undefined : readCursor(text)
    let isStale = false
    if (cursor !== undefined) {
      const { pk, table } = wanted
      const fromIndex = cursor.index
      const watch = partition.watch({ table, pk, fromIndex }, () => {
        isStale = true
      })
      watch?.stop()
      if (isStale || watch === undefined) throw new AnilloError('CURSOR_STALE')
    }
    const whole = { bytesMax: LIST_BYTES, ...wanted, limit: Math.min(wanted.limit, PAGE_RECORDS) }
    const range = cursor === undefined ? whole : rangeAfter(whole, cursor)
    const { hasMore, items } = partition.list(range)
    const index = partition.appliedIndex
    const last = items.at(-1)
    const goesOn = hasMore && last !== undefined
    return { items, index, cursor: goesOn ? writeCursor({ index, after: last.sk }) : undefined }
  }

  #store(caller: { readonly isDead: boolean }): TreeStoreParts {
    const turn = (): Promise<void> =>
      new Promise((resolve) => {
        const go = (): void => (caller.isDead ? undefined : resolve())
        this.#waiting.push(go)
      })
    const at = async <T>(work: () => T): Promise<T> => {
      await turn()
      const value = work()
      await turn()
      return value
    }
    return {
      get: (key) => at(() => this.machine(partitionOf(key.table, key.pk)).partition.get(key)),
      list: (range) => at(() => this.#page(range)),
      call: async (partition, procedure, input) =>
        at(() => {
          const answer = this.machine(partition).call(procedure.name, structuredClone(input))
          if (answer.kind !== 'done')
            throw new AnilloError(answer.code as ErrorCode, answer.details)
          return answer.value as never
        }),
    }
  }
}
