/** Tasks of the worker threads, done in the one thread of the simulation. */
import { AnilloError } from '../../src/base/errors.ts'
import type { Workers } from '../../src/effects/workers.ts'
import type { Life } from './life.ts'

export type Task = (input: unknown) => unknown

export type TaskTable = Readonly<Record<string, Task>>

/** As many as the platform lets wait. */
const WAITING_MAX = 256
const TASK_MS = 5

export function virtualWorkers(life: Life, tasks: TaskTable): Workers {
  let waiting = 0
  return {
    run: async (name, input, signal) => {
      signal?.throwIfAborted()
      const task = tasks[name]
      if (task === undefined) throw new AnilloError('NOT_FOUND', { what: `task ${name}` })
      if (waiting >= WAITING_MAX) throw new AnilloError('BUSY', { what: 'tasks' })
      waiting++
      const copied: unknown = structuredClone(input)
      try {
        const done = life.answer(TASK_MS, `task ${name}`, () => task(copied))
        const output: unknown = await (signal === undefined
          ? done
          : Promise.race([done, aborted(signal)]))
        return structuredClone(output)
      } finally {
        waiting--
      }
    },
    close: async () => {},
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', abort, { once: true })
  })
}
