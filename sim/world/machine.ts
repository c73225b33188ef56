/** A virtual machine: what runs on it, what it keeps, what is done to it. */
import { assert, present } from '../../src/base/assert.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { TaskTable } from '../../src/effects/workers.ts'
import { virtualBrowser } from './browser.ts'
import { virtualCipher } from './cipher.ts'
import { MachineTime, virtualClock } from './clock.ts'
import { virtualCrypto } from './crypto.ts'
import { virtualDatabases } from './databases.ts'
import { virtualDisk } from './disk.ts'
import { virtualGzip } from './gzip.ts'
import { Life } from './life.ts'
import type { VirtualLog } from './log.ts'
import type { Medium } from './medium.ts'
import { Moments } from './moments.ts'
import type { NetHost, VirtualNet } from './net.ts'
import { virtualPasswords } from './passwords.ts'
import { virtualRandom } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { virtualSigning } from './signing.ts'
import type { VirtualSites } from './sites.ts'
import type { Tally } from './tally.ts'
import { virtualUnpack } from './unpack.ts'
import { virtualWorkers } from './workers.ts'

export interface Running {
  stop(): Promise<void>
}

/** What runs on a machine: anything over effects. */
export type Program = (effects: Effects) => Promise<Running>

export interface MachineParts {
  readonly name: string
  readonly address: string
  readonly segment: string
  readonly scheduler: Scheduler
  readonly chance: SeededChance
  readonly net: VirtualNet
  readonly sites: VirtualSites
  readonly log: VirtualLog
  readonly tally: Tally
  readonly tasks: TaskTable
  readonly medium: Medium
}

export class Machine implements NetHost {
  /** Pages can be drawn on it. */
  hasBrowser = true
  readonly name: string
  readonly address: string
  readonly segment: string
  readonly time: MachineTime
  readonly medium: Medium
  readonly moments = new Moments()
  readonly #parts: MachineParts
  readonly #lifeOf = new WeakMap<Effects, Life>()
  /** Of the program, and of each that asked for effects beside it. */
  #current: Life[] = []
  #program: Program | undefined
  #running: Running | undefined
  #lives = 0
  #hasPower = true
  #resumedAtMs = 0

  constructor(parts: MachineParts) {
    this.#parts = parts
    this.name = parts.name
    this.address = parts.address
    this.segment = parts.segment
    this.time = new MachineTime(parts.scheduler)
    this.medium = parts.medium
    parts.net.addHost(this)
  }

  readonly hasPower = (): boolean => this.#hasPower

  get isRunning(): boolean {
    return this.#current.some((life) => life.alive)
  }

  get isPaused(): boolean {
    return this.#current.some((life) => life.alive && life.paused)
  }

  /** When it last went on after a pause, in virtual time. */
  get resumedAtMs(): number {
    return this.#resumedAtMs
  }

  /** How often a program was started here. */
  get lives(): number {
    return this.#lives
  }

  /** Starts the program; resolves when it says that it runs. What it throws, this rejects with. */
  async start(program: Program): Promise<void> {
    assert(!this.isRunning, `${this.name} runs already`)
    this.#hasPower = true
    this.#program = program
    const life = this.#newLife()
    try {
      const running = await program(this.#effectsOf(life))
      if (life.alive) this.#running = running
    } catch (error) {
      this.#endLife(false)
      throw error
    }
  }

  /** The effects of a life of its own, for code that is no program: a test, an observer. */
  effects(): Effects {
    return this.#effectsOf(this.#newLife())
  }

  /** The run of a program to which these effects were given. */
  lifeOf(effects: Effects): Life {
    return present(this.#lifeOf.get(effects), 'the life of the effects')
  }

  /** The same program on what the machine has kept. */
  restart(): Promise<void> {
    return this.start(present(this.#program, 'the program that ran before'))
  }

  /** As SIGTERM: the program stops by itself. */
  async stop(): Promise<void> {
    await this.#running?.stop()
    this.#endLife(false)
  }

  /** As kill -9: the system closes its connections and keeps what was written. */
  kill(): void {
    this.#endLife(false)
  }

  /** As a pulled plug: nobody is told, and what was not synced may be lost. */
  losePower(): void {
    this.#hasPower = false
    this.#endLife(true)
    this.medium.losePower(this.#parts.chance)
  }

  /** Power comes back, without a program as yet. */
  givePower(): void {
    this.#hasPower = true
  }

  /** As SIGSTOP. */
  pause(): void {
    for (const life of this.#current) life.pause()
  }

  /** As SIGCONT. */
  resume(): void {
    this.#resumedAtMs = this.#parts.scheduler.nowMs
    for (const life of this.#current) if (life.alive) life.resume()
  }

  /** A new disk. */
  wipe(): void {
    assert(!this.isRunning, `${this.name} runs on its disk`)
    this.medium.wipe()
  }

  #newLife(): Life {
    this.#lives++
    const life = new Life(`${this.name}.${this.#lives}`, this.#parts.scheduler)
    this.#current.push(life)
    return life
  }

  #endLife(powerLost: boolean): void {
    for (const life of this.#current) life.end(powerLost)
    this.#current = []
    this.#running = undefined
  }

  #effectsOf(life: Life): Effects {
    const { net, sites, log, tally, tasks } = this.#parts
    const chance = this.#parts.chance.fork()
    const random = virtualRandom(chance.fork())
    const disk = { life, medium: this.medium, chance: chance.fork(), tally, moments: this.moments }
    const effects: Effects = {
      clock: virtualClock(life, this.time),
      random,
      net: net.effectOf(life, this),
      disk: virtualDisk(disk),
      databases: virtualDatabases(disk),
      crypto: virtualCrypto(random),
      cipher: virtualCipher(random),
      passwords: virtualPasswords(life, random),
      signing: virtualSigning(random),
      dns: sites.dnsOf(life),
      http: sites.httpOf(life, () => this.#parts.scheduler.nowMs),
      unpack: virtualUnpack,
      gzip: virtualGzip,
      workers: virtualWorkers(life, tasks),
      browser: virtualBrowser(life, () => this.hasBrowser),
      log: log.of(this.name, () => life.alive),
    }
    this.#lifeOf.set(effects, life)
    return effects
  }
}
