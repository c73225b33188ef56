/** What the pool and its threads say to each other. */
import { assert } from '../base/assert.ts'
import { AnilloError, type ErrorCode, type ErrorDetails } from '../base/errors.ts'
import type { Task, TaskTable } from '../effects/workers.ts'

export interface TaskQuestion {
  readonly name: string
  readonly input: unknown
}

export type TaskAnswer =
  | { readonly kind: 'done'; readonly output: unknown }
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode
      readonly details: ErrorDetails
      /** Stack of what the task threw, where that was no AnilloError. */
      readonly problem: string
    }

export function unknownTask(name: string): AnilloError {
  return new AnilloError('NOT_FOUND', { what: `task ${name}` })
}

/** The table that a module exports by the name `tasks`. */
export function readTaskTable(module: unknown): TaskTable {
  assert(typeof module === 'object' && module !== null, 'a module of tasks is loaded')
  const tasks: unknown = 'tasks' in module ? module.tasks : undefined
  assert(typeof tasks === 'object' && tasks !== null, 'a module of tasks exports “tasks”')
  const table: Record<string, Task> = {}
  for (const [name, task] of Object.entries(tasks)) {
    assert(isTask(task), `task ${name} is a function`)
    table[name] = task
  }
  return table
}

function isTask(value: unknown): value is Task {
  return typeof value === 'function'
}
