/** Transfers of curl as streams of this process, which sees how long nothing moved. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { Sha256 } from '../../src/base/hash.ts'
import { KIB } from '../../src/base/limits.ts'
import { NICK, urlOf, type Server } from './ftp-clients.ts'

export interface Watched {
  /** 0: the client noticed nothing. */
  readonly exitCode: number | null
  readonly problem: string
  readonly bytes: number
  readonly sha256: string
  readonly longestStallMs: number
}

interface Ask {
  readonly server: Server
  readonly path: string
  /** Called once, with so many bytes moved, in mid-transfer. */
  readonly at: { readonly bytes: number; readonly run: () => Promise<unknown> }
}

const PIECE_BYTES = 256 * KIB

export async function watchedDownload(ask: Ask): Promise<Watched> {
  const { child, ended } = curl(ask)
  child.stdin.end()
  const watch = new Watch(ask)
  for await (const piece of child.stdout as AsyncIterable<Buffer>) await watch.moved(piece)
  return watch.result(await ended)
}

export async function watchedUpload(ask: Ask, whole: Uint8Array): Promise<Watched> {
  const { child, ended } = curl(ask, '-T', '-')
  const watch = new Watch(ask)
  for (let at = 0; at < whole.length && child.stdin.writable; at += PIECE_BYTES) {
    const piece = whole.subarray(at, at + PIECE_BYTES)
    const over = ended.then(() => undefined)
    // A client that gives up closes its end: what it says of that is told.
    const drained = once(child.stdin, 'drain').catch(() => undefined)
    if (!child.stdin.write(piece)) await Promise.race([drained, over])
    await watch.moved(piece)
  }
  child.stdin.end()
  return watch.result(await ended)
}

function curl({ path, server }: Ask, ...args: readonly string[]) {
  const login = ['--user', `${NICK}:${server.password}`]
  const child = spawn('curl', ['-sS', ...login, ...args, urlOf(server, path)])
  child.stdin.on('error', () => undefined)
  let problem = ''
  child.stderr.on('data', (piece: Buffer) => (problem += piece.toString()))
  const ended = once(child, 'close').then(([exitCode]: (number | null)[]) => ({
    exitCode: exitCode ?? null,
    problem,
  }))
  return { child, ended }
}

class Watch {
  readonly #at: Ask['at']
  readonly #hash = new Sha256()
  #bytes = 0
  #movedMs = performance.now()
  #longestStallMs = 0
  #isRun = false

  constructor({ at }: Ask) {
    this.#at = at
  }

  async moved(piece: Uint8Array): Promise<void> {
    this.#look()
    this.#hash.update(piece)
    this.#bytes += piece.length
    if (this.#isRun || this.#bytes < this.#at.bytes) return
    this.#isRun = true
    await this.#at.run()
    // What that took is no stall.
    this.#movedMs = performance.now()
  }

  result(ended: Pick<Watched, 'exitCode' | 'problem'>): Watched {
    this.#look()
    const longestStallMs = Math.round(this.#longestStallMs)
    return { ...ended, bytes: this.#bytes, sha256: this.#hash.digestHex(), longestStallMs }
  }

  #look(): void {
    const nowMs = performance.now()
    this.#longestStallMs = Math.max(this.#longestStallMs, nowMs - this.#movedMs)
    this.#movedMs = nowMs
  }
}
