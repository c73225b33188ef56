/** Pages out of the ring and into it: puts the parts together. */
import type { Effects } from '../../../effects/effects.ts'
import { listed } from '../../../effects/listed.ts'
import type { CrawlUrl } from '../../../wire/api-crawls.ts'
import type { MemberRef } from '../../../wire/api.ts'
import type { Crawls } from '../crawl/crawls.ts'
import type { Extractor } from '../extract/extractor.ts'
import { bodyPieces } from '../pages/page-body.ts'
import { sinceOf } from '../pages/page-record.ts'
import type { PageStore } from '../pages/page-table.ts'
import type { PageContent } from '../pages/scraper.ts'
import { RenderTable } from '../render/render-table.ts'
import { Archive } from '../versions/archive.ts'
import { Exporter } from './exports.ts'
import { HeldPages } from './held-pages.ts'
import { Importer } from './imports.ts'

export interface TransferOptions {
  readonly effects: Pick<Effects, 'clock' | 'gzip' | 'random' | 'unpack'>
  readonly store: PageStore
  readonly crawls: Pick<Crawls, 'get' | 'urls'>
  readonly extractor: Extractor
  /** This member. */
  readonly self: MemberRef
  /** Of anillo. */
  readonly version: string
}

export interface Transfer {
  readonly importer: Pick<Importer, 'import'>
  readonly held: Pick<HeldPages, 'list'>
  readonly exporter: Pick<Exporter, 'crawl' | 'pages'>
}

export function createTransfer(options: TransferOptions): Transfer {
  const { crawls, effects, extractor, self, store, version } = options
  const { clock, gzip, random } = effects
  const archive = new Archive(store)
  const held = new HeldPages(store)
  const renders = new RenderTable(store, random)
  const exporter = new Exporter({
    gzip,
    crawls,
    held,
    extractor,
    contentOf: (row, signal) => contentOf(archive, row, signal),
    drawnOf: (page, signal) => renders.get(page.id, sinceOf(page), { signal }),
    testimonyOf: (page, signal) => archive.testimonyOf(page, { signal }),
    bodyOf: ({ body }, signal) => bodyPieces(store.chunks, body, { signal }),
    software: `anillo/${version}`,
    now: () => new Date(clock.wallMs()).toISOString(),
  })
  const importer = new Importer({ ...effects, store, archive, renders, self })
  return { held, exporter, importer }
}

/** What the crawl got of an address; `undefined`: it is not held any more. */
async function contentOf(
  archive: Archive,
  { at, hash, id }: CrawlUrl,
  signal: AbortSignal,
): Promise<PageContent | undefined> {
  const then = await archive.at(id, at ?? NOW, { signal })
  if (then === undefined || then.page.hash === hash) return then
  // Clocks differ: the version was the next one, or the one before.
  for await (const version of listed(({ cursor }) => archive.versions(id, cursor, { signal }))) {
    if (version.hash === hash) return archive.at(id, version.at, { signal })
  }
  return undefined
}

const NOW = '9999-12-31T23:59:59.999Z'
