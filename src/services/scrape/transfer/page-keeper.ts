/**
 * Keeps captures of archives as pages, in their place among those that are held. Without a lease:
 * what is kept takes the place of the very page that was looked at, and of none that somebody
 * downloads; else it is looked at again.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { Upload } from '../../../store/types.ts'
import type { Page } from '../../../wire/api.ts'
import type { StoredBody } from '../../../wire/pages.ts'
import { IMPORTED_VERSIONS_MAX } from '../limits.ts'
import {
  followedBy,
  isImported,
  isSameContent,
  isSameVersion,
  sinceOf,
} from '../pages/page-record.ts'
import type { KeptPage } from '../pages/page-rows.ts'
import type { PageTable } from '../pages/page-table.ts'
import type { Archive } from '../versions/archive.ts'
import type { ImportRefusal } from './import-counts.ts'
import { IMPORT_LOOK_MS, IMPORT_LOOKS_MAX } from './limits.ts'

export interface KeeperTools {
  readonly clock: Clock
  readonly table: PageTable
  readonly archive: Pick<Archive, 'at' | 'version'>
}

export interface CapturedPage {
  readonly page: Page
  readonly body: StoredBody
  /** Which brought the chunks of the body. */
  readonly upload: Upload
}

export type Kept = 'kept' | 'same' | { readonly refused: ImportRefusal }

/** Of a content: as much as tells whether it is held. */
export type Known = Pick<Page, 'id' | 'hash' | 'status' | 'fetchedAt'>

export class PageKeeper {
  readonly #tools: KeeperTools

  constructor(tools: KeeperTools) {
    this.#tools = tools
  }

  /** It was seen with that content at that instant, as far as the ring knows. */
  async holds(known: Known, signal: AbortSignal): Promise<boolean> {
    const { archive } = this.#tools
    const { fetchedAt, id } = known
    const at = await archive.at(id, fetchedAt, { signal })
    if (at !== undefined && covers(at.page, known)) return true
    const version = await archive.version(id, fetchedAt, { signal })
    return version !== undefined && covers(version, known)
  }

  /** @throws AnilloError BUSY where others download the page all the time, STORE_UNAVAILABLE */
  async keep(captured: CapturedPage, signal: AbortSignal): Promise<Kept> {
    const { clock } = this.#tools
    for (let tries = 0; tries < IMPORT_LOOKS_MAX; tries++) {
      if (await this.holds(captured.page, signal)) return 'same'
      const outcome = await this.#keepOnce(captured)
      // Refused: another import of it may have been quicker.
      const isHeld = typeof outcome !== 'string' && (await this.holds(captured.page, signal))
      if (outcome !== 'changed') return isHeld ? 'same' : outcome
      await pause(clock, IMPORT_LOOK_MS, signal)
      signal.throwIfAborted()
    }
    throw new AnilloError('BUSY', { what: 'downloads of a page of the archive' })
  }

  async #keepOnce({ body, page, upload }: CapturedPage): Promise<Kept | 'changed'> {
    const { table } = this.#tools
    const { id, url } = page
    const right = { id, fence: undefined }
    const before = await table.get(id)
    const kept = { before, upload, isOrdered: false }
    const held = before?.record.page
    if (before === undefined || held === undefined || held.fetchedAt < page.fetchedAt) {
      // What is imported takes nothing away, an imported version neither.
      if (before !== undefined && isFullFor(before, page)) return { refused: 'versions' }
      const record = newest(before, page)
      return (await table.keep(right, { record, body }, kept)) ? 'kept' : 'changed'
    }
    const refused = await this.#refusal(before, page)
    if (refused !== undefined) return { refused }
    const version = { record: { id, url, page, history: [] }, body }
    return (await table.keepBeside(right, version, { ...kept, before })) ? 'kept' : 'changed'
  }

  async #refusal(before: KeptPage, page: Page): Promise<ImportRefusal | undefined> {
    if (before.imported >= IMPORTED_VERSIONS_MAX) return 'versions'
    const held = before.record.page
    const isTaken = held !== undefined && sinceOf(held) === sinceOf(page)
    const there = await this.#tools.archive.version(page.id, sinceOf(page))
    return isTaken || there !== undefined ? 'instant' : undefined
  }
}

/** What the ring saw itself stays its own: that somebody saw it later, too, changes nothing. */
function covers(held: Page, { fetchedAt, ...known }: Known): boolean {
  if (!isSameContent(held, known) || fetchedAt < sinceOf(held)) return false
  return !isImported(held) || fetchedAt <= held.fetchedAt
}

/** What is held would become an imported version, and there are enough. */
function isFullFor({ imported, record: { page: held } }: KeptPage, page: Page): boolean {
  if (held === undefined || imported < IMPORTED_VERSIONS_MAX) return false
  return isImported(held) && !isSameVersion(held, page)
}

/** What failed since is not undone by what was captured before. */
function newest(before: KeptPage | undefined, page: Page) {
  const { fetchedAt: at, fetchedBy, id, status, url } = page
  const history = [{ at, by: fetchedBy.name, status }]
  const record = followedBy(before?.record, { id, url, page, history })
  const failure = before?.record.failure
  return failure === undefined || failure.at < at ? record : { ...record, failure }
}
