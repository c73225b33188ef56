/** Servers of peers as child processes, in a directory of their own. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { eventually } from '../store/cluster.ts'

const READY_TIMEOUT_MS = 20_000

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}

export class Programs {
  readonly directory: string
  readonly #running: ChildProcess[] = []

  static async make(name: string): Promise<Programs> {
    return new Programs(await mkdtemp(join(tmpdir(), `anillo-bench-${name}-`)))
  }

  private constructor(directory: string) {
    this.directory = directory
  }

  /** Resolves once `answers` does, which is tried again and again. */
  async start(
    words: readonly string[],
    answers: readonly string[],
    ids?: { readonly uid: number; readonly gid: number },
  ): Promise<void> {
    const [file = '', ...args] = words
    this.#running.push(spawn(file, args, { stdio: 'ignore', cwd: this.directory, ...ids }))
    const [asked = '', ...with_] = answers
    await eventually(`${file} answers`, READY_TIMEOUT_MS, async () => {
      return spawnSync(asked, with_).status === 0
    })
  }

  async run(
    words: readonly string[],
    ids?: { readonly uid: number; readonly gid: number },
  ): Promise<string> {
    const [file = '', ...args] = words
    const { stdout } = await promisify(execFile)(file, args, { cwd: this.directory, ...ids })
    return stdout
  }

  /** With the processes that they started themselves. */
  async pids(): Promise<readonly number[]> {
    const own = this.#running.map(({ pid }) => pid).filter((pid) => pid !== undefined)
    const told = await Promise.all(own.map(childrenOf))
    return [...own, ...told.flat()]
  }

  async stop(): Promise<void> {
    for (const program of this.#running.toReversed()) {
      if (program.exitCode !== null || program.signalCode !== null) continue
      const gone = once(program, 'exit')
      program.kill('SIGINT')
      await gone
    }
    await rm(this.directory, { recursive: true, force: true })
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const told = await promisify(execFile)('pgrep', ['-P', String(pid)]).catch(() => undefined)
  return (told?.stdout ?? '').split('\n').filter(Boolean).map(Number)
}
