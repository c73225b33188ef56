/** What `anillo pages list`, `show` and `content` do. */
import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient, PagePart } from '../../client/client.ts'
import type { HeldPage } from '../../wire/api-archives.ts'
import type { Page } from '../../wire/api.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile } from '../out-file.ts'
import { factText, paintFor, type Paint } from '../paint.ts'
import { checkPictureFile } from '../picture-file.ts'
import { reachRing } from '../reach.ts'
import { countText, dateText, durationText } from '../table.ts'
import { told } from '../told.ts'
import { filterOf, type FilterFlags } from './export.ts'
import {
  contentOf,
  copyContent,
  outSink,
  renderedOf,
  renderRows,
  screenshotOf,
  type Whole,
} from './scrape.ts'

export interface ListPagesFlags extends FilterFlags {
  readonly limit: number
}

export interface ContentFlags extends DoorFlags {
  readonly out?: string
}

export async function runListPages(io: Io, flags: ListPagesFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const paint = paintFor(io, io.out)
  let shown = 0
  let isMore = false
  for await (const page of client.archives.pages(filterOf(flags))) {
    isMore = shown === flags.limit
    if (isMore) break
    shown++
    if (flags.json) jsonLine(io, page)
    else line(io.out, heldLine(page, paint))
  }
  if (flags.json) return EXIT.done
  if (isMore) line(io.err, `There are more than ${countText(shown, 'page')}; --limit shows more.`)
  else if (shown === 0) line(io.err, noneText(flags))
  return EXIT.done
}

/** Sites of one's own have a port, which people leave out. */
export function noneText({ host }: Pick<ListPagesFlags, 'host'>): string {
  if (host === undefined || /:\d*$/.test(host)) return 'no page is held'
  return `no page of ${host} is held; a port belongs to the host, as in --host ${host}:8000`
}

function heldLine({ at, bytes, code, status, title, url }: HeldPage, paint: Paint): string {
  const result = String(status ?? code ?? '').padEnd(STATUS_CHARS)
  const size = (bytes === undefined ? '' : sizeText(bytes)).padStart(SIZE_CHARS)
  const named = title === undefined ? '' : `  ${paint('dim', title)}`
  return `${dateText(at)}  ${result}  ${size}  ${url}${named}`
}

const STATUS_CHARS = 3
const SIZE_CHARS = 8

export async function runShowPage(io: Io, named: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const page = await pageNamed(client, named)
  return told(io, flags, { json: page, text: factLines(page, paintFor(io, io.out)) })
}

export async function runPageContent(
  io: Io,
  named: string,
  { part, ...flags }: ContentFlags & { readonly part: PagePart },
): Promise<ExitCode> {
  if (part === 'screenshot') checkPictureFile(flags.out)
  const client = await reachRing(io, flags)
  const page = await pageNamed(client, named)
  return writeWhole(io, client, { whole: wholeOf(page, part), flags })
}

/** @throws AnilloError NOT_FOUND */
function wholeOf(page: Page, part: PagePart): Whole {
  if (part === 'content') return contentOf(page)
  const { id, render } = page
  if (part === 'rendered' && render !== undefined) return renderedOf(id, render)
  return screenshotOf(page)
}

interface Writing {
  readonly whole: Whole
  readonly flags: ContentFlags
}

async function writeWhole(
  io: Io,
  client: AnilloClient,
  { flags, whole }: Writing,
): Promise<ExitCode> {
  if (flags.out === undefined) {
    await copyContent(client, whole, outSink(io.out))
    return EXIT.done
  }
  {
    await using file = await OutFile.create(flags.out)
    const restart = async (): Promise<boolean> => {
      await file.restart()
      return true
    }
    await copyContent(client, whole, { write: (piece) => file.write(piece), restart })
  }
  const { bytes, hash } = whole
  if (flags.json) jsonLine(io, { path: flags.out, bytes, hash })
  else line(io.err, `wrote ${sizeText(bytes)} to ${flags.out}`)
  return EXIT.done
}

/** By its id, or its address. */
export function pageNamed(client: AnilloClient, named: string): Promise<Page> {
  return /^[0-9a-f]{64}$/.test(named) ? client.page(named) : client.pageOf(named)
}

function factLines(page: Page, paint: Paint): readonly string[] {
  const { bytes, contentType, durationMs, fetchedAt, finalUrl, hash, id, status, title, url } = page
  const rows: (readonly [string, string])[] = [
    ['address', url],
    ...(finalUrl === url ? [] : [['arrived at', finalUrl] as const]),
    ['id', id],
    ['status', `${status} ${page.statusText}`.trim()],
    ...(title === null ? [] : [['title', title] as const]),
    ['type', contentType],
    ['size', sizeText(bytes)],
    ['hash', `sha256 ${hash}`],
    ['got', `${fetchedAt}, in ${durationText(durationMs)}${byText(page)}`],
    ...renderRows(page),
    ...page.headers.map(([name, value]) => ['header', `${name}: ${value}`] as const),
  ]
  return rows.map(([name, text]) => factText(paint, name, shown(text)))
}

/** What a site sent must not steer the terminal. */
export function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}

/** Members are told to who may watch the ring alone. */
function byText({ fetchedBy }: Partial<Pick<Page, 'fetchedBy'>>): string {
  return fetchedBy === undefined ? '' : `, by ${fetchedBy.name}`
}
