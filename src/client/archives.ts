/** Pages that are held, out of the ring as files, and into it. */
import { AnilloError, isAnilloError } from '../base/errors.ts'
import { Sha256 } from '../base/hash.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import { HeldPages, ImportResult, type HeldPage, type PageFilter } from '../wire/api-archives.ts'
import type { ExportFormat } from '../wire/export-formats.ts'
import { queryOf, type Query } from './query.ts'
import type { Asking } from './resource.ts'

const LIST_MS_MAX = 30 * SECOND_MS
/**
 * Until the first byte: an index is made before it begins, and an export that is gone on with is
 * made anew up to where it was.
 */
const BEGIN_MS_MAX = 30 * MINUTE_MS
/** Whatever an archive of the largest size takes. */
const IMPORT_MS_MAX = DAY_MS
const PAGE_ITEMS = 200
/** An export breaks off so often, without a byte in between, before it is given up. */
const BREAKS_MAX = 5
const BREAK_PAUSE_MS = 500

/** A part of a file, or that all parts before it are to be forgotten. */
export type FilePart = { readonly bytes: Uint8Array } | 'again'

export class Archives {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    this.#asking = asking
    this.#pause = pause
  }

  pages(filter: PageFilter): AsyncIterable<HeldPage> {
    return listed((after) => {
      const query = queryOf({ ...filter, limit: PAGE_ITEMS, ...after })
      const asked = { method: 'GET', path: `/v1/pages${query}`, timeoutMs: LIST_MS_MAX } as const
      return this.#asking.ask(HeldPages, asked)
    })
  }

  /** The pages of a crawl. @throws as `#file()`, and AnilloError NOT_FOUND */
  exportCrawl(id: string, format: ExportFormat): AsyncGenerator<FilePart> {
    return this.#file(`/v1/crawls/${encodeURIComponent(id)}/export`, { format })
  }

  /** Pages that are held. */
  exportPages(filter: PageFilter, format: ExportFormat): AsyncGenerator<FilePart> {
    return this.#file('/v1/pages/export', { format, ...filter })
  }

  /**
   * Adds the pages of a WARC. Where a member breaks off, all is sent again to another one: what is
   * kept already is not kept twice.
   * @throws AnilloError ARCHIVE_BROKEN, TOO_LARGE, BUSY, LOGIN_FIRST, PERMISSION_MISSING
   */
  import(stream: () => ReadableStream<Uint8Array>): Promise<ImportResult> {
    const asked = { method: 'POST', path: '/v1/pages/import', timeoutMs: IMPORT_MS_MAX } as const
    return this.#asking.ask(ImportResult, { ...asked, stream })
  }

  /**
   * Goes on at another member where one breaks off.
   * @throws AnilloError RING_NOT_REACHABLE; RPC_GARBLED where it breaks off each time
   */
  async *#file(path: string, query: Query): AsyncGenerator<FilePart> {
    let hash = new Sha256()
    let from = 0
    for (let breaks = 0; breaks < BREAKS_MAX; breaks++) {
      if (breaks > 0) await this.#pause(BREAK_PAUSE_MS)
      const point = from === 0 ? {} : { from, sha256: hash.soFarHex() }
      const body = await this.#open(`${path}${queryOf({ ...query, ...point })}`)
      if (body === 'changed') {
        yield 'again'
        hash = new Sha256()
        from = 0
        continue
      }
      const pieces = piecesOf(body)
      for (let step = await pieces.next(); ; step = await pieces.next()) {
        if (step.done === true) {
          if (step.value === 'ended') return
          break
        }
        breaks = 0
        hash.update(step.value)
        from += step.value.length
        yield { bytes: step.value }
      }
    }
    throw new AnilloError('RPC_GARBLED', {
      address: path,
      problem: 'it breaks off again and again',
    })
  }

  async #open(path: string): Promise<ReadableStream<Uint8Array> | null | 'changed'> {
    const asked = { method: 'GET', path, timeoutMs: BEGIN_MS_MAX } as const
    try {
      return (await this.#asking.request(asked, async (answer) => answer)).body
    } catch (thrown) {
      if (isAnilloError(thrown, 'EXPORT_CHANGED')) return 'changed'
      throw thrown
    }
  }
}

/** How the body came to its end tells the value that it returns. */
async function* piecesOf(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Uint8Array, 'ended' | 'broken'> {
  if (body === null) return 'ended'
  const reader = body.getReader()
  try {
    for (;;) {
      const step = await reader.read().catch(() => undefined)
      if (step === undefined) return 'broken'
      if (step.done) return 'ended'
      yield step.value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
