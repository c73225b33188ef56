/**
 * Archives of WARC, whoever wrote them, into the pages of the ring: each answer becomes the page of
 * its address, or a version of it, with its own date. Imported twice, nothing changes. What came
 * before damage is kept.
 */
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Gzip } from '../../../effects/gzip.ts'
import type { Random } from '../../../effects/random.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import type { ImportResult } from '../../../wire/api-archives.ts'
import type { MemberRef } from '../../../wire/api.ts'
import { readWarc } from '../archive/warc-reader.ts'
import { PageTable, type PageStore } from '../pages/page-table.ts'
import type { RenderTable } from '../render/render-table.ts'
import type { Archive } from '../versions/archive.ts'
import { CaptureReader } from './capture-reader.ts'
import { DrawnReader } from './drawn-reader.ts'
import { ImportCounts } from './import-counts.ts'
import { ImportRun } from './import-run.ts'
import { ImportSource } from './import-source.ts'
import { IMPORT_UNPACKED_BYTES_MAX } from './limits.ts'
import { PageKeeper } from './page-keeper.ts'

export interface ImporterTools {
  readonly clock: Clock
  readonly gzip: Gzip
  readonly random: Random
  readonly unpack: Unpack
  readonly store: PageStore
  readonly archive: Archive
  readonly renders: RenderTable
  /** Who imports. */
  readonly self: MemberRef
}

export interface ImportAsked {
  /** Asked before each record: may throw. */
  readonly mayGoOn: () => Promise<void>
  readonly signal: AbortSignal
}

export class Importer {
  readonly #tools: ImporterTools

  constructor(tools: ImporterTools) {
    this.#tools = tools
  }

  /**
   * What was kept is told in an error, too: in its details, under the names of `ImportResult`.
   * @throws AnilloError ARCHIVE_BROKEN with `offset`, TOO_LARGE, BUSY, STORE_UNAVAILABLE
   */
  async import(pieces: AsyncIterable<Uint8Array>, asked: ImportAsked): Promise<ImportResult> {
    const { archive, clock, gzip, random, self, store } = this.#tools
    const source = new ImportSource(pieces, clock)
    const table = new PageTable({ store, random, self: self.id })
    const counts = new ImportCounts()
    const keeper = new PageKeeper({ archive, clock, table })
    const run = new ImportRun(counts, keeper, asked.signal)
    const by = { ...self, name: IMPORTED_BY }
    const drawn = new DrawnReader({ ...this.#tools, by, run })
    const reader = new CaptureReader({ ...this.#tools, by, drawn, keeper, run, table })
    const bounds = { bytesMax: IMPORT_UNPACKED_BYTES_MAX }
    let isDamaged = true
    try {
      try {
        for await (const record of readWarc(source, source.unpackedBy(gzip), bounds)) {
          await asked.mayGoOn()
          asked.signal.throwIfAborted()
          await reader.take(record, asked.signal)
        }
        isDamaged = false
      } finally {
        await run.add(reader.atEnd(isDamaged))
        await drawn.flush(asked.signal)
        await run.settled()
      }
    } catch (thrown) {
      throw withCounts(asAnilloError(thrown), counts.told(source.bytes))
    }
    return counts.told(source.bytes)
  }
}

/** In place of the member that downloaded a page. */
export const IMPORTED_BY = 'import'

function withCounts(error: AnilloError, counts: ImportResult): AnilloError {
  const { bytes, pages, passedOver, renders, same } = counts
  const details = { ...error.details, bytes, pages, passedOver, renders, same }
  return new AnilloError(error.code, details, { cause: error })
}
