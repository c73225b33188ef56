/**
 * A stranger follows docs/first-steps.md: each command of its second part is typed into one shell,
 * and says what the page shows below it. Needs curl and python3.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { fromRoot } from '../../tools/lib/paths.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'

const PAGE = readFileSync(fromRoot('docs/first-steps.md'), 'utf8')
/** What is typed, and what is shown right below it, where anything is. */
const STEP = /^```sh\n([^]*?)^```\n(?:\n```\n([^]*?)^```\n)?/gm
const UNSHARE = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child']

interface Step {
  readonly typed: string
  readonly shown: readonly string[]
}

const steps: readonly Step[] = [...PAGE.matchAll(STEP)].map(([, typed = '', shown = '']) => ({
  typed,
  shown: shown.split('\n').filter((line) => line !== ''),
}))

/** One line as it is at any time: numbers, ids, passwords and places of this run taken out. */
function timeless(line: string): string {
  return line
    .replace(/\S*(?=\/ana\/admin-password)/, '…')
    .replace(/password [\w-]+,/, 'password #,')
    .replaceAll(/\b[0-9a-f]{8,}\b/g, '#')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/(#\.#\.#\.#:#)(, #\.#\.#\.#:#)+/g, '$1')
    .trim()
}

/** A shell in networks of its own, which is told one step after the other. */
class Shell {
  readonly #process: ChildProcessWithoutNullStreams
  #said = ''
  #wake: () => void = () => {}
  #isOver = false

  constructor(flags: readonly string[]) {
    const env = { ...process.env, NO_COLOR: '1', ANILLO_ADMIN_PASSWORD: '', ANILLO_TOKEN: '' }
    const options = { cwd: fromRoot('.'), env }
    this.#process = spawn('unshare', [...flags, 'bash'], options)
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
  end(): void {
    this.#process.stdin.end('exit\n')
    this.#process.kill('SIGKILL')
  }
}

/** The flags with which this account may make networks of its own; none where it may not. */
function flagsHere(): readonly string[] | undefined {
  return [['--map-root-user', ...UNSHARE], UNSHARE].find(
    (flags) => spawnSync('unshare', [...flags, 'true']).status === 0,
  )
}

test('the commands of the page make a ring of three, and say what it shows', async (t) => {
  assert.ok(steps.length > 10, 'the page has its steps')
  const flags = flagsHere()
  if (flags === undefined) {
    t.skip('this account may make no networks of its own')
    return
  }
  const shell = new Shell(flags)
  t.after(() => shell.end())
  let before = ''
  for (const { typed, shown } of steps) {
    const code = /with the code (\d{6})/.exec(before)?.[1]
    const text = code === undefined ? typed : typed.replace(/admit \d{6}/, `admit ${code}`)
    const said = await shell.type(text)
    const lines = said.split('\n').map(timeless)
    let at = -1
    for (const line of shown) {
      at = lines.findIndex((one, index) => index > at && one === timeless(line))
      assert.ok(at >= 0, `“${line}” is not said after\n${text}\nbut\n${said}`)
    }
    before = said
  }
})
