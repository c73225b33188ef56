/**
 * Ends processes of the browser that grow beyond their bound. V8 bounds the objects of scripts;
 * what they hold beside them (typed arrays, images) it does not. On Linux alone: elsewhere no file
 * tells.
 */
import { readFile } from 'node:fs/promises'

import { Type } from 'typebox'

import { KIB } from '../../base/limits.ts'
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
  readonly #bytesMax: number
  #timer: NodeJS.Timeout | undefined

  constructor(pipe: DevtoolsPipe, bytesMax: number) {
    this.#pipe = pipe
    this.#bytesMax = bytesMax
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
    for (const { id, type } of told?.processInfo ?? []) {
      if (type !== 'browser' && (await residentBytes(id)) > this.#bytesMax) {
        process.kill(id, 'SIGKILL')
      }
    }
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * KIB
}
