/**
 * Carries out the planned faults on whole stores, each drawn from a seed of its own, and heals them
 * after their time.
 */
import { SeededChance } from '../../src/base/random.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { FAULTS, type Heal } from '../world/faults.ts'
import type { World } from '../world/world.ts'
import { isOwn, OWN_FAULTS, STORE_FAULT_NAMES, stageOf, type StoreFault } from './nemesis.ts'
import type { PlannedFault } from './plan.ts'
import type { Stores } from './stores.ts'

export class Nemesis {
  readonly #world: World
  readonly #stores: Stores
  readonly #healing = new Set<Heal>()
  readonly #focusAt: (sinceMs: number) => PartitionId | undefined
  #startMs = 0
  #isOver = false
  #struck = 0

  /** @param focusAt the group that clients ask most, so long after the begin */
  constructor(stores: Stores, focusAt: (sinceMs: number) => PartitionId | undefined) {
    this.#world = stores.world
    this.#focusAt = focusAt
    this.#stores = stores
    for (const name of STORE_FAULT_NAMES) this.#world.tally.add(`fault: ${name}`, 0)
  }

  /** Faults that really struck. */
  get struck(): number {
    return this.#struck
  }

  schedule(faults: readonly PlannedFault<StoreFault>[]): void {
    this.#startMs = this.#world.nowMs
    const startMs = this.#startMs
    for (const fault of faults) {
      const inMs = Math.max(0, startMs + fault.atMs - this.#world.nowMs)
      this.#world.scheduler.after(inMs, fault.name, () => {
        if (!this.#isOver) this.#strike(fault)
      })
    }
  }

  /** No more; all is well again, and whoever is down is being started. */
  heal(): void {
    this.#isOver = true
    for (const heal of this.#healing) heal()
    this.#healing.clear()
    this.#world.links.heal()
    for (const seat of this.#stores.seats) {
      seat.machine.moments.forget()
      if (seat.machine.isPaused) seat.machine.resume()
      this.#stores.revive(seat)
    }
  }

  #strike({ name, durationMs, seed }: PlannedFault<StoreFault>): void {
    this.#stores.forgetHealed()
    const chance = new SeededChance(seed)
    const focus = this.#focusAt(this.#world.nowMs - this.#startMs)
    const scene = { world: this.#world, stores: this.#stores, chance, durationMs, focus }
    const heal = isOwn(name) ? OWN_FAULTS[name](scene) : FAULTS[name](stageOf(scene))
    if (heal === undefined) {
      this.#world.tally.add('fault: could not strike')
      return
    }
    this.#struck++
    this.#world.tally.add(`fault: ${name}`)
    this.#world.trace.add(this.#world.nowMs, `fault ${name}`)
    this.#healing.add(heal)
    this.#world.scheduler.after(durationMs, 'heal', () => {
      if (this.#healing.delete(heal)) heal()
    })
  }
}
