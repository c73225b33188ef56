/** What `anillo pages import` does: a WARC, or those of a WACZ, into the ring. */
import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

import { isAnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { ImportResult } from '../../wire/api-archives.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { unreadableFile } from '../given-file.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { countText, durationText, estimateText } from '../table.ts'
import { isZip, warcsOfWacz, type FilePart } from '../wacz-parts.ts'

export async function runImportPages(io: Io, path: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const parts = await partsOf(path)
  const results: ImportResult[] = []
  const startedMs = performance.now()
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  const sent = { before: 0, part: 0 }
  {
    using _ = new Progress(io, () =>
      progressText(sent.before + sent.part, total, performance.now() - startedMs),
    )
    for (const part of parts) {
      results.push(await importPart(client, { path, part, sent }).catch(toldFor(io, part, results)))
      sent.before += part.bytes
      sent.part = 0
    }
  }
  const sum = sumOf(results)
  if (flags.json) jsonLine(io, sum)
  else tell(io, sum, performance.now() - startedMs)
  return EXIT.done
}

interface Importing {
  readonly path: string
  readonly part: FilePart
  /** Of the part, by the latest try. */
  readonly sent: { part: number }
}

function importPart(client: AnilloClient, { part, path, sent }: Importing): Promise<ImportResult> {
  return client.archives.import(() => {
    sent.part = 0
    if (part.bytes === 0) return new Blob().stream()
    const end = part.offset + part.bytes - 1
    const file: AsyncIterable<Uint8Array> = createReadStream(path, { start: part.offset, end })
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of file) {
        sent.part += piece.length
        yield piece
      }
    }
    return ReadableStream.from(counted())
  })
}

/** The WARC itself, or those in a WACZ. @throws AnilloError USAGE, ARCHIVE_BROKEN */
async function partsOf(path: string): Promise<readonly FilePart[]> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const { size } = await file.stat()
    const readAt = readerOf(file)
    if (!isZip(await readAt(0, Math.min(size, 4)))) return [{ name: path, offset: 0, bytes: size }]
    return await warcsOfWacz(readAt, size)
  } catch (thrown) {
    if (isAnilloError(thrown)) throw thrown
    throw unreadableFile(path, thrown)
  } finally {
    await file?.close()
  }
}

function readerOf(file: FileHandle) {
  return async (offset: number, bytes: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, offset)
    return buffer.subarray(0, bytesRead)
  }
}

/** What was kept before an archive ended badly. */
function toldFor(io: Io, { name }: FilePart, before: readonly ImportResult[]) {
  return (thrown: unknown): never => {
    const kept = isAnilloError(thrown) ? thrown.details['pages'] : undefined
    if (typeof kept === 'number') {
      const pages = before.reduce((sum, result) => sum + result.pages, kept)
      if (pages > 0) line(io.err, `${name}: ${countText(pages, 'page')} before that stay kept`)
    }
    throw thrown
  }
}

function progressText(sent: number, total: number, passedMs: number): string {
  const share = `${sizeText(sent)} of ${sizeText(total)}`
  if (sent === 0 || passedMs < SECOND_MS) return share
  if (sent === total) return `${share}, being kept`
  return `${share}, about ${estimateText((passedMs * (total - sent)) / sent)} left`
}

function sumOf(results: readonly ImportResult[]): ImportResult {
  const sum = (read: (result: ImportResult) => number): number =>
    results.reduce((total, result) => total + read(result), 0)
  const reasons = new Set(results.flatMap(({ refused }) => Object.keys(refused)))
  return {
    pages: sum(({ pages }) => pages),
    same: sum(({ same }) => same),
    refused: Object.fromEntries(
      Array.from(reasons, (reason) => [reason, sum(({ refused }) => refused[reason] ?? 0)]),
    ),
    passedOver: sum(({ passedOver }) => passedOver),
    renders: sum(({ renders }) => renders),
    bytes: sum(({ bytes }) => bytes),
  }
}

function tell(
  io: Io,
  { bytes, pages, refused, renders, same }: ImportResult,
  tookMs: number,
): void {
  const known = same === 0 ? '' : `, ${same} held already`
  const drawn = renders === 0 ? '' : `, ${renders} as a browser drew them`
  const from = `from ${sizeText(bytes)} in ${durationText(tookMs)}`
  line(io.out, `${countText(pages, 'page')} added${known}${drawn}, ${from}`)
  for (const [reason, count] of Object.entries(refused)) {
    line(io.err, `${count} not kept: ${REASONS[reason] ?? reason}`)
  }
}

/** As docs/spec/archives.md has them. */
const REASONS: Readonly<Record<string, string>> = {
  url: 'addresses that the ring keeps no pages of',
  date: 'without a date, or with one that is to come',
  notHttp: 'no answers of HTTP',
  tooLarge: 'larger than a download may be',
  bomb: 'unpacking to over 200 times their size',
  body: 'content that is not of its coding',
  revisit: 'content that is neither in the archive nor in the ring',
  instant: 'another content of the same instant is held',
  versions: 'pages with as many versions as are kept',
}
