/**
 * Takes rows that nobody reads any more out of the database, bit by bit: of groups that were
 * dropped, of states that a snapshot replaced, of snapshots that were broken off.
 */
import { KIB } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Database } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { behind, behindPrefix, rowPrefix, type Incarnation } from './keys.ts'

/** One piece, and the pause before the next: at most 25,000 rows or 12 MiB a second. */
const PIECE_ROWS = 512
const PIECE_BYTES = 256 * KIB
const PAUSE_MS = 20
/** After a piece that could not be written; even a deletion needs space for a moment. */
const RETRY_MS = 1_000

export interface Garbage {
  readonly group: PartitionId
  readonly incarnation: Incarnation
}

export class Cleaner {
  readonly #clock: Clock
  readonly #database: Database
  readonly #garbage: Garbage[] = []
  #timer: Timer | undefined
  #working: Promise<void> | undefined
  #isStopped = false

  constructor(clock: Clock, database: Database) {
    this.#clock = clock
    this.#database = database
  }

  /** Nothing is left to be taken away. */
  get isIdle(): boolean {
    return this.#garbage.length === 0
  }

  add(garbage: Garbage): void {
    this.#garbage.push(garbage)
    this.#schedule(PAUSE_MS)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#working
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#working !== undefined || this.#isStopped) return
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined
      this.#working = this.#work()
    })
  }

  async #work(): Promise<void> {
    let delayMs = PAUSE_MS
    try {
      await this.#cleanPiece()
    } catch {
      // Garbage harms nobody; whoever writes what matters tells of a broken medium.
      delayMs = RETRY_MS
    }
    this.#working = undefined
    if (this.#garbage.length > 0) this.#schedule(delayMs)
  }

  async #cleanPiece(): Promise<void> {
    const [garbage] = this.#garbage
    if (garbage === undefined) return
    const from = rowPrefix(garbage.group, garbage.incarnation)
    const to = behindPrefix(garbage.group, garbage.incarnation)
    const found = this.#database.scan({ from, to, limit: PIECE_ROWS, bytesMax: PIECE_BYTES })
    const last = found.at(-1)
    if (last === undefined) {
      this.#garbage.shift()
      return
    }
    await this.#database.write([{ kind: 'deleteRange', from, to: behind(last.key) }])
  }
}
