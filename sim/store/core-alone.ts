/**
 * Liveness: just enough members for a majority of every group are well, the others are frozen as
 * they are, and stay so. Every group must acknowledge writes again, however it was left.
 */
import { assert } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { shuffled, type Chance } from '../../src/base/random.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import type { Seat, Stores } from './stores.ts'

export const CORE_CHECK = 'check: a majority alone acknowledges'

const UP_WITHIN_MS = 2 * MINUTE_MS
const ACKNOWLEDGED_WITHIN_MS = 30 * SECOND_MS
const TABLE = 'core'
const TRY_MS = 2 * SECOND_MS

export class CoreAlone {
  readonly #stores: Stores
  readonly #chance: Chance

  constructor(stores: Stores, chance: Chance) {
    this.#stores = stores
    this.#chance = chance
  }

  async prove(): Promise<void> {
    const { world, groups } = this.#stores
    const areUp = (): boolean => this.#stores.active.every((seat) => this.#stores.isUp(seat))
    await world.until(areUp, 'all are started', UP_WITHIN_MS)
    const thaw = this.#freeze()
    const keys = groups.map((group) => nameIn(group))
    const untilMs = world.nowMs + ACKNOWLEDGED_WITHIN_MS
    let written = 0
    let isOver = false
    const writeAll = keys.map(async (pk) => {
      while (!isOver && !(await this.#write(pk))) await this.#stores.doors.pause(SECOND_MS / 5)
      written++
    })
    await world.scheduler.run(untilMs, () => written === keys.length)
    isOver = true
    assert(written === keys.length, `of ${keys.length} groups only ${written} acknowledged`)
    await Promise.all(writeAll)
    world.tally.add(CORE_CHECK)
    thaw()
  }

  /** As many as can be missed, some without power, some hanging. @returns what ends it */
  #freeze(): () => void {
    const frozen: Seat[] = []
    for (const seat of shuffled(this.#chance, this.#stores.up)) {
      if (!this.#stores.mayGoDown([seat.id])) continue
      if (this.#chance.below(2) === 0) seat.machine.losePower()
      else seat.machine.pause()
      frozen.push(seat)
    }
    return () => {
      for (const seat of frozen) {
        if (seat.machine.isPaused) seat.machine.resume()
        else this.#stores.revive(seat)
      }
    }
  }

  async #write(pk: string): Promise<boolean> {
    const { seats, doors } = this.#stores
    const request = {
      table: TABLE,
      pk,
      conditions: [],
      writes: [{ kind: 'put' as const, sk: 'core', value: utf8('alone') }],
    }
    const up = [...seats.entries()].filter(([, seat]) => this.#stores.isUp(seat))
    const [door = 0] = shuffled(this.#chance, up)[0] ?? []
    const reply = await doors.ask(door, (store) => store.transact(request, { timeoutMs: TRY_MS }))
    return reply.kind === 'answer'
  }
}

function nameIn(group: number): string {
  for (let number = 0; ; number++) {
    const name = `core${number}`
    if (partitionOf(TABLE, name) === group) return name
  }
}
