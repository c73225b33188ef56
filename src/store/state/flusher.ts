/**
 * Moves what is applied from the overlays into the database: one batch at a time over all groups,
 * in order of the keys. A group goes whole, its rows with its mark, so that whatever a crash leaves
 * is what some mark says. It waits, so that a key written often is sealed and written once: nobody
 * waits for the database, and the log holds what it does not.
 */
import { assert } from '../../base/assert.ts'
import { isAnilloError } from '../../base/errors.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Database, DatabaseWrite } from '../../effects/database.ts'
import type { HeldGroup, Portion } from './held-group.ts'
import { markKey, rowPrefix } from './keys.ts'
import { rowKeyOf } from './overlay.ts'
import { SEALED_A_TURN, turnOver } from './pieces.ts'
import { encodeMark } from './rows.ts'
import type { Sealer } from './sealer.ts'

/**
 * How long what a group applied waits for more. Beyond what rows that are written over and over
 * save by it, longer means more to apply again after a crash: some 100 ms for each second.
 */
export const FLUSH_DELAY_MS = 10 * SECOND_MS
/**
 * With so many bytes over all groups, those that wait longest do not wait for their time, until it
 * is half: a busy member has less to apply again after a crash, and a batch is still worth a write.
 */
export const FLUSH_BYTES = 2 * MIB
/** A batch takes no further group behind so many. */
const BATCH_BYTES = MIB
/** Before a full disk is tried again. */
const FULL_RETRY_MS = SECOND_MS

export interface FlusherOptions {
  readonly clock: Clock
  readonly database: Database
  readonly sealer: Sealer
  /** The medium failed: nothing is written from then on. */
  readonly onFailure: (error: unknown) => void
}

interface Waiter {
  /** How many of each group's commits must be in the database. */
  readonly commits: ReadonlyMap<HeldGroup, number>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Flusher {
  readonly #options: FlusherOptions
  /** Groups with something to write, and since when: the one that waits longest first. */
  readonly #dirty = new Map<HeldGroup, number>()
  #waiters: Waiter[] = []
  #isRunning = false
  /** The disk was full the last time. */
  #isFull = false
  #timer: Timer | undefined
  #end: { readonly error: unknown } | undefined

  constructor(options: FlusherOptions) {
    this.#options = options
  }

  /** `isUrgent`: there is so much to write that waiting helps no more. */
  applied(group: HeldGroup, isUrgent: boolean): void {
    this.#wait(group)
    if (this.#isRunning || this.#end !== undefined) return
    if (isUrgent && !this.#isFull) this.#start()
    else if (this.#timer === undefined) this.#startLater()
  }

  /** What these groups have applied is in the database; what is being replaced is left out. */
  flush(groups: Iterable<HeldGroup>): Promise<void> {
    const commits = new Map<HeldGroup, number>()
    for (const group of groups) {
      if (!group.isServed || group.writtenCommits === group.commits) continue
      commits.set(group, group.commits)
      this.#wait(group)
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (this.#end !== undefined) reject(this.#end.error)
    else if (commits.size === 0) resolve()
    else {
      this.#waiters.push({ commits, resolve, reject })
      if (!this.#isRunning) this.#start()
    }
    return promise
  }

  /** Nothing is written afterwards. */
  stop(error: unknown): void {
    this.#end ??= { error }
    this.#timer?.cancel()
    this.#failWaiters(error)
  }

  #wait(group: HeldGroup): void {
    if (!this.#dirty.has(group)) this.#dirty.set(group, this.#options.clock.nowMs())
  }

  /** When the time of the group that waits longest is up. */
  #startLater(): void {
    const [sinceMs] = this.#dirty.values()
    if (sinceMs === undefined) return
    const { clock } = this.#options
    const delayMs = Math.max(0, sinceMs + FLUSH_DELAY_MS - clock.nowMs())
    this.#timer = clock.after(delayMs, () => this.#start())
  }

  #start(): void {
    assert(!this.#isRunning, 'one batch is written at a time')
    this.#timer?.cancel()
    this.#timer = undefined
    this.#isRunning = true
    void this.#run()
  }

  async #run(): Promise<void> {
    let portions = this.#take()
    while (portions.length > 0) {
      try {
        await this.#write(portions)
        this.#isFull = false
      } catch (error) {
        this.#isRunning = false
        this.#failed(portions, error)
        return
      }
      this.#answerWaiters()
      await turnOver(this.#options.clock)
      portions = this.#end === undefined ? this.#take() : []
    }
    this.#answerWaiters()
    this.#isRunning = false
    if (this.#end === undefined) this.#startLater()
  }

  /**
   * What is waited for, what is too much, and what has waited half of its time: a batch is less
   * work than two.
   */
  #take(): readonly Portion[] {
    const wanted = new Set(this.#waiters.flatMap(({ commits }) => [...commits.keys()]))
    const dueMs = this.#options.clock.nowMs() - FLUSH_DELAY_MS / 2
    const unwritten = this.#unwrittenBytes()
    let excess = unwritten < FLUSH_BYTES ? -1 : unwritten - FLUSH_BYTES / 2
    const portions: Portion[] = []
    let bytes = 0
    for (const [group, sinceMs] of this.#dirty) {
      if (bytes >= BATCH_BYTES) break
      if (excess < 0 && sinceMs > dueMs && !wanted.has(group)) continue
      excess -= group.unwrittenBytes
      // One that is being replaced asks again when it is not.
      this.#dirty.delete(group)
      if (!group.isServed) continue
      portions.push(group.portion())
      bytes += group.unwrittenBytes
    }
    return portions.toSorted((a, b) => a.group.group - b.group.group)
  }

  async #write(portions: readonly Portion[]): Promise<void> {
    const sealed = await this.#sealed(portions)
    await turnOver(this.#options.clock)
    // While values were sealed a group may have gone: nothing of it may be written behind that.
    const kept = sealed.filter(({ portion }) => portion.group.isCurrent(portion))
    const batch = kept.flatMap(({ writes }) => writes)
    for (const { mark } of kept) batch.push(mark)
    await this.#options.database.write(batch)
    for (const { portion } of kept) portion.group.settle(portion)
  }

  async #sealed(portions: readonly Portion[]): Promise<readonly SealedPortion[]> {
    const { sealer, clock } = this.#options
    const done: SealedPortion[] = []
    let count = 0
    for (const portion of portions) {
      const { group, incarnation, mark } = portion
      const prefix = rowPrefix(group.group, incarnation)
      const writes: DatabaseWrite[] = []
      for (const [name, { value }] of portion.rows) {
        const key = rowKeyOf(prefix, name)
        if (value === undefined) writes.push({ kind: 'delete', key })
        else writes.push({ kind: 'put', key, value: sealer.seal(value, key) })
        if (++count % SEALED_A_TURN === 0) await turnOver(clock)
      }
      const key = markKey(group.group)
      const value = sealer.seal(encodeMark({ incarnation, mark }), key)
      done.push({ portion, writes, mark: { kind: 'put', key, value } })
    }
    return done
  }

  #unwrittenBytes(): number {
    let bytes = 0
    for (const group of this.#dirty.keys()) bytes += group.unwrittenBytes
    return bytes
  }

  /** A full disk may have room later; anything else is the end. */
  #failed(portions: readonly Portion[], error: unknown): void {
    for (const { group } of portions) this.#dirty.set(group, -Infinity)
    if (this.#end !== undefined) return
    if (isAnilloError(error, 'DISK_FULL')) {
      this.#isFull = true
      this.#failWaiters(error)
      this.#timer = this.#options.clock.after(FULL_RETRY_MS, () => this.#start())
    } else {
      this.stop(error)
      this.#options.onFailure(error)
    }
  }

  #answerWaiters(): void {
    this.#waiters = this.#waiters.filter(({ commits, resolve }) => {
      for (const [group, count] of commits) {
        if (group.isServed && group.writtenCommits < count) return true
      }
      resolve()
      return false
    })
  }

  #failWaiters(error: unknown): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }
}

interface SealedPortion {
  readonly portion: Portion
  readonly writes: readonly DatabaseWrite[]
  readonly mark: DatabaseWrite
}
