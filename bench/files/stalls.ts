/** How late the event loop of a member was, as `stall-watch.ts` tells it. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { SECOND_MS } from '../../src/base/limits.ts'
import { eventually } from '../store/cluster.ts'

export interface Stalls {
  readonly p99Ms: number
  readonly mostMs: number
}

/** Names the directory to the processes of a ring. */
export const STALLS_DIRECTORY = 'ANILLO_BENCH_STALLS'

const WATCH = fileURLToPath(new URL('stall-watch.ts', import.meta.url))
const ANSWER_MS = 10 * SECOND_MS

/** For `anillo up`, whose members inherit it. */
export async function stallWatchEnvironment(directory: string): Promise<Record<string, string>> {
  await mkdir(directory, { recursive: true })
  return { [STALLS_DIRECTORY]: directory, NODE_OPTIONS: `--import=${WATCH}` }
}

/** Since it was asked for the last time. */
export async function stallsOf(directory: string, pid: number): Promise<Stalls> {
  const file = join(directory, String(pid))
  await rm(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  let stalls: Stalls | undefined
  await eventually('the event loop of a member', ANSWER_MS, async () => {
    stalls = JSON.parse(await readFile(file, 'utf8')) as Stalls
    return true
  })
  if (stalls === undefined) throw new Error('a member did not tell')
  return stalls
}
