/** Strikes with faults by chance, heals them after a while, and counts each by name. */
import { assert, present } from '../../src/base/assert.ts'
import type { SeededChance } from '../../src/base/random.ts'
import { FAULTS, type FaultName, type Heal, type Stage } from './faults.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

/** A machine whose program fails to start is tried again after this. */
const REVIVE_MS = 1_000

export interface DirectorOptions {
  readonly world: World
  readonly machines: readonly Machine[]
  /** How often each strikes beside the others, whole numbers; each must strike in the run. */
  readonly weights: Readonly<Partial<Record<FaultName, number>>>
  /** Mean time between two strikes. */
  readonly intervalMsMean: number
  /** A fault lasts up to this. */
  readonly durationMsMax: number
  /** Machines that may be down or paused at once. */
  readonly downMax: number
  /** How a machine comes back; by default with the program that it ran. */
  readonly revive?: (machine: Machine) => Promise<void>
}

export class FaultDirector {
  readonly #options: DirectorOptions
  readonly #chance: SeededChance
  readonly #healing = new Set<Heal>()
  #isStriking = false
  #deck: FaultName[] = []

  constructor(options: DirectorOptions) {
    this.#options = options
    this.#chance = options.world.chance.fork()
    options.world.tally.want(Object.keys(options.weights).map((name) => `fault: ${name}`))
  }

  start(): void {
    assert(!this.#isStriking, 'the director strikes already')
    this.#isStriking = true
    this.#strikeLater()
  }

  /** No more strikes; what lasts is healed, and all machines run or are being started. */
  heal(): void {
    this.#isStriking = false
    for (const heal of this.#healing) heal()
    this.#healing.clear()
    this.#options.world.links.heal()
  }

  /** As one of its own strikes. @returns whether it may go down */
  kill(machine: Machine): boolean {
    if (!this.#stage().mayGoDown().includes(machine)) return false
    machine.kill()
    this.#healLater('kill', () => this.#revive(machine))
    return true
  }

  #strikeLater(): void {
    const { world, intervalMsMean } = this.#options
    const delayMs = 2 * intervalMsMean * this.#chance.fraction()
    world.scheduler.after(delayMs, 'director', () => {
      if (!this.#isStriking) return
      this.#strike(this.#draw())
      this.#strikeLater()
    })
  }

  /** Dealt from a deck that holds each as often as it weighs, so that each has its turn early. */
  #draw(): FaultName {
    if (this.#deck.length === 0) {
      const { weights } = this.#options
      this.#deck = FAULT_NAMES.flatMap((name) =>
        Array.from({ length: weights[name] ?? 0 }, () => name),
      )
    }
    const at = this.#chance.below(this.#deck.length)
    return present(this.#deck.splice(at, 1)[0], 'a fault to draw')
  }

  #strike(name: FaultName): void {
    const heal = FAULTS[name](this.#stage())
    if (heal === undefined) {
      // Its turn comes again.
      this.#deck.push(name)
      return
    }
    this.#healLater(name, heal)
  }

  #healLater(name: FaultName, heal: Heal): void {
    const { world, durationMsMax } = this.#options
    world.tally.add(`fault: ${name}`)
    world.trace.add(world.nowMs, `fault ${name}`)
    this.#healing.add(heal)
    world.scheduler.after(this.#chance.fraction() * durationMsMax, `heal ${name}`, () => {
      if (this.#healing.delete(heal)) heal()
    })
  }

  #stage(): Stage {
    const { world, machines, downMax } = this.#options
    const isUp = (machine: Machine): boolean => machine.isRunning && !machine.isPaused
    return {
      world,
      machines,
      chance: this.#chance,
      mayGoDown: () => {
        const up = machines.filter(isUp)
        return machines.length - up.length < downMax ? up : []
      },
      revive: (machine) => this.#revive(machine),
    }
  }

  #revive(machine: Machine): void {
    if (machine.isRunning) return
    machine.givePower()
    const revive = this.#options.revive ?? ((down: Machine) => down.restart())
    revive(machine).catch((error: unknown) => {
      const { world } = this.#options
      world.tally.add('director: start failed')
      world.trace.add(world.nowMs, `${machine.name} did not start: ${String(error)}`)
      world.scheduler.after(REVIVE_MS, `revive ${machine.name}`, () => this.#revive(machine))
    })
  }
}

const FAULT_NAMES = Object.keys(FAULTS).filter(isFaultName)

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}
