/**
 * Files of an archive on their way to the ring: each is sent before the step with its dweet, and
 * given up where the dweet was there already, or was not taken.
 */
import { isAnilloError, type ErrorCode } from '../base/errors.ts'
import type { Dweets } from '../client/dweets.ts'
import type { ImportAnswer, ImportStep } from '../wire/api-own-data.ts'
import { unfitFor } from '../wire/dweet-archive/import-steps.ts'
import type { Archived, ArchivedFile } from '../wire/dweet-archive/read-activities.ts'
import type { DweetArchiveFile } from './dweet-archive-file.ts'

export interface FilesTally {
  readonly imported: number
  /** What its dweet is without, and why. */
  readonly left: readonly { readonly path: string; readonly code: ErrorCode }[]
}

/** What concerns one file alone: its dweet is imported without it. */
const OF_FILES: ReadonlySet<ErrorCode> = new Set([
  'ATTACHMENT_LARGE',
  'ATTACHMENT_UNFIT',
  'DESCRIPTION_UNFIT',
  'QUOTA_FILES_FULL',
  'QUOTA_FULL',
])
/** Of those that were left out. */
const LISTED_MAX = 1_000

export class BroughtFiles {
  readonly #dweets: Pick<Dweets, 'attach' | 'detach'>
  readonly #archive: Pick<DweetArchiveFile, 'media'>
  readonly #left: { path: string; code: ErrorCode }[] = []
  #imported = 0

  constructor(dweets: Pick<Dweets, 'attach' | 'detach'>, archive: Pick<DweetArchiveFile, 'media'>) {
    this.#dweets = dweets
    this.#archive = archive
  }

  get tally(): FilesTally {
    return { imported: this.#imported, left: this.#left }
  }

  /** With what was sent of it. @throws AnilloError, but of one file alone */
  async sent(archived: Archived): Promise<Archived> {
    if (!('item' in archived) || archived.item.kind !== 'dweet') return archived
    const { files = [], item } = archived
    if (files.length === 0 || unfitFor(item) !== undefined) return archived
    const attachments: { id: string }[] = []
    for (const one of files) {
      const id = await this.#send(one)
      if (id !== undefined) attachments.push({ id })
    }
    return { item: attachments.length === 0 ? item : { ...item, attachments } }
  }

  /** What no dweet took waits no longer. */
  async settle({ items }: ImportStep, answer: ImportAnswer): Promise<void> {
    for (const [at, item] of items.entries()) {
      if (item.kind !== 'dweet' || item.attachments === undefined) continue
      if (answer.items[at]?.outcome === 'imported') this.#imported += item.attachments.length
      else for (const { id } of item.attachments) await this.#dweets.detach(id)
    }
  }

  /** `undefined`: it is not in the archive, or not taken. */
  async #send({ description, name, path }: ArchivedFile): Promise<string | undefined> {
    const open = this.#archive.media(path)
    if (open === undefined) return this.#leave(path, 'ATTACHMENT_GONE')
    const said = description === undefined ? {} : { description }
    try {
      return (await this.#dweets.attach({ name, ...said, open })).id
    } catch (thrown) {
      if (!isAnilloError(thrown) || !OF_FILES.has(thrown.code)) throw thrown
      return this.#leave(path, thrown.code)
    }
  }

  #leave(path: string, code: ErrorCode): undefined {
    if (this.#left.length < LISTED_MAX) this.#left.push({ path, code })
  }
}
