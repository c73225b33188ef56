/** What the pool and its threads say to each other. */
import { assert } from '../base/assert.ts'
import type { ErrorCode, ErrorDetails } from '../base/errors.ts'

/** Input and output must be such that they can be copied between threads. */
export type Task = (input: unknown) => unknown

/** A module of tasks exports it by the name `tasks`. */
export type TaskTable = Readonly<Record<string, Task>>

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
