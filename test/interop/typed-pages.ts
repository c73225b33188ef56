/** Pages whose commands are typed as they stand there, and say what stands below them. */
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { fromRoot } from '../../tools/lib/paths.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'

/** What is typed, and what is shown right below it, where anything is. */
const STEP = /^```sh\n([^]*?)^```\n(?:\n```\n([^]*?)^```\n)?/gm
const UNSHARE = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child']

export interface Step {
  readonly typed: string
  /** Lines, in their order; others may stand between them. */
  readonly shown: readonly string[]
}

export function stepsOf(page: string): readonly Step[] {
  return [...readFileSync(fromRoot(page), 'utf8').matchAll(STEP)].map(
    ([, typed = '', shown = '']) => ({
      typed,
      shown: shown.split('\n').filter((line) => line !== ''),
    }),
  )
}

/** Fails where a line that the page shows was not said, in the order of the page. */
export function assertShown({ typed, shown }: Step, said: string): void {
  const lines = said.split('\n').map(timeless)
  let at = -1
  for (const line of shown) {
    const pattern = patternOf(line)
    at = lines.findIndex((one, index) => index > at && pattern.test(one))
    assert.ok(at >= 0, `“${line}” is not said after\n${typed}\nbut\n${said}`)
  }
}

/** `…` stands for anything. */
function patternOf(line: string): RegExp {
  const parts = line
    .split('…')
    .map((part) => timeless(part).replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`)
}

/** As it is at any time: numbers, ids and passwords of one run taken out. */
function timeless(text: string): string {
  return text
    .replace(/password [\w-]+,/, 'password #,')
    .replaceAll(/\b[0-9a-f]{8,}\b/g, '#')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/(#\.#\.#\.#:#)(, #\.#\.#\.#:#)+/g, '$1')
    .trim()
}

/** A shell in networks of its own, which is told one step after the other. */
export class Shell implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams
  #said = ''
  #wake: () => void = () => {}
  #isOver = false

  /** `undefined` where this account may make no networks of its own. */
  static open(): Shell | undefined {
    const flags = [['--map-root-user', ...UNSHARE], UNSHARE].find(
      (some) => spawnSync('unshare', [...some, 'true']).status === 0,
    )
    return flags === undefined ? undefined : new Shell(flags)
  }

  private constructor(flags: readonly string[]) {
    const env = { ...process.env, NO_COLOR: '1', ANILLO_ADMIN_PASSWORD: '', ANILLO_TOKEN: '' }
    this.#process = spawn('unshare', [...flags, 'bash'], { cwd: fromRoot('.'), env })
    const heard = (text: string): void => {
      this.#said += text
      this.#wake()
    }
    this.#process.stdout.setEncoding('utf8').on('data', heard)
    this.#process.stderr.setEncoding('utf8').on('data', heard)
    this.#process.once('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** What it says until the step is over. */
  async type(text: string): Promise<string> {
    const end = `step ${process.pid} is over`
    this.#said = ''
    this.#process.stdin.write(`{\n${text}\n} 2>&1\necho; echo "${end}"\n`)
    const deadlineMs = performance.now() + PATIENCE_MS
    while (!this.#said.includes(end)) {
      const leftMs = deadlineMs - performance.now()
      assert.ok(!this.#isOver && leftMs > 0, `“${text}” came to no end:\n${this.#said}`)
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, leftMs)
      this.#wake = resolve
      await promise
      clearTimeout(timer)
    }
    return this.#said
  }

  /** All that runs in it ends with it. */
  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL')
  }
}
