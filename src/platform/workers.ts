/** A pool of threads: each runs one task at a time, and is replaced when it dies. */
import { Worker } from 'node:worker_threads'

import { BoundedQueue } from '../base/bounded-queue.ts'
import { AnilloError } from '../base/errors.ts'
import type { Workers } from '../effects/workers.ts'
import { siblingModule } from './sibling-module.ts'
import { unknownTask, type TaskAnswer, type TaskQuestion } from './worker-tasks.ts'

/** Input of a task is a page at most: 16 MiB each, so some hundred wait before memory tells. */
export const WAITING_TASKS_MAX = 256

export interface WorkersOptions {
  /** A module that exports `tasks` (worker-tasks.ts); without one no task is known. */
  readonly tasksModule: URL | undefined
  /** Started when there is work for them. */
  readonly threadsMax: number
}

interface Job {
  readonly question: TaskQuestion
  readonly settle: (answer: TaskAnswer) => void
  readonly fail: (error: Error) => void
  isCancelled: boolean
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
}

export function platformWorkers(options: WorkersOptions): Workers {
  const pool = new WorkerPool(options)
  return {
    run: (task, input, signal) => pool.run({ name: task, input }, signal),
    close: () => pool.close(),
  }
}

class WorkerPool {
  readonly #options: WorkersOptions
  readonly #waiting = new BoundedQueue<Job>(WAITING_TASKS_MAX)
  readonly #threads = new Set<Thread>()
  #isClosed = false

  constructor(options: WorkersOptions) {
    this.#options = options
  }

  async run(question: TaskQuestion, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new AnilloError('BUSY', { what: 'the end of this member' })
    if (this.#options.tasksModule === undefined) throw unknownTask(question.name)
    const { promise, resolve, reject } = Promise.withResolvers<TaskAnswer>()
    const job: Job = { question, settle: resolve, fail: reject, isCancelled: false }
    if (!this.#waiting.tryPush(job)) throw new AnilloError('BUSY', { what: 'tasks' })
    const cancel = (): void => this.#cancel(job, signal?.reason)
    signal?.addEventListener('abort', cancel)
    this.#assign()
    try {
      return outputOf(await promise)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const ended = new AnilloError('BUSY', { what: 'the end of this member' })
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      job.fail(ended)
    }
    const threads = [...this.#threads]
    for (const { job } of threads) job?.fail(ended)
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }

  /** A task that runs hears nothing: its thread is ended, and another takes the next one. */
  #cancel(job: Job, reason: unknown): void {
    job.isCancelled = true
    job.fail(reason instanceof Error ? reason : new Error('the task was cancelled'))
    for (const thread of this.#threads) {
      if (thread.job !== job) continue
      this.#threads.delete(thread)
      void thread.worker.terminate()
    }
    this.#assign()
  }

  #assign(): void {
    while (this.#waiting.size > 0) {
      const thread = this.#freeThread()
      if (thread === undefined) return
      const job = this.#waiting.shift()
      if (job === undefined || job.isCancelled) continue
      thread.job = job
      this.#send(thread, job)
    }
  }

  #send(thread: Thread, job: Job): void {
    try {
      thread.worker.postMessage(job.question)
    } catch (error) {
      // The input cannot be copied: a bug of the caller, who is told.
      thread.job = undefined
      job.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #freeThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.job === undefined) return thread
    return this.#threads.size < this.#options.threadsMax ? this.#startThread() : undefined
  }

  #startThread(): Thread {
    const worker = new Worker(siblingModule('worker-main.ts'), {
      workerData: this.#options.tasksModule?.href,
    })
    const thread: Thread = { worker, job: undefined }
    worker.unref()
    worker.on('message', (answer: TaskAnswer) => {
      const { job } = thread
      thread.job = undefined
      job?.settle(answer)
      this.#assign()
    })
    let problem = 'it ended'
    worker.on('error', (error) => {
      problem = String(error)
    })
    worker.on('exit', () => {
      this.#threads.delete(thread)
      thread.job?.fail(new AnilloError('INTERNAL', {}, { cause: `thread of tasks: ${problem}` }))
      if (!this.#isClosed) this.#assign()
    })
    this.#threads.add(thread)
    return thread
  }
}

function outputOf(answer: TaskAnswer): unknown {
  if (answer.kind === 'done') return answer.output
  throw new AnilloError(answer.code, answer.details, { cause: answer.problem })
}
