/**
 * Clients that watch: one a head, which comes again and again at another member, from the last
 * change that it was told. What really changed is heard from the replicas, as each applies it.
 *
 * A watcher is told each change once, in order; of several changes of one key that it missed while
 * it was away, the last one. Or it is told to read again.
 */
import { assert } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { RecordChange } from '../../src/store/partition/types.ts'
import type { Change, WatchEvent } from '../../src/store/types.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import type { Life } from '../world/life.ts'
import type { Tally } from '../world/tally.ts'
import { KV_TABLE } from './keys.ts'
import type { Stores } from './stores.ts'

const WATCH_CHECK = 'check: watchers are told each change once'
export const WATCH_CHECKS = [WATCH_CHECK] as const

/** A watcher stays so long at most. */
const STAY_MS_MAX = 15 * SECOND_MS
/** One that is told nothing for so long goes elsewhere: its member may hang. */
const PATIENCE_MS = 2 * STAY_MS_MAX
/** So often a watcher looks whether its member still lives. */
const LOOK_MS = SECOND_MS
/** A reason made once: without one each abort makes an error with its stack. */
const LEFT = new Error('the watcher leaves')

/** What happened to a key, as text: two tellings of it are compared. */
type Told = string

interface Happened {
  readonly index: number
  readonly sk: string
  readonly told: Told
}

/** The changes of one head that any replica applied, in order. */
class HeadTruth {
  readonly happened: Happened[] = []
  readonly #by = new Map<string, readonly Told[]>()

  /** All that one entry changed: a key that expired with it may also be put by it. */
  applied(index: number, changes: readonly RecordChange[]): void {
    for (const sk of new Set(changes.map((change) => change.sk))) {
      const place = `${index} ${sk}`
      const told = changes.filter((change) => change.sk === sk).map(toldOf)
      const known = this.#by.get(place)
      const isSame = known === undefined || known.join(' ') === told.join(' ')
      assert(isSame, `replicas differ at ${place}: ${known?.join(' ')}, ${told.join(' ')}`)
      if (known !== undefined) continue
      const last = this.happened.at(-1)
      assert(last === undefined || last.index <= index, `entry ${index} was applied late`)
      this.#by.set(place, told)
      this.happened.push({ index, sk, told: told.at(-1) ?? 'nothing' })
    }
  }

  isTrue({ index, sk, told }: Happened): boolean {
    return this.#by.get(`${index} ${sk}`)?.includes(told) ?? false
  }
}

function toldOf({ record }: RecordChange): Told {
  return record === undefined ? 'deleted' : etagText(record.etag)
}

function etagText({ generation, index }: { generation: number; index: number }): Told {
  return `${generation}-${index}`
}

interface Stay {
  readonly life: Life
  readonly sinceMs: number
  isOver: boolean
}

class WatchClient {
  readonly #stores: Stores
  readonly #head: string
  readonly #truth: HeadTruth
  readonly #chance: SeededChance
  #stay: Stay | undefined
  /** All up to here was told, or read. */
  #index = 0
  /** By sort key: the last change that was told. */
  readonly #told = new Map<string, Happened>()

  constructor(stores: Stores, { head, truth }: { head: string; truth: HeadTruth }) {
    this.#stores = stores
    this.#head = head
    this.#truth = truth
    this.#chance = stores.world.chance.fork()
    this.#look()
  }

  /** What it was not told, for people; `undefined`: nothing. */
  missing(): string | undefined {
    const last = new Map(this.#truth.happened.map((one) => [one.sk, one]))
    for (const [sk, { index, told }] of last) {
      const known = this.#told.get(sk)
      if (known?.index !== index || known.told !== told) {
        return `change ${index} of ${this.#head} ${sk}`
      }
    }
    return undefined
  }

  #look(): void {
    const { world } = this.#stores
    const stay = this.#stay
    const isThere =
      stay !== undefined &&
      !stay.isOver &&
      stay.life.alive &&
      world.nowMs < stay.sinceMs + PATIENCE_MS
    if (!isThere) this.#come()
    world.scheduler.after(LOOK_MS * (0.5 + this.#chance.fraction()), 'watcher', () => this.#look())
  }

  #come(): void {
    if (this.#stay !== undefined) this.#stay.isOver = true
    const { up, world } = this.#stores
    if (up.length === 0) return
    const { member } = pick(this.#chance, up)
    if (member === undefined) return
    const stay: Stay = { life: member.life, sinceMs: world.nowMs, isOver: false }
    this.#stay = stay
    const leave = new AbortController()
    stay.life.after(this.#chance.fraction() * STAY_MS_MAX, 'watcher leaves', () =>
      leave.abort(LEFT),
    )
    const what = { table: KV_TABLE, pk: this.#head, fromIndex: this.#index }
    const events = member.store.watch(what, leave.signal)
    this.#follow(stay, events).catch((error: unknown) => {
      stay.isOver = true
      if (!isAnilloError(error)) world.scheduler.fail(error)
    })
  }

  async #follow(stay: Stay, events: AsyncIterable<WatchEvent>): Promise<void> {
    for await (const event of events) {
      if (stay.isOver || !stay.life.alive) return
      this.#hear(event, this.#stores.world.tally)
    }
    stay.isOver = true
  }

  #hear(event: WatchEvent, tally: Tally): void {
    const { index } = event
    if (event.kind === 'resync') {
      tally.add('watcher: told to read again')
      assert(index >= this.#index, `${this.#head} is to be read again from before ${this.#index}`)
      this.#index = index
      // It reads what the changes up to there left.
      for (const one of this.#truth.happened) if (one.index <= index) this.#told.set(one.sk, one)
      return
    }
    assert(index > this.#index, `changes ${index} were told behind ${this.#index}`)
    for (const change of event.changes) {
      tally.add(WATCH_CHECK)
      this.#changed(index, change)
    }
    this.#index = index
  }

  #changed(index: number, change: Change): void {
    const [sk, told] =
      change.kind === 'put'
        ? [change.record.sk, etagText(change.record.etag)]
        : [change.sk, 'deleted']
    const place = `change ${index} of ${this.#head} ${sk}`
    assert(this.#truth.isTrue({ index, sk, told }), `${place} was told as ${told}`)
    const known = this.#told.get(sk)
    assert(known?.index !== index || known.told !== told, `${place} was told twice`)
    this.#told.set(sk, { index, sk, told })
  }
}

export class Watchers {
  readonly #clients: readonly WatchClient[]

  constructor(stores: Stores, heads: readonly string[]) {
    const truths = new Map(heads.map((head) => [head, new HeadTruth()]))
    stores.onApplied((_group: PartitionId, index, changes) => {
      if (changes.length === 0) return
      for (const [head, truth] of truths) {
        truth.applied(
          index,
          changes.filter(({ table, pk }) => table === KV_TABLE && pk === head),
        )
      }
    })
    this.#clients = [...truths].map(([head, truth]) => new WatchClient(stores, { head, truth }))
  }

  /** What some watcher was not told, for people; `undefined`: nothing. */
  missing(): string | undefined {
    for (const client of this.#clients) {
      const missing = client.missing()
      if (missing !== undefined) return missing
    }
    return undefined
  }
}
