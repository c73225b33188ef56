/** A pool of threads: each runs one task at a time, and is replaced when it dies. */
import { Worker } from 'node:worker_threads'

import { BoundedQueue } from '../base/bounded-queue.ts'
import { AnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { TaskLimits, Workers } from '../effects/workers.ts'
import { siblingModule } from './sibling-module.ts'
import { unknownTask, type TaskAnswer, type TaskQuestion } from './worker-tasks.ts'

/** Input of a task is a page at most: 16 MiB each, so some hundred wait before memory tells. */
export const WAITING_TASKS_MAX = 256

/** Of one thread, MiB: the tree of a page of 16 MiB has as much. */
export const THREAD_HEAP_MIB_MAX = 512

/** A thread costs some 20 MiB; one that nobody needed for so long is ended. */
const IDLE_MS_DEFAULT = 30 * SECOND_MS

export interface WorkersOptions {
  /** A module that exports `tasks` (worker-tasks.ts); without one no task is known. */
  readonly tasksModule: URL | undefined
  /** Started when there is work for them. */
  readonly threadsMax: number
  readonly idleMs?: number
}

interface Job {
  readonly question: TaskQuestion
  readonly settle: (answer: TaskAnswer) => void
  readonly fail: (error: Error) => void
  readonly timeoutMs: number | undefined
  isCancelled: boolean
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
  /** Until its job takes too long, or it has been idle for too long. */
  timer: NodeJS.Timeout | undefined
}

export function platformWorkers(options: WorkersOptions): Workers {
  const pool = new WorkerPool(options)
  return {
    run: (task, input, limits = {}) => pool.run({ name: task, input }, limits),
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

  async run(question: TaskQuestion, { signal, timeoutMs }: TaskLimits): Promise<unknown> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new AnilloError('BUSY', { what: 'the end of this member' })
    if (this.#options.tasksModule === undefined) throw unknownTask(question.name)
    const { promise, resolve, reject } = Promise.withResolvers<TaskAnswer>()
    const job: Job = { question, settle: resolve, fail: reject, timeoutMs, isCancelled: false }
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
    for (const { job, timer } of threads) {
      clearTimeout(timer)
      job?.fail(ended)
    }
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }

  /** A task that runs hears nothing: its thread is ended, and another takes the next one. */
  #cancel(job: Job, reason: unknown): void {
    job.isCancelled = true
    job.fail(reason instanceof Error ? reason : new Error('the task was cancelled'))
    for (const thread of this.#threads) if (thread.job === job) this.#end(thread)
    this.#assign()
  }

  #end(thread: Thread): void {
    clearTimeout(thread.timer)
    this.#threads.delete(thread)
    void thread.worker.terminate()
  }

  #assign(): void {
    while (this.#waiting.size > 0) {
      const thread = this.#freeThread()
      if (thread === undefined) return
      const job = this.#waiting.shift()
      if (job === undefined || job.isCancelled) continue
      thread.job = job
      clearTimeout(thread.timer)
      this.#limit(thread, job)
      this.#send(thread, job)
    }
  }

  #limit(thread: Thread, job: Job): void {
    const { timeoutMs } = job
    if (timeoutMs === undefined) return
    thread.timer = setTimeout(() => {
      this.#cancel(job, new AnilloError('TASK_ENDED', { limit: `${timeoutMs / SECOND_MS} s` }))
    }, timeoutMs)
  }

  #send(thread: Thread, job: Job): void {
    try {
      thread.worker.postMessage(job.question)
    } catch (error) {
      // The input cannot be copied: a bug of the caller, who is told.
      this.#rest(thread)
      job.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #rest(thread: Thread): void {
    thread.job = undefined
    clearTimeout(thread.timer)
    const idleMs = this.#options.idleMs ?? IDLE_MS_DEFAULT
    thread.timer = setTimeout(() => this.#end(thread), idleMs).unref()
  }

  #freeThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.job === undefined) return thread
    return this.#threads.size < this.#options.threadsMax ? this.#startThread() : undefined
  }

  #startThread(): Thread {
    const worker = new Worker(siblingModule('worker-main.ts'), {
      workerData: this.#options.tasksModule?.href,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MIB_MAX },
    })
    const thread: Thread = { worker, job: undefined, timer: undefined }
    worker.unref()
    worker.on('message', (answer: TaskAnswer) => {
      const { job } = thread
      this.#rest(thread)
      job?.settle(answer)
      this.#assign()
    })
    let problem: unknown = 'it ended'
    worker.on('error', (error) => {
      problem = error
    })
    worker.on('exit', () => {
      this.#threads.delete(thread)
      clearTimeout(thread.timer)
      thread.job?.fail(endOf(problem))
      if (!this.#isClosed) this.#assign()
    })
    this.#threads.add(thread)
    return thread
  }
}

/** What a job is told whose thread died. */
function endOf(problem: unknown): AnilloError {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new AnilloError('TASK_ENDED', { limit: `${THREAD_HEAP_MIB_MAX} MiB of memory` })
  }
  return new AnilloError('INTERNAL', {}, { cause: `thread of tasks: ${String(problem)}` })
}

function outputOf(answer: TaskAnswer): unknown {
  if (answer.kind === 'done') return answer.output
  throw new AnilloError(answer.code, answer.details, { cause: answer.problem })
}
