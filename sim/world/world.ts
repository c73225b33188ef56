/**
 * The twin of the platform: machines, a network between them and sites around them, all virtual,
 * all decided by one seed. Code over `effects` runs in it unchanged.
 */
import { assert } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'
import type { TaskTable } from '../../src/effects/workers.ts'
import { Links } from './links.ts'
import { VirtualLog } from './log.ts'
import { Machine, type Program } from './machine.ts'
import { Medium } from './medium.ts'
import { VirtualNet } from './net.ts'
import { Scheduler } from './scheduler.ts'
import { VirtualSites } from './sites.ts'
import { Tally } from './tally.ts'
import { Trace } from './trace.ts'

/** 10.0.SEGMENT.1 .. 254 */
const HOSTS_PER_SEGMENT_MAX = 254

const START_WITHIN_MS = 60_000

export interface WorldOptions {
  readonly seed: number
  readonly trace?: Trace
  readonly tasks?: TaskTable
}

export interface MachineOptions {
  /** Machines of one segment hear one another's broadcasts. By default all share one. */
  readonly segment?: number
  /** Stands on the host of this one, as processes of one computer do. */
  readonly hostOf?: Machine
  /** Works on the disk of this one, as a second process with the same directory does. */
  readonly diskOf?: Machine
}

export class World {
  readonly seed: number
  readonly trace: Trace
  readonly tally = new Tally()
  readonly scheduler: Scheduler
  readonly chance: SeededChance
  readonly links: Links
  readonly net: VirtualNet
  readonly sites = new VirtualSites()
  readonly log: VirtualLog
  readonly machines: Machine[] = []
  readonly #tasks: TaskTable

  constructor(options: WorldOptions) {
    this.seed = options.seed
    this.trace = options.trace ?? new Trace()
    this.#tasks = options.tasks ?? {}
    this.scheduler = new Scheduler(this.trace)
    this.chance = new SeededChance(options.seed)
    this.links = new Links(this.scheduler, this.chance.fork())
    const resolve = (host: string): string | undefined => this.sites.addressesOf(host)[0]?.address
    this.net = new VirtualNet(this.links, this.tally, resolve)
    const nowMs = (): number => this.scheduler.nowMs
    this.log = new VirtualLog({ trace: this.trace, tally: this.tally, nowMs })
  }

  get nowMs(): number {
    return this.scheduler.nowMs
  }

  machine(options: MachineOptions = {}): Machine {
    const number = this.machines.length + 1
    assert(number <= HOSTS_PER_SEGMENT_MAX, 'a segment is full')
    const segment = options.hostOf?.segment ?? `10.0.${options.segment ?? 0}`
    const machine = new Machine({
      name: `m${number}`,
      address: options.hostOf?.address ?? `${segment}.${number}`,
      segment,
      scheduler: this.scheduler,
      chance: this.chance.fork(),
      net: this.net,
      sites: this.sites,
      log: this.log,
      tally: this.tally,
      tasks: this.#tasks,
      medium: options.diskOf?.medium ?? new Medium(),
    })
    this.machines.push(machine)
    return machine
  }

  /** Starts the program and lets time pass until it says that it runs. */
  async start(machine: Machine, program: Program): Promise<void> {
    await this.settle(machine.start(program), `${machine.name} starts`, START_WITHIN_MS)
  }

  /** Lets so much virtual time pass. */
  async pass(forMs: number): Promise<void> {
    await this.scheduler.run(this.nowMs + forMs)
  }

  /** Lets time pass until it holds. Fails when it does not within `withinMs`. */
  async until(holds: () => boolean, what: string, withinMs: number): Promise<void> {
    const done = await this.scheduler.run(this.nowMs + withinMs, holds)
    assert(done, `not within ${withinMs} ms: ${what}`)
  }

  /** Lets time pass until the promise has settled, and gives what it gave. */
  async settle<T>(promise: Promise<T>, what: string, withinMs: number): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    await this.until(() => settled, what, withinMs)
    return promise
  }
}
