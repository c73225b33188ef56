/** Turns of the event loops of a ring's members, as `turn-watch.ts` writes them down. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Of one second. */
export interface Turns {
  /** Unix time. */
  readonly endMs: number
  readonly longestMs: number
  readonly longestCpuMs: number
}

/** Names the directory to the processes of a ring. */
export const TURNS_DIRECTORY = 'ANILLO_BENCH_TURNS'

const WATCH = fileURLToPath(new URL('turn-watch.ts', import.meta.url))

/** For `anillo up`, whose members inherit it. */
export async function turnWatchEnvironment(directory: string): Promise<Record<string, string>> {
  await mkdir(directory, { recursive: true })
  return { [TURNS_DIRECTORY]: directory, NODE_OPTIONS: `--import=${WATCH}` }
}

/** Since `sinceMs` (Unix time), of all these processes. */
export async function longestTurns(
  directory: string,
  pids: readonly number[],
  sinceMs: number,
): Promise<Omit<Turns, 'endMs'>> {
  const files = await Promise.all(pids.map((pid) => turnsOf(join(directory, String(pid)))))
  const turns = files.flat().filter(({ endMs }) => endMs > sinceMs)
  return {
    longestMs: Math.max(0, ...turns.map(({ longestMs }) => longestMs)),
    longestCpuMs: Math.max(0, ...turns.map(({ longestCpuMs }) => longestCpuMs)),
  }
}

async function turnsOf(file: string): Promise<readonly Turns[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Turns)
}
