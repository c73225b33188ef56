/**
 * Looks through a database after it was opened: that its pages hang together, and that every entry
 * stands in the index under its key. SQLite keeps no checksums: a flipped bit in a key of the index
 * would make an entry absent, which no reader could notice.
 *
 * It takes 1.7 us an entry, so opening waits for that of a small database only. A large one is
 * looked at while it is used already, by a thread that gives way to all else, and damage is told to
 * whoever uses it next.
 */
import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'

import { AnilloError } from '../base/errors.ts'
import { MIB } from '../base/limits.ts'
import type { CheckData, WriterData } from './database-talk.ts'
import { siblingModule } from './sibling-module.ts'

/**
 * Some 40,000 small entries, 0.07 s of a processor: five members that start together on one have
 * 5 s in all.
 */
const WAITED_BYTES_MAX = 16 * MIB

/** Looks through a whole database, however long that takes; answers what is wrong with it. */
export function checkDatabase(where: WriterData): Promise<string | undefined> {
  const worker = startChecking({ ...where, isWaitedFor: true })
  return new Promise((resolve) => {
    worker.once('message', (problem: string | undefined) => resolve(problem))
    worker.once('error', (error) => resolve(String(error)))
  })
}

export class DatabaseCheck {
  readonly #path: string
  readonly #worker: Worker
  readonly #exit: Promise<void>
  #damage: AnilloError | undefined

  private constructor(data: CheckData) {
    this.#path = data.path
    this.#worker = startChecking(data)
    this.#worker.unref()
    this.#exit = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (problem: string | undefined) => this.#found(problem))
    this.#worker.on('error', (error) => this.#found(String(error)))
  }

  /** Resolves when it is done, of a large database at once. @throws AnilloError DATA_DAMAGED */
  static async begin(
    where: WriterData,
    { waitedBytesMax = WAITED_BYTES_MAX } = {},
  ): Promise<DatabaseCheck> {
    const isWaitedFor = (await stat(where.file)).size <= waitedBytesMax
    const check = new DatabaseCheck({ ...where, isWaitedFor })
    if (isWaitedFor) await check.ended()
    check.pass()
    return check
  }

  /** Keeps the process alive until then. */
  async ended(): Promise<void> {
    this.#worker.ref()
    await this.#exit
  }

  /** @throws AnilloError DATA_DAMAGED when that was found */
  pass(): void {
    if (this.#damage !== undefined) throw this.#damage
  }

  /** The thread ends when SQLite lets it, which nobody has to wait for: it only reads. */
  close(): void {
    void this.#worker.terminate()
  }

  #found(problem: string | undefined): void {
    if (problem === undefined) return
    this.#damage = new AnilloError('DATA_DAMAGED', { path: this.#path, problem })
  }
}

function startChecking(data: CheckData): Worker {
  return new Worker(siblingModule('database-check-main.ts'), { workerData: data })
}
