/**
 * Programs that a measurement starts: each with a time within which it ends, all ended at the end.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { SECOND_MS } from '../../src/base/limits.ts'

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 180 * SECOND_MS
const SAID_CHARS = 400
const STOP_MS = 3 * SECOND_MS

export class Programs {
  readonly #running = new Set<ChildProcess>()

  /** What it wrote to standard output. @throws Error where it fails or takes too long */
  async run(words: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    const { env = {}, timeoutMs = TIMEOUT_MS } = options
    const child = this.#spawn(words, env)
    const pieces: Buffer[] = []
    let said = ''
    child.stdout?.on('data', (piece: Buffer) => void pieces.push(piece))
    child.stderr?.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-SAID_CHARS)
    })
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      signal(child, 'SIGKILL')
    }, timeoutMs)
    const [code] = (await once(child, 'close')) as [number | null]
    clearTimeout(timer)
    this.#running.delete(child)
    const [name = ''] = words
    if (isLate) throw new Error(`${name}: not within ${timeoutMs / SECOND_MS} s`)
    if (code !== 0) throw new Error(`${name}: ${said.trim() || `ended with ${code}`}`)
    return Buffer.concat(pieces)
  }

  /** Goes on until `stop`. What it says stands in `said` for whoever wonders why it ended. */
  start(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): { readonly pid: number; readonly said: () => string; readonly isOver: () => boolean } {
    const child = this.#spawn(words, env)
    let said = ''
    const listen = (piece: Buffer): void => {
      said = (said + piece.toString()).slice(-SAID_CHARS)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
    return { pid: child.pid ?? 0, said: () => said, isOver }
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#running, stopped))
    this.#running.clear()
  }

  /** In a group of its own, with which all that it starts ends. */
  #spawn([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>>) {
    // Without input: some that find a socket there serve it alone.
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.on('error', () => undefined)
    this.#running.add(child)
    return child
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  signal(child, 'SIGTERM')
  const timer = setTimeout(() => signal(child, 'SIGKILL'), STOP_MS)
  await gone
  clearTimeout(timer)
  // Those of its group that did not end with it.
  signal(child, 'SIGKILL')
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // It is gone.
  }
}
