/**
 * WACZ 1.1.1 (Web Archive Collection Zipped, specs.webrecorder.net): a WARC with its index and its
 * list of pages in one ZIP, which ReplayWeb.page and others open without unpacking it.
 */
import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import { Sha256, sha256Hex } from '../../../base/hash.ts'
import { zipOf, type ZipFile } from '../../../effects/zip.ts'
import { cdxLine, packedIndex, sortedLines } from './cdxj.ts'
import { PagesWarc, type ArchivedPage, type PageGone, type WarcTools } from './warc-of-pages.ts'

const WACZ_VERSION = '1.1.1'
const WARC_NAME = 'data.warc.gz'
const INDEX_NAME = 'index.cdx.gz'

/**
 * Of one collection: its index is sorted in memory, some 600 bytes a capture. A larger crawl makes
 * several collections, as viewers want them no larger either.
 */
export const WACZ_CAPTURES_MAX = 200_000

export interface WaczAbout {
  readonly title: string
  readonly description?: string
  /** ISO 8601. */
  readonly createdAt: string
  /** Name and version of what writes it. */
  readonly software: string
  /** Shown first. */
  readonly mainPageUrl?: string
}

/** A file of the package, once it was written. */
interface Resource {
  readonly name: string
  readonly path: string
  readonly hash: string
  readonly bytes: number
}

/**
 * @throws AnilloError TOO_LARGE with more captures than `WACZ_CAPTURES_MAX`; as `PagesWarc.write()`
 */
export function writeWacz(
  pages: AsyncIterable<ArchivedPage | PageGone>,
  tools: WarcTools,
  about: WaczAbout,
): AsyncGenerator<Uint8Array> {
  return zipOf(new Collection(tools, about).files(pages))
}

class Collection {
  readonly #tools: WarcTools
  readonly #about: WaczAbout
  readonly #changedAtMs: number
  readonly #lines: string[] = []
  readonly #pages: string[] = []
  readonly #resources: Resource[] = []

  constructor(tools: WarcTools, about: WaczAbout) {
    this.#tools = tools
    this.#about = about
    this.#changedAtMs = Date.parse(about.createdAt)
  }

  async *files(pages: AsyncIterable<ArchivedPage | PageGone>): AsyncGenerator<ZipFile> {
    const { createdAt: date, software } = this.#about
    const about = { filename: WARC_NAME, date, fields: [['software', software] as const] }
    const warc = new PagesWarc(this.#tools, about, (entry) => {
      if (this.#lines.length === WACZ_CAPTURES_MAX)
        throw new AnilloError('TOO_LARGE', { what: 'a collection', limit: WACZ_CAPTURES_MAX })
      this.#lines.push(cdxLine(entry))
    })
    yield this.#file(`archive/${WARC_NAME}`, warc.write(this.#listed(pages)))
    yield* this.#index()
    yield this.#file('pages/pages.jsonl', linesOf(pageLines(this.#pages)))
    const described = utf8(`${JSON.stringify(this.#description(), undefined, 2)}\n`)
    yield this.#plainFile('datapackage.json', described)
    const digest = { path: 'datapackage.json', hash: `sha256:${sha256Hex(described)}` }
    yield this.#plainFile('datapackage-digest.json', utf8(`${JSON.stringify(digest)}\n`))
  }

  /** Each for the list of pages, as it passes. */
  async *#listed(
    pages: AsyncIterable<ArchivedPage | PageGone>,
  ): AsyncGenerator<ArchivedPage | PageGone> {
    for await (const archived of pages) {
      if ('gone' in archived) {
        yield archived
        continue
      }
      const { id, finalUrl: url, fetchedAt: ts, title } = archived.page
      this.#pages.push(JSON.stringify({ id, url, ts, ...(title === null ? {} : { title }) }))
      yield archived
    }
  }

  async *#index(): AsyncGenerator<ZipFile> {
    const meta = { format: 'cdxj-gzip-1.0', filename: INDEX_NAME }
    const secondary = [`!meta 0 ${JSON.stringify(meta)}`]
    const sorted = sortedLines(this.#lines)
    yield this.#file(`indexes/${INDEX_NAME}`, this.#blocks(sorted, secondary))
    yield this.#file('indexes/index.idx', linesOf(secondary))
  }

  async *#blocks(sorted: readonly string[], secondary: string[]): AsyncGenerator<Uint8Array> {
    for await (const { packed, line } of packedIndex(sorted, this.#tools.gzip)) {
      secondary.push(line)
      yield packed
    }
  }

  /** One that the package describes. */
  #file(path: string, pieces: AsyncIterable<Uint8Array>): ZipFile {
    return { name: path, changedAtMs: this.#changedAtMs, pieces: this.#described(path, pieces) }
  }

  #plainFile(name: string, bytes: Uint8Array): ZipFile {
    return { name, changedAtMs: this.#changedAtMs, pieces: one(bytes) }
  }

  async *#described(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = new Sha256()
    let bytes = 0
    for await (const piece of pieces) {
      hash.update(piece)
      bytes += piece.length
      yield piece
    }
    const name = path.slice(path.lastIndexOf('/') + 1)
    this.#resources.push({ name, path, hash: `sha256:${hash.digestHex()}`, bytes })
  }

  #description(): object {
    const { title, description, createdAt: created, software, mainPageUrl } = this.#about
    return {
      profile: 'data-package',
      wacz_version: WACZ_VERSION,
      title,
      description,
      created,
      modified: created,
      software,
      mainPageUrl,
      resources: this.#resources,
    }
  }
}

function pageLines(pages: readonly string[]): string[] {
  const header = { format: 'json-pages-1.0', id: 'pages', title: 'All Pages' }
  return [JSON.stringify(header), ...pages]
}

/** So many are one piece. */
const LINES_AT_ONCE = 1_000

async function* linesOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    yield utf8(`${lines.slice(at, at + LINES_AT_ONCE).join('\n')}\n`)
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
