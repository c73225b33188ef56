/** Work that would hold up the event loop for more than 20 ms, done beside it. */

export interface Workers {
  /**
   * Runs a task known by name; input and output are copied. @throws AnilloError BUSY when too many
   * wait, and what the task threw.
   */
  run(task: string, input: unknown, signal?: AbortSignal): Promise<unknown>
  close(): Promise<void>
}
