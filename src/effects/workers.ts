/** Work that would hold up the event loop for more than 20 ms, done beside it. */

/** Input and output must be such that they can be copied between threads. */
export type Task = (input: unknown) => unknown

/** Tasks by name. */
export type TaskTable = Readonly<Record<string, Task>>

export interface Workers {
  /**
   * Runs a task known by name; input and output are copied. @throws AnilloError BUSY when too many
   * wait, NOT_FOUND when there is no such task, and what the task threw.
   */
  run(task: string, input: unknown, signal?: AbortSignal): Promise<unknown>
  close(): Promise<void>
}
