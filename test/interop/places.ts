/**
 * Machines to run members on: network namespaces joined by a bridge, or, where this account may not
 * make any, loopback addresses.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { ADMIN_NICK, adminPasswordPath } from '../../src/node/admin-password.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'

const ANILLO = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** Places of a ring, where not said otherwise. */
const PLACES = 3
/** Of the first member; a ring on loopback takes three ports behind one another. */
const HTTP_PORT = 19_500
const DISCOVERY_PORT = '19599'
const TERM_GRACE_MS = 10_000

export interface Place {
  readonly name: string
  readonly data: string
  /** Port of its page; on loopback all machines are reached at `localhost`. */
  readonly http: number
  /** Begins an `anillo` command here. */
  start(...words: readonly string[]): Running
  /** Runs one to its end. */
  run(...words: readonly string[]): Promise<Ended>
}

export interface Ended {
  readonly exitCode: number | null
  readonly out: string
  readonly err: string
}

export interface Places extends AsyncDisposable {
  readonly kind: 'namespaces' | 'loopback'
  readonly all: readonly Place[]
}

/** One `anillo` process and all that it has said. */
export class Running {
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  readonly #listeners = new Set<() => void>()
  readonly ended: Promise<Ended>
  #isOver = false

  constructor(process: ChildProcess) {
    this.#process = process
    const out: string[] = []
    const err: string[] = []
    for (const [stream, kept] of [
      [process.stdout, out],
      [process.stderr, err],
    ] as const) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        kept.push(line)
        this.#said(line)
      })
    }
    this.ended = new Promise((resolve) => {
      process.once('close', (exitCode) => {
        this.#isOver = true
        for (const listener of this.#listeners) listener()
        resolve({ exitCode, out: out.join('\n'), err: err.join('\n') })
      })
    })
  }

  get transcript(): string {
    return this.#lines.join('\n')
  }

  /** The first match in a line that it says or has said. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    const failed = (why: string): void =>
      reject(new Error(`${why} before it said ${pattern}:\n${this.transcript}`))
    const look = (): void => {
      const match = this.#lines.map((line) => pattern.exec(line)).find((found) => found !== null)
      if (match) resolve(match)
      else if (this.#isOver) failed('it ended')
    }
    const timer = setTimeout(() => failed(`${PATIENCE_MS} ms passed`), PATIENCE_MS)
    this.#listeners.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }

  hasSaid(pattern: RegExp): boolean {
    return this.#lines.some((line) => pattern.test(line))
  }

  async stop(): Promise<void> {
    if (this.#isOver) return
    this.#process.kill('SIGTERM')
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), TERM_GRACE_MS)
    await this.ended
    clearTimeout(hard)
  }

  /** As a power cut for the process: it can do nothing more. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.ended
  }

  #said(line: string): void {
    this.#lines.push(line)
    for (const listener of this.#listeners) listener()
  }
}

export interface PlacesOptions {
  readonly count?: number
  /** What is to be used even where namespaces can be made. */
  readonly kind?: 'loopback'
}

export function openPlaces({ count = PLACES, kind }: PlacesOptions = {}): Places {
  const root = mkdtempSync(join(tmpdir(), 'anillo-places-'))
  const network = (kind === undefined ? makeNamespaces(count) : undefined) ?? loopback(count)
  const running: Running[] = []
  const all = network.places.map(({ prefix, flags, port }, index) => {
    const data = join(root, String(index + 1))
    const start = (...words: readonly string[]): Running => {
      const [command = '', ...rest] = words
      const isMember = ['init', 'join'].includes(command)
      const name = `m${index + 1}`
      const own = isMember
        ? ['--http', String(port), '--name', name, '--host-label', name, ...flags]
        : []
      const args = [ANILLO, command, ...rest, '--data', data, ...own]
      const [file, ...before] = [...prefix, process.execPath]
      const common = { ANILLO_DISCOVERY_PORT: DISCOVERY_PORT, NO_COLOR: '1' }
      const env = { ...process.env, ...administrator(root), ...common }
      const started = new Running(spawn(file, [...before, ...args], { env, stdio: 'pipe' }))
      running.push(started)
      return started
    }
    const run = (...words: readonly string[]): Promise<Ended> => start(...words).ended
    return { name: `m${index + 1}`, data, http: port, start, run }
  })
  return {
    kind: network.kind,
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map((one) => one.stop()))
      network.remove()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/**
 * Commands at all places log in as the administrator of the ring that the first founded. Their
 * sessions are of this trial alone, and no account of this shell is used in it.
 */
function administrator(root: string): Readonly<Record<string, string>> {
  const path = adminPasswordPath(join(root, '1'))
  const password = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return {
    XDG_STATE_HOME: join(root, 'state'),
    ANILLO_TOKEN: '',
    ANILLO_ADMIN_PASSWORD: '',
    ANILLO_NICK: password === '' ? '' : ADMIN_NICK,
    ANILLO_PASSWORD: password,
  }
}

interface Network {
  readonly kind: Places['kind']
  readonly places: readonly {
    readonly prefix: readonly string[]
    readonly flags: readonly string[]
    readonly port: number
  }[]
  readonly remove: () => void
}

/** `undefined` where this account cannot. Names carry the pid, so that two runs do not meet. */
function makeNamespaces(count: number): Network | undefined {
  const id = `${process.pid % 100_000}`
  const bridge = `anb${id}`
  const names = Array.from({ length: count }, (_, index) => `anillo-${id}-${index + 1}`)
  const remove = (): void => {
    for (const name of names) tryIp('netns', 'del', name)
    tryIp('link', 'del', bridge)
  }
  try {
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('link', 'set', bridge, 'up')
    for (const [index, name] of names.entries()) plugIn(name, { bridge, id, number: index + 1 })
  } catch {
    remove()
    return undefined
  }
  const places = names.map((name) => ({
    prefix: ['ip', 'netns', 'exec', name],
    flags: [],
    port: HTTP_PORT,
  }))
  return { kind: 'namespaces', places, remove }
}

/** A namespace with one cable to the bridge, and no route to anywhere else. */
function plugIn(
  name: string,
  at: { readonly bridge: string; readonly id: string; readonly number: number },
): void {
  const cable = `anv${at.id}x${at.number}`
  ip('netns', 'add', name)
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('link', 'set', cable, 'master', at.bridge, 'up')
  ip('-n', name, 'addr', 'add', `10.77.0.${at.number}/24`, 'brd', '+', 'dev', 'eth0')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' })
}

function tryIp(...words: readonly string[]): void {
  try {
    ip(...words)
  } catch {
    // It was never made.
  }
}

function loopback(count: number): Network {
  const places = Array.from({ length: count }, (_, index) => ({
    prefix: [],
    flags: ['--address', `127.0.0.${index + 1}`],
    port: HTTP_PORT + index,
  }))
  return { kind: 'loopback', places, remove: () => undefined }
}
