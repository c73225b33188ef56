/** The writing thread of a database, seen from the thread that reads. */
import { Worker } from 'node:worker_threads'

import { present } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import {
  OPENING,
  type WriterAnswer,
  type WriterData,
  type WriterQuestion,
} from './database-talk.ts'
import { siblingModule } from './sibling-module.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class DatabaseThread {
  readonly #path: string
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastNumber = OPENING
  /** Why it ended, once it has. */
  #ended: AnilloError | undefined

  private constructor(where: WriterData) {
    this.#path = where.path
    this.#worker = new Worker(siblingModule('database-worker-main.ts'), { workerData: where })
    this.#worker.on('message', (answer: WriterAnswer) => this.#settle(answer))
    let problem = 'its thread ended'
    this.#worker.on('error', (error) => {
      problem = String(error)
    })
    this.#worker.on('exit', () => this.#end(problem))
  }

  /** Resolves when the database is open. @throws AnilloError DATA_DAMAGED */
  static async start(where: WriterData): Promise<DatabaseThread> {
    const thread = new DatabaseThread(where)
    try {
      await thread.#answerTo(OPENING)
      return thread
    } catch (error) {
      await thread.#worker.terminate()
      throw error
    }
  }

  /** The batch is moved: it cannot be read here afterwards. */
  write(batch: ArrayBuffer): Promise<void> {
    return this.#ask({ number: this.#nextNumber(), kind: 'write', batch }, [batch])
  }

  checkpoint(): Promise<void> {
    return this.#ask({ number: this.#nextNumber(), kind: 'checkpoint' }, [])
  }

  async close(): Promise<void> {
    await this.#ask({ number: this.#nextNumber(), kind: 'close' }, [])
    await this.#worker.terminate()
  }

  #nextNumber(): number {
    this.#lastNumber++
    return this.#lastNumber
  }

  async #ask(question: WriterQuestion, moved: readonly ArrayBuffer[]): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended
    this.#worker.postMessage(question, moved)
    await this.#answerTo(question.number)
  }

  /** The thread keeps the process alive while something is asked of it. */
  #answerTo(number: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.set(number, { resolve, reject })
    this.#worker.ref()
    return promise
  }

  #settle(answer: WriterAnswer): void {
    const { resolve, reject } = present(this.#waiting.get(answer.number), 'who asked')
    this.#waiting.delete(answer.number)
    if (this.#waiting.size === 0) this.#worker.unref()
    if (answer.kind === 'done') resolve()
    else reject(new AnilloError(answer.code, answer.details, { cause: answer.problem }))
  }

  #end(problem: string): void {
    this.#ended = new AnilloError('DATA_NOT_WRITABLE', { path: this.#path, problem })
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
