/**
 * Ends processes of the browser that grow beyond their bound. V8 bounds the objects of scripts;
 * what they hold beside them (typed arrays, images) it does not. On Linux alone: elsewhere no file
 * tells.
 */
import { readFile } from 'node:fs/promises'

import { Type } from 'typebox'

import { KIB } from '../../base/limits.ts'
import type { RenderLimits } from '../../effects/browser.ts'
import { reader } from '../../wire/method.ts'
import type { DevtoolsPipe } from './pipe.ts'

const Processes = Type.Object({
  processInfo: Type.Array(Type.Object({ type: Type.String(), id: Type.Integer() })),
})
const readProcesses = reader(Processes)

/** A process that takes all it can gets some hundred MiB in between. */
const LOOK_EVERY_MS = 250

export class MemoryWatch {
  readonly #pipe: DevtoolsPipe
  readonly #limits: MemoryLimits
  #timer: NodeJS.Timeout | undefined

  constructor(pipe: DevtoolsPipe, limits: MemoryLimits) {
    this.#pipe = pipe
    this.#limits = limits
  }

  begin(): void {
    if (process.platform !== 'linux' || this.#timer !== undefined) return
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    const told = readProcesses(await this.#pipe.call('SystemInfo.getProcessInfo'))
    const taken = (told?.processInfo ?? []).map(async ({ id, type }) => {
      return { id, isBrowser: type === 'browser', ...(await memoryOf(id)) }
    })
    for (const { id, isBrowser } of toEnd(await Promise.all(taken), this.#limits)) {
      if (isBrowser) this.#pipe.end('its pages took too much memory')
      process.kill(id, 'SIGKILL')
    }
  }
}

export type MemoryLimits = Pick<RenderLimits, 'processBytesMax' | 'allBytesMax'>

/** Bytes. */
export interface ProcessMemory {
  readonly id: number
  /** That started the others, and keeps files that scripts make (`Blob`) for them. */
  readonly isBrowser: boolean
  readonly resident: number
  /** Without what it shares with the others because it is of the same program. */
  readonly own: number
}

/**
 * Those that are too large; and where all together are, the largest that draws: a page with a
 * hundred frames of other sites has a hundred processes.
 */
export function toEnd(
  all: readonly ProcessMemory[],
  { allBytesMax, processBytesMax }: MemoryLimits,
): readonly ProcessMemory[] {
  const tooLarge = all.filter(({ isBrowser, own, resident }) =>
    isBrowser ? own > processBytesMax : resident > processBytesMax,
  )
  const left = all.filter((one) => !tooLarge.includes(one))
  const sum = left.reduce((bytes, { own }) => bytes + own, 0)
  if (sum <= allBytesMax) return tooLarge
  const drawing = left.filter(({ isBrowser }) => !isBrowser)
  const [largest] = drawing.toSorted((a, b) => b.own - a.own)
  return largest === undefined ? tooLarge : [...tooLarge, largest]
}

async function memoryOf(pid: number): Promise<Pick<ProcessMemory, 'resident' | 'own'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const bytesOf = (name: string): number =>
    Number(new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * KIB
  return { resident: bytesOf('VmRSS'), own: bytesOf('RssAnon') + bytesOf('RssShmem') }
}
