/**
 * An import in steps, each a request that can be repeated: what was imported before is there, so
 * that whoever is interrupted begins again. Pure: somebody else sends them.
 */
import type { ImportAnswer, ImportItem, ImportStep } from '../api-own-data.ts'
import { IMPORT_ID_CHARS_MAX, IMPORT_ITEMS_MAX } from '../dweet-limits.ts'
import { utf8Bytes } from '../record-limits.ts'
import type { Archived, ArchiveProblem } from './read-activities.ts'

/** Below what a door takes. */
const STEP_BYTES_MAX = 48 * 1_024
/** Of one step: sent before it, they wait for it, and few more may (`UNUSED_MAX`). */
const STEP_ATTACHMENTS_MAX = 20
/** Far above any that fits. */
const TEXT_CHARS_MAX = 3_000

export type ImportKind = ImportItem['kind']

export interface Skipped {
  readonly kind: ImportKind
  readonly id: string
  readonly why: ArchiveProblem
}

export interface ImportTally {
  readonly imported: Readonly<Partial<Record<ImportKind, number>>>
  readonly there: number
  readonly skipped: readonly Skipped[]
  /** More than are listed. */
  readonly skippedCount: number
}

/** Skipped ones that are listed one by one. */
export const SKIPPED_LISTED_MAX = 1_000

export class ImportSteps {
  readonly #nick: string
  readonly #imported: Partial<Record<ImportKind, number>> = {}
  readonly #skipped: Skipped[] = []
  /** Of dweets of other programs: the id here. */
  readonly #ids = new Map<string, string>()
  #items: ImportItem[] = []
  #bytes = 0
  #there = 0
  #skippedCount = 0

  /** @param nick who imports */
  constructor(nick: string) {
    this.#nick = nick
  }

  get tally(): ImportTally {
    return {
      imported: this.#imported,
      there: this.#there,
      skipped: this.#skipped,
      skippedCount: this.#skippedCount,
    }
  }

  /** @param from the nick that it was exported from. @returns what is to be sent before it */
  add(archived: Archived, from: string | undefined): ImportStep | undefined {
    if (!('item' in archived)) {
      this.#skip({ kind: archived.kind, id: archived.id, why: archived.problem })
      return undefined
    }
    const { item } = archived
    const problem = unfitFor(item)
    if (problem !== undefined) {
      this.#skip({ kind: item.kind, id: nameOf(item), why: problem })
      return undefined
    }
    const bytes = utf8Bytes(JSON.stringify(item))
    const attached = [...this.#items, item].reduce((sum, one) => sum + attachedCount(one), 0)
    const isFull =
      this.#items.length === IMPORT_ITEMS_MAX ||
      this.#bytes + bytes > STEP_BYTES_MAX ||
      attached > STEP_ATTACHMENTS_MAX
    const step = isFull || this.#isAnswered(item) ? this.flush(from) : undefined
    this.#items.push(item)
    this.#bytes += bytes
    return step
  }

  /** What is left. */
  flush(from: string | undefined): ImportStep | undefined {
    if (this.#items.length === 0) return undefined
    const items = this.#items.map((item) => this.#withPlace(item))
    this.#items = []
    this.#bytes = 0
    return from === undefined ? { items } : { from, items }
  }

  /** Of the step that was sent. */
  take({ from, items }: ImportStep, answer: ImportAnswer): void {
    for (const [i, item] of items.entries()) {
      const told = answer.items[i]
      if (told === undefined) continue
      if (told.outcome === 'skipped')
        this.#skip({ kind: item.kind, id: nameOf(item), why: told.why })
      else if (told.outcome === 'there') this.#there++
      else this.#imported[item.kind] = (this.#imported[item.kind] ?? 0) + 1
      const isForeign = from === undefined && item.kind === 'dweet' && 'id' in told
      if (isForeign && told.id !== undefined) this.#ids.set(item.id, told.id)
    }
  }

  #isAnswered(item: ImportItem): boolean {
    if (item.kind !== 'dweet' || item.replyTo === undefined) return false
    const { id } = item.replyTo
    return this.#items.some((one) => one.kind === 'dweet' && one.id === id)
  }

  /** What answers an own dweet of another program: where that stands here. */
  #withPlace(item: ImportItem): ImportItem {
    if (item.kind !== 'dweet' || item.replyTo === undefined) return item
    const id = this.#ids.get(item.replyTo.id)
    return id === undefined ? item : { ...item, replyTo: { id, nick: this.#nick } }
  }

  #skip(skipped: Skipped): void {
    this.#skippedCount++
    if (this.#skipped.length < SKIPPED_LISTED_MAX) this.#skipped.push(skipped)
  }
}

function attachedCount(item: ImportItem): number {
  return item.kind === 'dweet' ? (item.attachments?.length ?? 0) : 0
}

/** What would have the whole step refused. */
export function unfitFor(item: ImportItem): ArchiveProblem | undefined {
  if ('id' in item && item.id.length > IMPORT_ID_CHARS_MAX) return 'strange'
  if (item.kind !== 'dweet') return undefined
  const { history = [], replyTo, text, warning = '' } = item
  if (text.length > TEXT_CHARS_MAX) return 'tooLong'
  const isStrange = warning.length > 1_000 || history.length > 20
  return isStrange || (replyTo?.id.length ?? 0) > IMPORT_ID_CHARS_MAX ? 'strange' : undefined
}

function nameOf(item: ImportItem): string {
  if ('id' in item) return item.id
  if ('name' in item) return item.nick ?? item.name
  return 'nick' in item ? item.nick : ''
}
