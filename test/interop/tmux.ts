/** A program in a terminal of a given size, by tmux: keys go in, the screen comes out. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { programPath } from '../../tools/lib/programs.ts'

const run = promisify(execFile)
const LOOK_AGAIN_MS = 100

export interface TmuxOptions {
  readonly columns: number
  readonly rows: number
  readonly env: Readonly<Record<string, string>>
}

export class Tmux implements AsyncDisposable {
  /** Of a server of its own: no other terminal of this machine is touched. */
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  static async start(
    command: readonly string[],
    { columns, env, rows }: TmuxOptions,
  ): Promise<Tmux> {
    const tmux = new Tmux(await mkdtemp(join(tmpdir(), 'anillo-tmux-')))
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const begin = ['new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '--', 'env']
    await tmux.#tell(...begin, ...variables, ...command)
    // What ended can still be looked at.
    await tmux.#tell('set-option', 'remain-on-exit', 'on')
    return tmux
  }

  /** As from a keyboard. */
  async type(text: string): Promise<void> {
    await this.#tell('send-keys', '-l', '--', text)
  }

  /** By its name in tmux: `Enter`, `Tab`, `Up`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tell('send-keys', ...keys)
  }

  async enter(line: string): Promise<void> {
    await this.type(line)
    await this.press('Enter')
  }

  /** Lines without what is blank at their ends, and at the end. */
  async screen(): Promise<string> {
    const { stdout } = await this.#tell('capture-pane', '-p')
    return stdout
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** The screen, once it looks so. */
  async until(pattern: RegExp): Promise<string> {
    const endMs = Date.now() + PATIENCE_MS
    for (;;) {
      const screen = await this.screen()
      if (pattern.test(screen)) return screen
      if (Date.now() > endMs) throw new Error(`never ${pattern} on the screen:\n${screen}`)
      await pause(LOOK_AGAIN_MS)
    }
  }

  /** Until the program has ended. */
  async ended(): Promise<void> {
    const endMs = Date.now() + PATIENCE_MS
    for (;;) {
      const { stdout } = await this.#tell('list-panes', '-F', '#{pane_dead}')
      if (stdout.trim() === '1') return
      if (Date.now() > endMs) throw new Error(`it goes on:\n${await this.screen()}`)
      await pause(LOOK_AGAIN_MS)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tell('kill-server')
    await rm(this.#directory, { recursive: true })
  }

  #tell(...words: readonly string[]): Promise<{ readonly stdout: string }> {
    const socket = join(this.#directory, 'socket')
    return run(programPath('tmux'), ['-S', socket, '-f', '/dev/null', ...words])
  }
}
