/**
 * The two networks of a ring that serves clients: the servers' and the clients', each a bridge
 * between network namespaces. One machine, the entry, has a cable to both.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Running, type Ended } from './places.ts'

const ANILLO = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const CLIENT = fileURLToPath(new URL('client-side.ts', import.meta.url))

export const SERVERS = '10.77.0'
export const CLIENTS = '10.78.0'
export const ENTRY_NUMBER = 4
const CLIENT_NUMBER = 9

/** It moves along with that of the page. */
export const FTP_PORT = 12_521
export const HTTP_PORT = 19_500
export const RPC_PORT = 19_700
export const SHARE_PORT = 19_800
export const REPLAY_PORT = 19_900
export const DISCOVERY_PORT = 19_599

export const ADMIN_PASSWORD = 'a password of the administrator'

export interface Machine {
  readonly name: string
  readonly data: string
  /** Begins an `anillo` command here. */
  start(command: string, ...words: readonly string[]): Running
}

export interface TwoNetworks extends AsyncDisposable {
  readonly servers: readonly [Machine, Machine, Machine]
  readonly entry: Machine
  /** Runs client-side.ts at the client's machine. */
  atClient(...words: readonly string[]): Promise<Ended>
  /** At the client's machine: what is for the servers' network goes to the entry. */
  routeThroughEntry(): void
}

/** `undefined` where this account may make no namespaces. */
export function openTwoNetworks(): TwoNetworks | undefined {
  const id = `${process.pid % 100_000}`
  const bridges: Readonly<Record<string, string>> = {
    [SERVERS]: `ans${id}`,
    [CLIENTS]: `anc${id}`,
  }
  const plugs = [
    { name: 's1', cables: [{ network: SERVERS, number: 1 }] },
    { name: 's2', cables: [{ network: SERVERS, number: 2 }] },
    { name: 's3', cables: [{ network: SERVERS, number: 3 }] },
    {
      name: 'entry',
      cables: [
        { network: SERVERS, number: ENTRY_NUMBER },
        { network: CLIENTS, number: ENTRY_NUMBER },
      ],
    },
    { name: 'client', cables: [{ network: CLIENTS, number: CLIENT_NUMBER }] },
  ]
  const spaceOf = (name: string): string => `anillo-${id}-${name}`
  const remove = (): void => {
    for (const { name } of plugs) tryIp('netns', 'del', spaceOf(name))
    for (const bridge of Object.values(bridges)) tryIp('link', 'del', bridge)
  }
  try {
    for (const bridge of Object.values(bridges)) {
      ip('link', 'add', bridge, 'type', 'bridge')
      ip('link', 'set', bridge, 'up')
    }
    for (const { name, cables } of plugs) {
      const space = spaceOf(name)
      ip('netns', 'add', space)
      ip('-n', space, 'link', 'set', 'lo', 'up')
      for (const [index, { network, number }] of cables.entries()) {
        const cable = `an${id}${name.slice(0, 2)}${index}`
        const own = `eth${index}`
        ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', own, 'netns', space)
        ip('link', 'set', cable, 'master', bridges[network] ?? '', 'up')
        ip('-n', space, 'addr', 'add', `${network}.${number}/24`, 'brd', '+', 'dev', own)
        ip('-n', space, 'link', 'set', own, 'up')
      }
    }
  } catch {
    remove()
    return undefined
  }
  return new Networks(spaceOf, remove)
}

class Networks implements TwoNetworks {
  readonly servers: readonly [Machine, Machine, Machine]
  readonly entry: Machine
  readonly #root = mkdtempSync(join(tmpdir(), 'anillo-networks-'))
  readonly #running: Running[] = []
  readonly #spaceOf: (name: string) => string
  readonly #remove: () => void

  constructor(spaceOf: (name: string) => string, remove: () => void) {
    this.#spaceOf = spaceOf
    this.#remove = remove
    this.servers = [this.#machine('s1'), this.#machine('s2'), this.#machine('s3')]
    this.entry = this.#machine('entry')
  }

  atClient(...words: readonly string[]): Promise<Ended> {
    return this.#run('client', [CLIENT, ...words]).ended
  }

  routeThroughEntry(): void {
    const gateway = `${CLIENTS}.${ENTRY_NUMBER}`
    ip('-n', this.#spaceOf('client'), 'route', 'add', `${SERVERS}.0/24`, 'via', gateway)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((one) => one.stop()))
    this.#remove()
    rmSync(this.#root, { recursive: true, force: true })
  }

  #machine(name: string): Machine {
    const data = join(this.#root, name)
    const start = (command: string, ...words: readonly string[]): Running => {
      const isMember = command === 'init' || command === 'join'
      const own = isMember
        ? ['--http', String(HTTP_PORT), '--name', name, '--host-label', name]
        : []
      return this.#run(name, [ANILLO, command, ...words, '--data', data, ...own])
    }
    return { name, data, start }
  }

  #run(name: string, args: readonly string[]): Running {
    const env = {
      ...process.env,
      ANILLO_DISCOVERY_PORT: String(DISCOVERY_PORT),
      ANILLO_ADMIN_PASSWORD: ADMIN_PASSWORD,
      NO_COLOR: '1',
    }
    const command = ['netns', 'exec', this.#spaceOf(name), process.execPath, ...args]
    const running = new Running(spawn('ip', command, { env, stdio: 'pipe' }))
    this.#running.push(running)
    return running
  }
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
