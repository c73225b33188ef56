/** Work that would hold up the event loop for more than 20 ms, done beside it. */

/** Input and output must be such that they can be copied between threads. */
export type Task = (input: unknown) => unknown

/** Tasks by name. */
export type TaskTable = Readonly<Record<string, Task>>

export interface TaskLimits {
  readonly signal?: AbortSignal
  /** From when a thread takes it. A task that runs longer is ended with its thread. */
  readonly timeoutMs?: number
}

export interface Workers {
  /**
   * Runs a task known by name; input and output are copied. @throws AnilloError BUSY when too many
   * wait, NOT_FOUND when there is no such task, TASK_ENDED when it took too much time or memory,
   * and what the task threw.
   */
  run(task: string, input: unknown, limits?: TaskLimits): Promise<unknown>
  close(): Promise<void>
}
