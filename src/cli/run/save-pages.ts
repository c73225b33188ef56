/**
 * What `anillo pages save` does: pages as files that any browser opens, with a list of them. They
 * come as the export of them does, so that they are what a crawl got.
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { sizeText } from '../../base/size-text.ts'
import type { FilePart } from '../../client/archives.ts'
import type { AnilloClient } from '../../client/client.ts'
import { platformGzip } from '../../platform/gzip.ts'
import { platformUnpack } from '../../platform/unpack.ts'
import { readAnswer } from '../../services/scrape/archive/http-answer.ts'
import { readWarc, type WarcRecord } from '../../services/scrape/archive/warc-reader.ts'
import { BodyReader } from '../../services/scrape/fetch/fetch-page.ts'
import { mediaTypeOf } from '../../services/scrape/fetch/http-message.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile, outputError } from '../out-file.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { countText } from '../table.ts'
import { indexHtml, savedName, type SavedPage } from './saved-index.ts'

export interface SaveFlags extends DoorFlags {
  readonly out: string
  readonly crawl?: string
  readonly host?: string
}

/** Of what comes, unpacked; the ring makes no larger exports of what is worth saving as files. */
const EXPORT_BYTES_MAX = Number.MAX_SAFE_INTEGER

export async function runSavePages(
  io: Io,
  url: string | undefined,
  flags: SaveFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const parts = partsOf(client, url, flags)
  const saved = new Saving(flags.out)
  {
    using _ = new Progress(io, () => `${countText(saved.pages.length, 'page')} saved`)
    // An export that begins anew brings the same pages, and what has come by then is written over.
    await saved.take(bytesOf(parts))
  }
  const { bytes, pages } = saved
  if (pages.length === 0) throw new AnilloError('NOT_FOUND', { what: 'such page held' })
  const index = await saved.writeIndex()
  if (flags.json) jsonLine(io, { index, pages: pages.length, bytes })
  else {
    line(io.out, index)
    line(io.err, `${countText(pages.length, 'page')}, ${sizeText(bytes)}: open it in a browser`)
    line(io.err, 'The files are not encrypted, and links in them lead to the sites themselves.')
  }
  return EXIT.done
}

/** @throws AnilloError USAGE */
function partsOf(
  client: AnilloClient,
  url: string | undefined,
  { crawl, host }: SaveFlags,
): AsyncIterable<FilePart> {
  const { archives } = client
  if ([url, crawl, host].filter((named) => named !== undefined).length !== 1) {
    const problem = 'Name one: an address, --crawl ID or --host HOST.'
    throw new AnilloError('USAGE', { problem })
  }
  if (crawl !== undefined) return archives.exportCrawl(crawl, 'warc')
  return archives.exportPages(host === undefined ? { url: url ?? '' } : { host }, 'warc')
}

/** @throws AnilloError EXPORT_CHANGED where the pages changed while they came */
async function* bytesOf(parts: AsyncIterable<FilePart>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    if (part === 'again') throw new AnilloError('EXPORT_CHANGED')
    yield part.bytes
  }
}

const INDEX = 'index.html'
const LIST = 'pages.jsonl'
const TORN = '.part'

class Saving {
  readonly pages: SavedPage[] = []
  readonly #out: string
  /** Of contents, by their digests. */
  readonly #files = new Map<string, Pick<SavedPage, 'file' | 'bytes' | 'title'>>()
  #bytes = 0

  constructor(out: string) {
    this.#out = out
  }

  get bytes(): number {
    return this.#bytes
  }

  async take(warc: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const record of readWarc(warc, platformGzip, { bytesMax: EXPORT_BYTES_MAX })) {
      if (record.type === 'response') await this.#save(record)
      else if (record.type === 'revisit') await this.#same(record)
    }
  }

  async writeIndex(): Promise<string> {
    const path = join(this.#out, INDEX)
    const lines = this.pages.map((page) => `${JSON.stringify(page)}\n`).join('')
    for (const [name, text] of [
      [INDEX, indexHtml(this.pages)],
      [LIST, lines],
    ] as const) {
      await using file = await OutFile.create(join(this.#out, name))
      await file.write(Buffer.from(text))
    }
    return path
  }

  async #save(record: WarcRecord): Promise<void> {
    const answer = await readAnswer(record, platformUnpack)
    const { date = '', url = '' } = record
    if (answer?.status === undefined || isRedirect(answer.status)) return
    const reader = new BodyReader()
    const media = mediaTypeOf(answer.headers)
    const name = savedName({ url, contentType: media.type, id: sha256Hex(url) })
    const path = join(this.#out, name)
    await directory(join(path, '..'))
    let bytes = 0
    {
      await using file = await OutFile.create(path + TORN)
      for await (const piece of answer.body) {
        reader.take(piece)
        await file.write(piece)
      }
      bytes = file.bytes
    }
    // Its check sum comes behind it.
    await record.finish().catch(async (thrown: unknown) => {
      await rm(path + TORN, { force: true })
      throw thrown
    })
    await rename(path + TORN, path)
    const { hash, title } = reader.read(media)
    const file = { file: name, bytes, title }
    this.#files.set(`sha256:${hash}`, file)
    this.#bytes += bytes
    this.pages.push({ url, at: date, status: answer.status, ...file })
  }

  /** The same content as one before: the same file. */
  async #same(record: WarcRecord): Promise<void> {
    const answer = await readAnswer(record, platformUnpack)
    const digest = record.fields.find(([name]) => name === 'WARC-Payload-Digest')?.[1] ?? ''
    const file = this.#files.get(digest)
    const { date = '', url = '' } = record
    if (file === undefined || answer?.status === undefined) return
    this.pages.push({ url, at: date, status: answer.status, ...file })
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

async function directory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((thrown: unknown) => {
    throw outputError(path, thrown)
  })
}
