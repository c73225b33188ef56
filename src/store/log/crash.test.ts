/** Logs on virtual disks: crashes at any moment, recoveries that crash too, damage in between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { isAnilloError, type AnilloError } from '../../base/errors.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { openLog } from './log.ts'
import { after, difference, somePoints, someRecords, type ModelState } from './model.test-helper.ts'
import type { OpenedLog, WriteAheadLog } from './types.ts'

const KEY = new Uint8Array(32).fill(9)
const SEGMENT_BYTES = 4_096
const WITHIN_MS = 60_000
const LIVES = 4
const STEPS_MAX = 40
const SEEDS = 150

interface Tally {
  crashes: number
  recoveryCrashes: number
  tornTails: number
  compactions: number
  unansweredKept: number
  damageTold: number
  damageHarmless: number
}

class Trial {
  readonly tally: Tally
  readonly world: World
  readonly machine: Machine
  /** After so many appends; the first is empty. */
  #states: ModelState[] = [new Map()]
  /** Appends that resolved: their number, in order. */
  #resolved = 0
  #compacted = new Map<PartitionId, number>()
  #term = 1

  constructor(seed: number, tally: Tally) {
    this.world = new World({ seed })
    this.machine = this.world.machine()
    this.tally = tally
  }

  async run(): Promise<void> {
    for (let life = 0; life < LIVES; life++) {
      await this.#crashInRecovery()
      const opened = await this.#open()
      if (opened.tornBytes > 0) this.tally.tornTails++
      this.#recovered(opened)
      await this.#work(opened.log)
      this.#crash()
      this.tally.crashes++
    }
    this.#damage()
    await this.#openDamaged()
  }

  #begin(): Promise<OpenedLog> {
    this.machine.givePower()
    const options = { path: 'member/log', key: KEY, segmentBytes: SEGMENT_BYTES }
    return openLog(this.machine.effects(), { ...options, onFailure: fail })
  }

  #open(): Promise<OpenedLog> {
    return this.world.settle(this.#begin(), 'the log opens', WITHIN_MS)
  }

  async #crashInRecovery(): Promise<void> {
    const { chance } = this.world
    while (chance.below(3) === 0) {
      void this.#begin()
      await this.world.pass(chance.below(60))
      this.#crash()
      this.tally.recoveryCrashes++
    }
  }

  #crash(): void {
    if (this.world.chance.below(3) === 0) this.machine.kill()
    else this.machine.losePower()
  }

  /** The state after some append not before the last one that resolved. */
  #recovered({ groups }: OpenedLog): void {
    const states = this.#states
    const kept = states.findLastIndex(
      (state, count) =>
        count >= this.#resolved && difference(groups, state, this.#compacted) === undefined,
    )
    const last = states.at(-1) ?? new Map()
    assert.ok(kept >= 0, `${this.#resolved}: ${difference(groups, last, this.#compacted)}`)
    if (kept > this.#resolved) this.tally.unansweredKept++
    this.#states = states.slice(0, kept + 1)
    this.#resolved = kept
  }

  async #work(log: WriteAheadLog): Promise<void> {
    const { chance } = this.world
    const steps = chance.below(STEPS_MAX)
    for (let step = 0; step < steps; step++) {
      if (chance.below(15) === 0) this.#compact(log)
      else this.#append(log)
      if (chance.below(3) === 0) await this.world.pass(chance.below(20))
    }
    // A quiet: the manifest is told how far the log reaches.
    if (chance.below(4) === 0) await this.world.pass(chance.below(3_000))
  }

  #append(log: WriteAheadLog): void {
    const { chance } = this.world
    const state = this.#states.at(-1) ?? new Map()
    if (chance.below(5) === 0) this.#term++
    const moment = { state, compacted: this.#compacted, term: this.#term }
    const records = someRecords(moment, chance)
    this.#states.push(after(state, records))
    const number = this.#states.length - 1
    void log.append(records).then(() => {
      assert.equal(number, this.#resolved + 1, 'appends resolve in their order')
      this.#resolved = number
    })
  }

  #compact(log: WriteAheadLog): void {
    const points = somePoints(this.#states.at(-1) ?? new Map(), this.world.chance)
    for (const [id, { index }] of points) {
      this.#compacted.set(id, Math.max(index, this.#compacted.get(id) ?? 0))
    }
    void log.compact(points).then(() => {
      this.tally.compactions++
      assert.equal(log.bytesSinceCompact, 0)
    })
  }

  #damage(): void {
    this.machine.givePower()
    for (let flips = 0; flips < 3; flips++) this.machine.medium.flipBit(this.world.chance)
  }

  /** Told, or a state that there once was. */
  async #openDamaged(): Promise<void> {
    this.#resolved = 0
    try {
      this.#recovered(await this.#open())
      this.tally.damageHarmless++
    } catch (error) {
      assert.ok(isAnilloError(error, 'DATA_DAMAGED'), String(error))
      this.tally.damageTold++
    }
  }
}

function fail(error: AnilloError): never {
  throw error
}

test(`openLog() recovers all that resolved, over ${SEEDS * LIVES} crashes and more`, async (t) => {
  const tally: Tally = {
    crashes: 0,
    recoveryCrashes: 0,
    tornTails: 0,
    compactions: 0,
    unansweredKept: 0,
    damageTold: 0,
    damageHarmless: 0,
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    await new Trial(seed, tally).run().catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error })
    })
  }
  t.diagnostic(JSON.stringify(tally))
  for (const [what, times] of Object.entries(tally)) assert.ok(times > 0, `${what} never happened`)
})
