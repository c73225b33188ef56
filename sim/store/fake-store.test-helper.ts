/**
 * A store in one map, with the outcomes that a real one may have: slow, silent, done and not told.
 * Each of its faults breaks one promise, for tests of what should notice.
 */
import { present } from '../../src/base/assert.ts'
import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import type { Chance } from '../../src/base/random.ts'
import { isHeldUnder } from '../../src/store/locks/lock-value.ts'
import type {
  Etag,
  PartitionMessage,
  PartitionWork,
  RangeOptions,
  RecordKey,
  StoredRecord,
} from '../../src/store/partition/procedure.ts'
import type {
  Condition,
  RecordWrite,
  TransactOutcome,
  TransactRequest,
  WriteOptions,
} from '../../src/store/types.ts'
import { partitionIdOf } from '../../src/wire/partition.ts'
import type { World } from '../world/world.ts'
import type { Doors, Records, Reply } from './doors.ts'
import { SIM_PROCEDURES } from './procedures.ts'

export const FAKE_BUGS = [
  'stale read',
  'lost write',
  'retry applied twice',
  'batch torn',
  'ETag from one again',
  'message twice',
  'message lost',
  'condition ignored',
  'expired comes back',
  'fence ignored',
] as const

export type FakeBug = (typeof FAKE_BUGS)[number]

const keyOf = ({ table, pk, sk }: RecordKey): string => `${table} ${pk} ${sk}`
const ETAG_GENERATION = 1
/** A bug shows itself in one of so many cases. */
const RARELY = 12

export class FakeStore {
  readonly #records = new Map<string, StoredRecord>()
  readonly #before = new Map<string, StoredRecord | undefined>()
  readonly #answers = new Map<string, unknown>()
  readonly #world: World
  readonly #chance: Chance
  readonly #bug: FakeBug | undefined
  #index = 0

  constructor(world: World, bug?: FakeBug) {
    this.#world = world
    this.#chance = world.chance.fork()
    this.#bug = bug
  }

  readonly store: Records = {
    get: async (key) => this.#read(key),
    list: async (range) => {
      const items = this.#list(range)
      return { items, index: this.#index, cursor: undefined }
    },
    read: async (range) => {
      return { kind: 'page', items: this.#list(range), hasMore: false, version: undefined }
    },
    transact: async (request, options) => this.#once(options, () => this.#transact(request)),
    call: async (_partition, procedure, input, options) => {
      const question = present(procedure.readInput(input), 'input')
      return this.#once(options, () => procedure.run(this.#work(), question))
    },
    watch: () => {
      throw new Error('nobody watches the fake')
    },
  }

  #has(bug: FakeBug): boolean {
    return this.#bug === bug && this.#chance.below(RARELY) === 0
  }

  #once<T>(options: WriteOptions | undefined, run: () => T): T {
    this.#index++
    const key = options?.retry?.key
    if (key === undefined) return run()
    if (this.#answers.has(key) && this.#bug !== 'retry applied twice') {
      return this.#answers.get(key) as T
    }
    const answer = run()
    this.#answers.set(key, answer)
    return answer
  }

  #read(key: RecordKey): StoredRecord | undefined {
    const place = keyOf(key)
    if (this.#has('stale read')) return this.#before.get(place)
    const record = this.#records.get(place)
    const isExpired = (record?.expiresAtMs ?? Infinity) <= this.#world.nowMs
    if (isExpired && !this.#has('expired comes back')) return undefined
    return record
  }

  #list({ table, pk, reverse }: RangeOptions): StoredRecord[] {
    const start = `${table} ${pk} `
    const sks = [...this.#records.keys()]
      .filter((place) => place.startsWith(start))
      .map((place) => place.slice(start.length))
      .toSorted((a, b) => (a < b ? -1 : 1))
    if (reverse === true) sks.reverse()
    return sks.flatMap((sk) => this.#read({ table, pk, sk }) ?? [])
  }

  #transact({ table, pk, conditions, writes }: TransactRequest): TransactOutcome {
    for (const [condition, asked] of conditions.entries()) {
      const { sk } = asked
      const held = this.#current({ table, pk: asked.pk ?? pk, sk })
      if (typeof asked.is !== 'string' && 'fence' in asked.is && this.#bug === 'fence ignored')
        continue
      if (!isMet(asked.is, held) && !this.#has('condition ignored')) {
        return { kind: 'conflict', condition, etag: held?.etag }
      }
    }
    const places = writes.map((write) => ({ table, pk: write.pk ?? pk, sk: write.sk }))
    const existed = places.map((place) => this.#current(place) !== undefined)
    const etag = this.#etag(present(places[0], 'write'))
    const kept = this.#has('batch torn') ? writes.slice(0, 1) : writes
    if (!this.#has('lost write')) {
      for (const write of kept) this.#write({ table, pk: write.pk ?? pk }, write, etag)
    }
    return { kind: 'done', etag, existed }
  }

  #current(key: RecordKey): StoredRecord | undefined {
    const record = this.#records.get(keyOf(key))
    return (record?.expiresAtMs ?? Infinity) <= this.#world.nowMs ? undefined : record
  }

  #etag(key: RecordKey): Etag {
    const isReset = this.#bug === 'ETag from one again'
    const index = isReset ? (this.#current(key)?.etag.index ?? 0) + 1 : this.#index
    return { generation: ETAG_GENERATION, index }
  }

  #write(where: Omit<RecordKey, 'sk'>, write: RecordWrite, etag: Etag): void {
    const place = keyOf({ ...where, sk: write.sk })
    this.#before.set(place, this.#records.get(place))
    if (write.kind === 'delete') this.#records.delete(place)
    else {
      const { sk, value, expiresInMs } = write
      const expiresAtMs = expiresInMs === undefined ? undefined : this.#world.nowMs + expiresInMs
      this.#records.set(place, { sk, value, etag, expiresAtMs })
    }
  }

  #work(): PartitionWork {
    const index = this.#index
    return {
      partition: partitionIdOf(0),
      index,
      generation: ETAG_GENERATION,
      timeMs: this.#world.nowMs,
      featureLevel: 1,
      get: (key) => this.#current(key),
      has: (key) => this.#current(key) !== undefined,
      list: (range) => this.#list(range),
      put: (key, value, expiresAtMs) => {
        const etag = { generation: ETAG_GENERATION, index }
        this.#records.set(keyOf(key), { sk: key.sk, value, etag, expiresAtMs })
      },
      delete: (key) => void this.#records.delete(keyOf(key)),
      send: (message) => this.#send(message),
      refuse: (code, details) => {
        throw new AnilloError(code, details)
      },
    }
  }

  #send({ procedure, input }: PartitionMessage): void {
    const receiver = present(
      SIM_PROCEDURES.find(({ name }) => name === procedure),
      'receiver',
    )
    const take = (): void => {
      this.#index++
      receiver.run(this.#work(), receiver.readInput(input))
    }
    if (!this.#has('message lost')) this.#world.scheduler.after(5, 'message', take)
    if (this.#has('message twice')) this.#world.scheduler.after(9, 'message', take)
  }
}

function isMet(is: Condition['is'], held: StoredRecord | undefined): boolean {
  if (is === 'absent') return held === undefined
  if (is === 'present') return held !== undefined
  if ('fence' in is) return held !== undefined && isHeldUnder(held, is.fence)
  return held?.etag.index === is.index && held.etag.generation === is.generation
}

const SILENT_AFTER_MS = 1_000

/** Doors that all lead to the one store, which sometimes says nothing, or that it may have done. */
export function fakeDoors(world: World, { store }: FakeStore): Doors {
  const chance = world.chance.fork()
  const pause = (forMs: number): Promise<void> =>
    new Promise((resolve) => void world.scheduler.after(forMs, 'pause', resolve))
  return {
    count: 3,
    pause,
    ask: async <T>(_door: number, run: (asked: Records) => Promise<T>): Promise<Reply<T>> => {
      await pause(100 * chance.fraction())
      const fate = chance.below(20)
      if (fate === 0) return { kind: 'error', code: 'STORE_UNAVAILABLE' }
      try {
        const value = fate === 1 ? undefined : await run(store)
        await pause(fate === 2 ? SILENT_AFTER_MS : 100 * chance.fraction())
        if (fate === 3) return { kind: 'error', code: 'OUTCOME_UNKNOWN' }
        return fate <= 2 || value === undefined ? { kind: 'silence' } : { kind: 'answer', value }
      } catch (error) {
        if (isAnilloError(error)) return { kind: 'error', code: error.code }
        throw error
      }
    },
  }
}
