/** Two versions of a page, compared when somebody asks, in a worker thread. */
import { AnilloError } from '../../../base/errors.ts'
import { MIB } from '../../../base/limits.ts'
import type { Workers } from '../../../effects/workers.ts'
import type { DiffOf, PageDiff } from '../../../wire/api-pages.ts'
import { beginningOf } from '../extract/extracts.ts'
import { isText } from '../fetch/page-text.ts'
import { sinceOf } from '../pages/page-record.ts'
import type { PageContent } from '../pages/scraper.ts'
import type { Archive } from './archive.ts'
import { DIFF_BYTES_MAX, DIFF_TIMEOUT_MS } from './diff-bounds.ts'
import { DIFF_TASK, type DiffQuestion, type DiffSide } from './diff-task.ts'
import type { LineDiff } from './line-diff.ts'

export interface DiffAsked {
  /** Absent: the version before `to`. */
  readonly from?: string
  /** Absent: the newest. */
  readonly to?: string
  readonly of: DiffOf
}

export class PageDiffs {
  readonly #archive: Pick<Archive, 'at'>
  readonly #workers: Pick<Workers, 'run'>

  constructor(archive: Pick<Archive, 'at'>, workers: Pick<Workers, 'run'>) {
    this.#archive = archive
    this.#workers = workers
  }

  /**
   * `undefined`: there is no such page. Of a page with one version it is compared with itself.
   * @throws AnilloError BAD_REQUEST (no text), TOO_LARGE, TASK_ENDED, BUSY, as `Archive.at`
   */
  async diff(id: string, asked: DiffAsked, signal: AbortSignal): Promise<PageDiff | undefined> {
    const to = await this.#archive.at(id, asked.to ?? NEWEST, { signal })
    if (to === undefined) return undefined
    const at = Date.parse(sinceOf(to.page))
    const before = new Date(Math.max(0, at - 1)).toISOString()
    const from = await this.#archive.at(id, asked.from ?? before, { signal })
    if (from === undefined) return undefined
    const { of } = asked
    const told = { of, from: sideOf(from), to: sideOf(to) }
    if (from.page.hash === to.page.hash) return { ...told, added: 0, removed: 0, hunks: [] }
    const question: DiffQuestion = { from: await read(from), to: await read(to), of }
    const limits = { timeoutMs: DIFF_TIMEOUT_MS, signal }
    const answer = (await this.#workers.run(DIFF_TASK, question, limits)) as LineDiff
    if (answer.kind === 'tooLarge') {
      throw new AnilloError('TOO_LARGE', { what: answer.what, limit: answer.limit })
    }
    const { added, hunks, removed } = answer
    return { ...told, added, removed, hunks: [...hunks] }
  }
}

/** After every version. */
const NEWEST = '9999-12-31T23:59:59.999Z'

function sideOf({ page }: PageContent): PageDiff['from'] {
  const { bytes, fetchedAt, hash, status, title } = page
  return { at: sinceOf(page), fetchedAt, status, hash, bytes, title }
}

async function read(content: PageContent): Promise<DiffSide> {
  const { charset, contentType, headers, title } = content.page
  if (!isText(contentType)) {
    throw new AnilloError('BAD_REQUEST', { problem: `${contentType || 'this content'} is no text` })
  }
  if (content.page.bytes > DIFF_BYTES_MAX) {
    throw new AnilloError('TOO_LARGE', {
      what: 'A version to compare',
      limit: `${DIFF_BYTES_MAX / MIB} MiB`,
    })
  }
  return { page: { charset, contentType, headers, title }, bytes: await beginningOf(content) }
}
