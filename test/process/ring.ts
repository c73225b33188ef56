/**
 * A whole ring of real processes on loopback (`anillo up`), started in one call and gone with the
 * test.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloClient } from '../../src/client/client.ts'
import { portsAt } from '../../src/node/ports.ts'
import { RingOwner } from '../../src/node/ring-owner.ts'
import type { Ring, Scrape } from '../../src/wire/api.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

/** The ring makes one and writes it into DATA, where `fetch` finds it. */
const WITHOUT_PASSWORD = { ANILLO_ADMIN_PASSWORD: '' }

export interface RingOptions {
  readonly members?: number
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** An earlier ring's, to carry on with it. */
  readonly data?: string
  readonly http?: number
}

export class RealRing implements AsyncDisposable {
  readonly data: string
  readonly http: number
  readonly supervisor: ChildProcess
  /** What the supervisor said so far, for failures. */
  readonly said: string[] = []
  readonly #owner: Promise<RingOwner>
  readonly #saying = new EventEmitter()

  private constructor(data: string, http: number, options: RingOptions) {
    this.data = data
    this.http = http
    const { members = 5, flags = [], env = {} } = options
    const doors = Array.from({ length: members }, (_, index) => this.door(index))
    this.#owner = RingOwner.of(data, doors, { password: env['ANILLO_ADMIN_PASSWORD'] })
    this.supervisor = spawn(
      process.execPath,
      [MAIN, 'up', '--data', data, '--http', `${http}`, '--members', `${members}`, ...flags],
      {
        env: { ...process.env, ...WITHOUT_PASSWORD, NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  }

  static async start(options: RingOptions = {}): Promise<RealRing> {
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'anillo-ring-')))
    const http = options.http ?? (await freeRange(options.members ?? 5))
    const ring = new RealRing(data, http, options)
    try {
      await ring.#ready()
    } catch (cause) {
      await ring.stop()
      throw new Error(`the ring did not start:\n${ring.said.join('\n')}`, { cause })
    }
    return ring
  }

  door(index: number): string {
    return `http://localhost:${this.http + index}`
  }

  /** As the administrator, by these doors, the first of them first. */
  client(...doors: readonly number[]): AnilloClient {
    const world = {
      fetch: (url: string, init: RequestInit) => this.fetch(url, init),
      pause: (delayMs: number) => pause<void>(delayMs),
      newKey: () => crypto.randomUUID(),
      start: 'npx anillo up',
    }
    return new AnilloClient(
      world,
      doors.map((door) => this.door(door)),
    )
  }

  /** As the administrator, at any door; anybody is asked for what a guest may do. */
  async fetch(url: string, init?: RequestInit): Promise<Response> {
    return (await this.#owner).fetch(url, init)
  }

  /** Value of the header `authorization` for clients that read and write records. */
  async storeKey(): Promise<string | undefined> {
    return (await this.#owner).keyFor(['store.read', 'store.write'])
  }

  async pid(name: string): Promise<number> {
    return Number(await readFile(join(this.data, 'members', name, 'pid'), 'utf8'))
  }

  async signal(name: string, signal: NodeJS.Signals): Promise<number> {
    const pid = await this.pid(name)
    process.kill(pid, signal)
    return pid
  }

  /** Kills it, and lets nobody start it again before `bringBack`. */
  async keepDown(name: string): Promise<void> {
    this.supervisor.kill('SIGSTOP')
    await this.signal(name, 'SIGKILL')
  }

  bringBack(): void {
    this.supervisor.kill('SIGCONT')
  }

  async ring(index = 0): Promise<Ring> {
    const response = await this.fetch(`${this.door(index)}/v1/ring`)
    return (await response.json()) as Ring
  }

  /** Asks at one member and waits for the end. */
  async scrape(index: number, url: string): Promise<Scrape> {
    const response = await this.fetch(`${this.door(index)}/v1/scrapes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ url }),
    })
    const answer: unknown = await response.json()
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
    return answer as Scrape
  }

  /**
   * Settles when the ring, as the member sees it, is as wished; follows its events, so nothing
   * sleeps.
   */
  async until(index: number, wished: (ring: Ring) => boolean): Promise<Ring> {
    const stop = AbortSignal.timeout(PATIENCE_MS)
    const response = await this.fetch(`${this.door(index)}/v1/ring/events?recent=0`, {
      signal: stop,
    })
    let last: Ring | undefined
    try {
      for await (const _piece of response.body ?? []) {
        last = await this.ring(index)
        if (wished(last)) return last
      }
    } catch (cause) {
      if (!stop.aborted) throw cause
    }
    const members = last?.members.map(({ name, state }) => `${name} ${state}`)
    throw new Error(`never as wished, but ${members?.join(', ')}:\n${this.said.join('\n')}`)
  }

  /** Settles when the supervisor has said it, among what it said from line `from` on. */
  async says(pattern: RegExp, from = 0): Promise<void> {
    const stop = AbortSignal.timeout(PATIENCE_MS)
    while (!this.said.slice(from).some((line) => pattern.test(line))) {
      await once(this.#saying, 'line', { signal: stop })
    }
  }

  /** Ends everything in the proper way and gives the supervisor's exit code. */
  async stop(): Promise<number | null> {
    if (this.supervisor.exitCode !== null) return this.supervisor.exitCode
    this.bringBack()
    this.supervisor.kill('SIGTERM')
    const [code] = (await once(this.supervisor, 'exit')) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    const { stdout, stderr } = this.supervisor
    if (stdout === null || stderr === null) throw new Error('the supervisor has no output')
    createInterface(stderr).on('line', (line) => {
      this.said.push(line)
      this.#saying.emit('line')
    })
    const lines = createInterface(stdout)
    const failed = once(this.supervisor, 'exit').then(() => {
      throw new Error('the supervisor ended')
    })
    const ready = once(lines, 'line', { signal: AbortSignal.timeout(PATIENCE_MS) })
    await Promise.race([ready, failed])
    failed.catch(() => undefined)
  }
}

/**
 * First of so many neighbouring page ports that are free, with the doors that stand beside them.
 * Other files of tests look at the same time: whoever holds the last port of each stretch has it,
 * until its process ends.
 */
async function freeRange(members: number): Promise<number> {
  const start = 21_000 + (process.pid % 400) * STRETCH
  for (let http = start; http < 60_000; http += 25 * STRETCH) {
    const { ftp, replay, rpc, share } = portsAt(http)
    const firsts = [ftp, http, replay, rpc, share]
    const ports = firsts.flatMap((port) =>
      Array.from({ length: members + ROOM_TO_GROW }, (_, index) => port + index),
    )
    const claims = await Promise.all(firsts.map((port) => listening(port + STRETCH - 1)))
    const areFree = claims.every(Boolean) && (await Promise.all(ports.map(isFree))).every(Boolean)
    if (areFree) return http
    for (const claim of claims) claim?.close()
  }
  throw new Error('no free range of ports')
}

/** Rings of one computer are this far apart. */
const STRETCH = 20
const ROOM_TO_GROW = 4

async function isFree(port: number): Promise<boolean> {
  const server = await listening(port)
  if (server === undefined) return false
  await once(server.close(), 'close')
  return true
}

/** Keeps no process alive; `undefined`: the port is taken. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().unref()
  const { promise, resolve } = Promise.withResolvers<Server | undefined>()
  server.once('error', () => resolve(undefined))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server))
  return promise
}
