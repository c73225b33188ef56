/** Tasks of the worker threads, done in the one thread of the simulation. */
import { asAnilloError, AnilloError } from '../../src/base/errors.ts'
import type { Task, TaskTable, Workers } from '../../src/effects/workers.ts'
import type { Life } from './life.ts'
import { stoppable } from './stoppable.ts'

/** As many as the platform lets wait. */
const WAITING_MAX = 256
const TASK_MS = 5

export function virtualWorkers(life: Life, tasks: TaskTable): Workers {
  let waiting = 0
  return {
    run: async (name, input, { signal } = {}) => {
      signal?.throwIfAborted()
      const task = tasks[name]
      if (task === undefined) throw new AnilloError('NOT_FOUND', { what: `task ${name}` })
      if (waiting >= WAITING_MAX) throw new AnilloError('BUSY', { what: 'tasks' })
      waiting++
      const copied: unknown = structuredClone(input)
      try {
        return await stoppable(life, { signal, delayMs: TASK_MS, label: `task ${name}` }, () => {
          return structuredClone(resultOf(task, copied))
        })
      } finally {
        waiting--
      }
    },
    close: async () => {},
  }
}

/** As over a thread: what is no AnilloError arrives as one. */
function resultOf(task: Task, input: unknown): unknown {
  try {
    return task(input)
  } catch (error) {
    throw asAnilloError(error)
  }
}
