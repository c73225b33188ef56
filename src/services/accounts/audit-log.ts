/** The audit log: written where things happen, read over all partitions, newest first. */
import { BoundedQueue } from '../../base/bounded-queue.ts'
import { instant } from '../../base/instant.ts'
import { pick } from '../../base/random.ts'
import type { Effects } from '../../effects/effects.ts'
import type { RecordStore } from '../../store/store.ts'
import type { AuditEntry, AuditPage } from '../../wire/api-accounts.ts'
import type { AuditWhat } from '../../wire/audit.ts'
import { ALL_PARTITIONS, pkIn } from '../../wire/partition.ts'
import { NOTES_AT_ONCE, NOTES_WAITING_MAX } from './limits.ts'
import { AUDIT_TABLE } from './places.ts'
import { addNotes } from './ring-procedures.ts'
import { readAudit } from './rows.ts'
import type { AuditEvent } from './types.ts'

export interface AuditLogOptions {
  readonly effects: Pick<Effects, 'log' | 'random'>
  readonly store: Pick<RecordStore, 'list' | 'call'>
}

interface Note {
  readonly by: string | null
  readonly what: AuditWhat
  readonly to?: string
  readonly detail?: string
  readonly refused?: string
  readonly address?: string
}

export class AuditLog {
  readonly #options: AuditLogOptions
  readonly #waiting = new BoundedQueue<Note>(NOTES_WAITING_MAX)
  #writing: Promise<void> | undefined
  #isClosing = false

  constructor(options: AuditLogOptions) {
    this.#options = options
  }

  /** Written soon. What there is no room for, or no majority, is in the member’s log. */
  note({ by, ...event }: AuditEvent): void {
    const note = { by: by ?? null, ...event }
    if (!this.#waiting.tryPush(note)) {
      this.#options.effects.log.warn('audit', { ...note })
      return
    }
    this.#writing ??= this.#write()
  }

  /** All that was noted is written, or in the member’s log. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#writing
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async page(page: { readonly cursor?: string; readonly limit: number }): Promise<AuditPage> {
    const { cursor, limit } = page
    const end = cursor === undefined ? {} : { end: cursor }
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) => {
        const place = { table: AUDIT_TABLE, pk: pkIn(AUDIT_TABLE, partition) }
        return this.#options.store.list({ ...place, ...end, reverse: true, limit })
      }),
    )
    const records = lists.flatMap(({ items }) => items).toSorted((a, b) => (a.sk < b.sk ? 1 : -1))
    const last = records[limit - 1]
    const items = records.slice(0, limit).map((record) => entryOf(readAudit(record)))
    const hasMore = records.length > limit || lists.some((list) => list.cursor !== undefined)
    return hasMore && last !== undefined ? { items, cursor: last.sk } : { items }
  }

  async #write(): Promise<void> {
    const { log, random } = this.#options.effects
    while (this.#waiting.size > 0) {
      // What comes in this turn goes with it.
      await Promise.resolve()
      const notes = this.#take(NOTES_AT_ONCE)
      try {
        await this.#options.store.call(pick(random, ALL_PARTITIONS), addNotes, { notes })
      } catch (error) {
        // Whoever waits for the end does not wait for one failure after another.
        if (this.#isClosing) notes.push(...this.#take(NOTES_WAITING_MAX))
        for (const note of notes) log.warn('audit', { ...note, error })
      }
    }
    this.#writing = undefined
  }

  #take(most: number): Note[] {
    const notes: Note[] = []
    for (let note = this.#waiting.shift(); note !== undefined; note = this.#waiting.shift()) {
      notes.push(note)
      if (notes.length === most) break
    }
    return notes
  }
}

function entryOf({ atMs, ...entry }: ReturnType<typeof readAudit>): AuditEntry {
  return { at: instant(atMs), ...entry }
}
