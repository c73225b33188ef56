/** A ring of `anillo up` in a directory of its own, as a person starts it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { RingOwner } from '../../src/node/ring-owner.ts'
import { HOST, type Cluster } from './cluster.ts'
import { freePorts } from './free-port.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/anillo', import.meta.url))
const SOURCES = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const READY = /anillo ready http/

/** Doors of all kinds lie within this distance of the first. */
const PORT_SPAN = 410

export interface Conditions {
  /** What its processes see beside what this one does. */
  readonly env?: Readonly<Record<string, string>>
  /** Not as it is built: for what is preloaded and changes a module of it. */
  readonly isFromSources?: boolean
  /** Dead members are started again; else they stay dead. */
  readonly restarts?: boolean
  /** With those that are added while all are busy. */
  readonly maxMembers?: number
  /** Where its directory is made; without it among files that are for a while. */
  readonly below?: string | undefined
}

export class AnilloCluster implements Cluster {
  readonly protocol = 'anillo'
  readonly doors: readonly string[]
  readonly directory: string
  readonly #members: number
  readonly #port: number
  readonly #env: Readonly<Record<string, string>>
  readonly #flags: readonly string[]
  readonly #program: string
  readonly #owners: Promise<RingOwner>[] = []
  #up: ChildProcess | undefined

  static async start(members: number, conditions: Conditions = {}): Promise<AnilloCluster> {
    const directory = await mkdtemp(join(conditions.below ?? tmpdir(), 'anillo-bench-store-'))
    const port = await freePorts(PORT_SPAN)
    const cluster = new AnilloCluster({ directory, members, port }, conditions)
    await cluster.up()
    return cluster
  }

  private constructor(
    options: { readonly directory: string; readonly members: number; readonly port: number },
    { env = {}, isFromSources = false, maxMembers, restarts = false }: Conditions,
  ) {
    this.directory = options.directory
    this.#members = options.members
    this.#port = options.port
    this.#env = env
    this.#program = isFromSources ? SOURCES : PROGRAM
    const most = maxMembers === undefined ? [] : ['--max-members', String(maxMembers)]
    this.#flags = [...most, ...(restarts ? [] : ['--no-restart'])]
    this.doors = Array.from({ length: this.#members }, (_, at) => `${HOST}:${this.#port + at}`)
  }

  /** Until every member is ready. */
  async up(): Promise<void> {
    const { directory } = this
    const flags = ['--data', directory, '--http', String(this.#port), ...this.#flags]
    const args = [this.#program, 'up', '--members', String(this.#members), ...flags]
    // It makes a password and writes it into the directory.
    const env = { ...process.env, ANILLO_ADMIN_PASSWORD: '', ...this.#env }
    const up = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    this.#up = up
    for await (const line of createInterface({ input: up.stdout })) {
      if (READY.test(line)) break
    }
    if (up.exitCode !== null) throw new Error('anillo up ended')
    up.stdout.resume()
  }

  /** As the administrator. */
  async fetch(url: string, init?: RequestInit): Promise<Response> {
    return (await this.#owner(0)).fetch(url, init)
  }

  async sessions(count: number): Promise<readonly string[]> {
    const owners = Array.from({ length: count }, (_, at) => this.#owner(at))
    const shown = await Promise.all(owners.map(async (owner) => (await owner).authorization()))
    return shown.filter((each) => each !== undefined)
  }

  /** Each with a session of its own. */
  #owner(at: number): Promise<RingOwner> {
    const urls = this.doors.map((door) => `http://${door}`)
    return (this.#owners[at] ??= RingOwner.of(this.directory, urls))
  }

  async pids(): Promise<readonly number[]> {
    const pids = await Promise.all((await this.names()).map((name) => this.pidOf(name)))
    return pids.filter((pid) => pid !== undefined)
  }

  /** Of the members that were ever made. */
  names(): Promise<readonly string[]> {
    return readdir(join(this.directory, 'members'))
  }

  async pidOf(name: string): Promise<number | undefined> {
    const text = await readFile(join(this.directory, 'members', name, 'pid'), 'utf8').catch(
      () => '',
    )
    const pid = Number.parseInt(text, 10)
    return Number.isNaN(pid) ? undefined : pid
  }

  async kill(count: number): Promise<readonly string[]> {
    const members = await this.#ring()
    const victims = members.toSorted((a, b) => b.leads - a.leads).slice(0, count)
    for (const { name } of victims) {
      const pid = await this.pidOf(name)
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
    }
    const dead = new Set(victims.map(({ url }) => new URL(url).port))
    return this.doors.filter((door) => !dead.has(door.slice(HOST.length + 1)))
  }

  /** All at once, and what watches over them first, as when the power goes. */
  async killAll(): Promise<void> {
    const up = this.#up
    this.#up = undefined
    if (up === undefined) return
    const gone = once(up, 'exit')
    up.kill('SIGKILL')
    for (const pid of await this.pids()) process.kill(pid, 'SIGKILL')
    await gone
  }

  /** Ends it; the directory stays. */
  async down(): Promise<void> {
    const up = this.#up
    this.#up = undefined
    if (up === undefined || up.exitCode !== null) return
    const gone = once(up, 'exit')
    up.kill('SIGINT')
    await gone
  }

  async stop(): Promise<void> {
    await this.down()
    await rm(this.directory, { recursive: true, force: true })
  }

  async #ring(): Promise<readonly RingMember[]> {
    const answer = await this.fetch(`http://${this.doors[0]}/v1/ring`)
    return ((await answer.json()) as { readonly members: readonly RingMember[] }).members
  }
}

interface RingMember {
  readonly name: string
  readonly url: string
  readonly leads: number
}
