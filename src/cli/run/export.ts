/** What `anillo crawls export` and `anillo pages export` do: a file, with how far it is. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { sizeText } from '../../base/size-text.ts'
import type { FilePart } from '../../client/archives.ts'
import type { PageFilter } from '../../wire/api-archives.ts'
import { EXPORT_SUFFIXES, type ExportFormat } from '../../wire/export-formats.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile } from '../out-file.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { durationText } from '../table.ts'

export interface ExportFlags extends DoorFlags {
  readonly format: ExportFormat
  readonly out?: string
}

export interface FilterFlags extends DoorFlags {
  readonly host?: string
  readonly url?: string
  readonly prefix?: string
}

export type ExportPagesFlags = ExportFlags & FilterFlags

export async function runExportCrawl(io: Io, id: string, flags: ExportFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { counts } = await client.crawls.get(id)
  const isOfRows = flags.format === 'jsonl' || flags.format === 'csv'
  const total = isOfRows ? counts.queued : counts.done
  const name = `anillo-crawl-${id}`
  return write(io, client.archives.exportCrawl(id, flags.format), { flags, name, total })
}

export async function runExportPages(io: Io, flags: ExportPagesFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const parts = client.archives.exportPages(filterOf(flags), flags.format)
  return write(io, parts, { flags, name: 'anillo-pages', total: undefined })
}

export function filterOf({ host, prefix, url }: FilterFlags): PageFilter {
  return {
    ...(host === undefined ? {} : { host }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(url === undefined ? {} : { url }),
  }
}

interface Writing {
  readonly flags: ExportFlags
  /** Of the file, where none is given; without suffix. */
  readonly name: string
  /** Pages, or addresses; `undefined`: nobody knows. */
  readonly total: number | undefined
}

const STANDARD_OUTPUT = '-'

async function write(
  io: Io,
  parts: AsyncIterable<FilePart>,
  { flags, name, total }: Writing,
): Promise<ExitCode> {
  const { format, json } = flags
  const path = flags.out ?? `${name}.${EXPORT_SUFFIXES[format]}`
  if (path === STANDARD_OUTPUT && json) {
    const problem = 'The file and --json would both go to standard output: name a file with --out.'
    throw new AnilloError('USAGE', { problem })
  }
  const count = new ExportCount(format)
  const startedMs = performance.now()
  {
    using _ = new Progress(io, () => progressText(count, total, performance.now() - startedMs))
    if (path === STANDARD_OUTPUT) await toStandardOutput(io, parts, count)
    else await toFile(path, parts, count)
  }
  const tookMs = performance.now() - startedMs
  if (json) jsonLine(io, { path, format, bytes: count.bytes })
  else line(io.err, `wrote ${sizeText(count.bytes)} to ${path} in ${durationText(tookMs)}`)
  return EXIT.done
}

async function toFile(
  path: string,
  parts: AsyncIterable<FilePart>,
  count: ExportCount,
): Promise<void> {
  await using file = await OutFile.create(path)
  for await (const part of parts) {
    if (part === 'again') {
      await file.restart()
      count.restart()
    } else {
      await file.write(part.bytes)
      count.took(part.bytes)
    }
  }
}

/** What was written there cannot be taken back. */
async function toStandardOutput(
  io: Io,
  parts: AsyncIterable<FilePart>,
  count: ExportCount,
): Promise<void> {
  for await (const part of parts) {
    if (part === 'again') throw new AnilloError('EXPORT_CHANGED')
    await io.out.writeBytes(part.bytes)
    count.took(part.bytes)
  }
}

function progressText(count: ExportCount, total: number | undefined, passedMs: number): string {
  const { bytes, pages } = count
  const rate = passedMs < SECOND_MS ? '' : `, ${sizeText((bytes / passedMs) * SECOND_MS)}/s`
  if (total === undefined || pages === 0) return `${sizeText(bytes)}${rate}`
  const done = Math.min(pages, total)
  const leftMs = (passedMs * (total - done)) / done
  const left = passedMs < SECOND_MS ? '' : `, about ${durationText(leftMs)} left`
  return `${done} of ${total}, ${sizeText(bytes)}${rate}${left}`
}

const LF = 0x0a
/** How each gzip member begins that is packed here (RFC 1952, 2.3). */
const MEMBER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0])
/** A page is an answer and what is known of it. */
const MEMBERS_A_PAGE = 2

/** How far an export is, as its bytes show. */
export class ExportCount {
  readonly #isOfLines: boolean
  #bytes = 0
  #marks = 0

  constructor(format: ExportFormat) {
    this.#isOfLines = format === 'jsonl' || format === 'csv' || format === 'cdxj'
  }

  get bytes(): number {
    return this.#bytes
  }

  /** About so many pages, or lines. */
  get pages(): number {
    return this.#isOfLines ? this.#marks : Math.floor(this.#marks / MEMBERS_A_PAGE)
  }

  took(piece: Uint8Array): void {
    this.#bytes += piece.length
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    const mark = this.#isOfLines ? LF : MEMBER
    for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) this.#marks++
  }

  restart(): void {
    this.#bytes = 0
    this.#marks = 0
  }
}
