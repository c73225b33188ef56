/** A program that runs to its end, with the time that it took and what it used. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { memoryOf } from '../store/usage.ts'

export interface Timed {
  readonly seconds: number
  /** Of it and of what it started, user and system. */
  readonly cpuSeconds: number
  readonly peakMib: number
  readonly exitCode: number
  /** The end of its standard error. */
  readonly said: string
}

const LOOK_MS = 100
const SAID_CHARS = 300
/** What `time` of bash prints, in this form. */
const TIMES = /^times (\S+) (\S+) (\S+)$/m
/** The script hands its arguments to the program; `time` tells what that took. */
const SCRIPT = 'TIMEFORMAT="times %R %U %S"; time "$@" 3>&-'

export async function timed(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const child = spawn('bash', ['-c', SCRIPT, 'timed', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4 * SAID_CHARS)
  })
  let peakMib = 0
  const looking = setInterval(() => {
    void peakOfChildren(child.pid).then((mib) => {
      peakMib = Math.max(peakMib, mib)
    })
  }, LOOK_MS)
  const [exitCode] = (await once(child, 'close')) as [number | null]
  clearInterval(looking)
  const [, seconds, user, system] = TIMES.exec(said) ?? []
  const cpuSeconds = Number(user) + Number(system)
  return { seconds: Number(seconds), cpuSeconds, peakMib, exitCode: exitCode ?? 1, said }
}

/** The shell itself is small; what it runs is not. */
async function peakOfChildren(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0
  const list = spawn('pgrep', ['-P', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  for await (const piece of list.stdout) text += String(piece)
  const pids = text.split('\n').filter((line) => line !== '')
  const all = await Promise.all(pids.map((each) => memoryOf(Number(each)).catch(() => undefined)))
  return Math.max(0, ...all.map((memory) => memory?.peakMib ?? 0))
}
