/** Pages that are held, as one WARC: content that occurs twice is written once. */
import type { Gzip } from '../../../effects/gzip.ts'
import type { Random } from '../../../effects/random.ts'
import type { Page } from '../../../wire/api.ts'
import { mimeOf, REVISIT_MIME, type CdxEntry } from './cdxj.ts'
import { drawnResources, type DrawnContent } from './drawn-records.ts'
import { fieldOf, type Fields } from './fields.ts'
import { capturesOf } from './page-captures.ts'
import {
  metadataRecord,
  recordId,
  resourceRecord,
  responseRecord,
  revisitRecord,
  testimonyRecord,
  warcinfoRecord,
  type Capture,
  type OutgoingRecord,
  type Resource,
} from './warc-record.ts'
import { WarcWriter } from './warc-writer.ts'

/** Contents that are remembered: 40 MiB. What comes behind them is written again. */
export const KNOWN_CONTENTS_MAX = 200_000

export interface ArchivedPage {
  readonly page: Page
  /** Read once, when its turn comes. */
  readonly content: AsyncIterable<Uint8Array>
  /** What several members say that they saw of it. */
  readonly testimony?: string | undefined
  /** What a browser drew of it. */
  readonly drawn?: DrawnContent | undefined
}

/** A page of which the content is not held any more. */
export interface PageGone {
  readonly gone: {
    readonly url: string
    /** When it was got, ISO 8601. */
    readonly date: string
  }
}

export interface WarcTools {
  readonly gzip: Gzip
  readonly random: Pick<Random, 'bytes'>
}

export interface WarcAbout {
  /** Of the file, for its first record and its index. */
  readonly filename: string
  /** ISO 8601: when it was asked for. */
  readonly date: string
  /** Of its first record: `software`, `description`, ... (ISO 28500:2017, 6.2). */
  readonly fields: Fields
}

interface Known {
  readonly id: string
  readonly url: string
  readonly date: string
}

export class PagesWarc {
  readonly #tools: WarcTools
  readonly #about: WarcAbout
  readonly #onEntry: (entry: CdxEntry) => void
  readonly #writer: WarcWriter
  readonly #warcinfoId: string
  readonly #known = new Map<string, Known>()

  /** `onEntry` is told each capture once it is written. */
  constructor(tools: WarcTools, about: WarcAbout, onEntry: (entry: CdxEntry) => void) {
    this.#tools = tools
    this.#about = about
    this.#onEntry = onEntry
    this.#writer = new WarcWriter(tools.gzip)
    this.#warcinfoId = recordId(tools.random)
  }

  /** @throws AnilloError as `WarcWriter.write()`, and whatever the pages throw */
  async *write(pages: AsyncIterable<ArchivedPage | PageGone>): AsyncGenerator<Uint8Array> {
    const { date, filename, fields } = this.#about
    const about = {
      date,
      filename,
      fields: [...fields, ['format', 'WARC File Format 1.1'] as const],
    }
    yield* this.#writer.write(warcinfoRecord({ id: this.#warcinfoId }, about))
    for await (const archived of pages) {
      if ('gone' in archived) {
        yield* this.#writer.write(this.#gone(archived))
        continue
      }
      const { page, content, drawn, testimony } = archived
      let refersTo = ''
      for (const capture of capturesOf(page, content)) refersTo = yield* this.#capture(capture)
      yield* this.#writer.write(this.#facts(page))
      // Behind the facts: who reads the file takes those for what follows a page at once.
      if (testimony !== undefined) {
        const about = { url: page.finalUrl, date: page.fetchedAt, text: testimony, refersTo }
        yield* this.#writer.write(testimonyRecord(this.#place(), about))
      }
      if (drawn === undefined) continue
      for (const made of drawnResources(page.finalUrl, drawn)) yield* this.#made(made, refersTo)
    }
  }

  #place() {
    return { id: recordId(this.#tools.random), warcinfoId: this.#warcinfoId }
  }

  /** @returns the id of its record */
  async *#capture(capture: Capture): AsyncGenerator<Uint8Array, string> {
    const { url, date, status, headers, body } = capture
    const known = body.bytes === 0 ? undefined : this.#known.get(body.hash)
    const place = this.#place()
    const { id } = place
    const record =
      known === undefined ? responseRecord(place, capture) : revisitRecord(place, capture, known)
    const extent = yield* this.#writer.write(record)
    if (known === undefined && this.#known.size < KNOWN_CONTENTS_MAX)
      this.#known.set(body.hash, { id, url, date })
    const mime = known === undefined ? mimeOf(fieldOf(headers, 'Content-Type')) : REVISIT_MIME
    const digest = `sha256:${body.hash}`
    this.#onEntry({ url, date, mime, status, digest, extent, filename: this.#about.filename })
    return id
  }

  /** What was made of a capture. @param of the id of its record */
  async *#made(resource: Resource, of: string): AsyncGenerator<Uint8Array> {
    const { body, contentType, date, url } = resource
    const record = resourceRecord({ ...this.#place(), concurrentTo: [of] }, resource)
    const extent = yield* this.#writer.write(record)
    const { filename } = this.#about
    const digest = `sha256:${body.hash}`
    const mime = mimeOf(contentType)
    this.#onEntry({ url, date, mime, status: undefined, digest, extent, filename })
  }

  /** Who reads the file sees what is missing in it. */
  #gone({ gone }: PageGone): OutgoingRecord {
    return metadataRecord(this.#place(), {
      ...gone,
      fields: [['missing', 'content is not held any more']],
    })
  }

  /** What anillo knows of a page and HTTP does not say. */
  #facts(page: Page): OutgoingRecord {
    const fields: Fields = [
      ['fetchTimeMs', String(Math.round(page.durationMs))],
      ['wireBytes', String(page.wireBytes)],
      ['fetchedBy', page.fetchedBy.name],
      ...(page.url === page.finalUrl ? [] : [['askedFor', page.url] as const]),
    ]
    return metadataRecord(this.#place(), { url: page.finalUrl, date: page.fetchedAt, fields })
  }
}
