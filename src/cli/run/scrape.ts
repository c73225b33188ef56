/** What `anillo scrape` does: ask, show how it goes, then what came of it. */
import { AnilloError, asAnilloError, isAnilloError, parseErrorCode } from '../../base/errors.ts'
import { Sha256 } from '../../base/hash.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient, PagePart } from '../../client/client.ts'
import { FAILURE_FRESH_MS } from '../../services/scrape/limits.ts'
import type { Render } from '../../wire/api-render.ts'
import type { Witnesses } from '../../wire/api-testimony.ts'
import type { Failure, Page, Scrape, ScrapeRequest } from '../../wire/api.ts'
import { tellExtracted } from '../extract-lines.ts'
import { specOf, type ExtractFlags } from '../extract-options.ts'
import { EXIT, tellFailure, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io, type Sink } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile } from '../out-file.ts'
import { factText, paintFor, type Paint } from '../paint.ts'
import { checkPictureFile } from '../picture-file.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { durationText } from '../table.ts'

export interface ScrapeRequestFlags extends DoorFlags, ExtractFlags {
  readonly maxAge?: number
  readonly witnesses?: number
  readonly vantage?: string
  readonly output?: string
  readonly body?: true
  readonly render?: true
  readonly screenshot?: string
}

/** A body that breaks off is asked for again, from its beginning, at whichever member answers. */
const CONTENT_TRIES_MAX = 3

export async function runScrape(io: Io, url: string, flags: ScrapeRequestFlags): Promise<ExitCode> {
  const spec = await specOf(flags)
  checkWanted(url, flags, spec !== undefined)
  const client = await reachRing(io, flags)
  const request = { url, ...wishOf(flags), ...(spec === undefined ? {} : { extract: spec }) }
  const startedMs = performance.now()
  const isDrawn = request.render === true
  const scrape = await follow(io, client, request)
  const tookMs = performance.now() - startedMs
  if (flags.json && spec === undefined) jsonLine(io, scrape)
  const { page } = scrape
  if (page === undefined || (isDrawn && page.render === undefined)) return tellNoPage(io, scrape)
  if (!flags.json) {
    const sink = flags.body || spec !== undefined ? io.err : io.out
    for (const text of pageLines(scrape, page, { tookMs, paint: paintFor(io, sink) })) {
      line(sink, text)
    }
  }
  if (spec !== undefined) {
    const extracted =
      // One that was waited for is told of without it.
      scrape.extracted ?? (await client.extracts.of(page.id, spec, page.render !== undefined))
    tellExtracted(io, extracted, flags)
  }
  const whole = page.render === undefined ? contentOf(page) : renderedOf(page.id, page.render)
  if (flags.body) await copyContent(client, whole, outSink(io.out))
  if (flags.output !== undefined) await saveContent(io, client, whole, flags.output)
  if (flags.screenshot !== undefined) {
    await saveContent(io, client, screenshotOf(page), flags.screenshot)
  }
  return EXIT.done
}

function wishOf({
  maxAge,
  render,
  screenshot,
  vantage,
  witnesses,
}: ScrapeRequestFlags): Omit<ScrapeRequest, 'url'> {
  return {
    ...(render === undefined && screenshot === undefined ? {} : { render: true }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(witnesses === undefined ? {} : { witnesses }),
    ...(vantage === undefined ? {} : { vantage }),
  }
}

function checkWanted(url: string, flags: ScrapeRequestFlags, isExtracting: boolean): void {
  checkPictureFile(flags.screenshot)
  if (url.trim() === '') {
    const problem = 'The address is empty. Type one such as https://example.org or :8000.'
    throw new AnilloError('USAGE', { problem })
  }
  if (!flags.body || (!flags.json && !isExtracting)) return
  if (isExtracting) {
    const problem = '--body writes to standard output, as what is extracted does: take -o FILE.'
    throw new AnilloError('USAGE', { problem })
  }
  const problem =
    '--body and --json would both write to standard output. ' +
    'Take --json with -o FILE, which writes the page to a file.'
  throw new AnilloError('USAGE', { problem })
}

async function follow(io: Io, client: AnilloClient, request: ScrapeRequest): Promise<Scrape> {
  const startedMs = performance.now()
  let received: number | undefined
  using _progress = new Progress(io, () => {
    const time = durationText(Math.floor((performance.now() - startedMs) / 1_000) * 1_000)
    const bytes = received ? `, ${sizeText(received)} received` : ''
    const doing = request.render === true ? 'rendering' : 'downloading'
    return `${doing} ${request.url}${bytes}, ${time}`
  })
  return await client.scrape(request, { onProgress: (scrape) => void (received = scrape.received) })
}

/** The failure as the ring keeps it: the same for each who asks. */
function tellNoPage(io: Io, scrape: Scrape): ExitCode {
  const { failure } = scrape
  if (failure === undefined) throw new AnilloError('INTERNAL', {})
  const code = parseErrorCode(failure.code)
  const exit =
    code === undefined
      ? tellForeign(io, failure)
      : tellFailure(io, new AnilloError(code, failure.details))
  if (scrape.how === 'hit') line(io.err, `  ${rememberedText(failure, Date.now())}`)
  return exit
}

/** A later version may know failures that this one does not. */
function tellForeign(io: Io, failure: Failure): ExitCode {
  line(io.err, `anillo: ${failure.text} [${failure.code}]`)
  return EXIT.failed
}

/** Of a failure that the ring remembers, so that a site in trouble is not asked by everybody. */
export function rememberedText(failure: Pick<Failure, 'at'>, nowMs: number): string {
  const agoMs = Math.max(0, nowMs - Date.parse(failure.at))
  const ago = durationText(Math.max(SECOND_MS, agoMs))
  const again = durationText(FAILURE_FRESH_MS)
  return `It failed ${ago} ago, and is remembered for ${again}; --max-age 0 asks again at once.`
}

export interface PageLook {
  readonly tookMs: number
  readonly paint: Paint
}

export function pageLines(scrape: Scrape, page: Page, look: PageLook): readonly string[] {
  const { paint } = look
  const isGood = page.status >= 200 && page.status < 300
  const status = paint(isGood ? 'green' : 'yellow', `${page.status} ${page.statusText}`.trim())
  const rows: (readonly [string, string])[] = [
    ['address', page.url],
    ...page.redirects.map(({ status: code, url }) => [`${code}`, `redirected to ${url}`] as const),
    ...(page.finalUrl === page.url ? [] : [['arrived at', page.finalUrl] as const]),
    ['type', page.contentType === '' ? 'not told' : page.contentType],
    ['size', sizesText(page)],
    ['hash', `sha256 ${page.hash}`],
    ['from', howText(scrape, page)],
    ...(page.witnesses === undefined ? [] : [['seen by', witnessText(page.witnesses)] as const]),
    ['owner', ownerText(scrape)],
    ...renderRows(page),
    ['time', `${durationText(look.tookMs)} here, ${durationText(page.durationMs)} to download`],
  ]
  const title = page.title === null ? '' : `  ${paint('bold', page.title)}`
  return [`${status}${title}`, ...rows.map(([name, text]) => `  ${factText(paint, name, text)}`)]
}

function sizesText(page: Page): string {
  const size = sizeText(page.bytes)
  return page.wireBytes === page.bytes ? size : `${size}, ${sizeText(page.wireBytes)} on the wire`
}

/** Those of the content that is shown, whenever they saw it. */
function witnessText({ agree, asked, at, told }: Witnesses): string {
  const missing = told === asked ? '' : `, ${asked - told} could not`
  return `${agree} of ${asked} members alike${missing}, at ${at}: anillo pages testimony`
}

function howText(scrape: Scrape, page: Page): string {
  const by = `${page.fetchedBy.name} at ${page.fetchedAt}`
  const age = scrape.age ? `, ${durationText(scrape.age * 1_000)} old` : ', just now'
  if (scrape.how === 'hit') return `held (hit): downloaded by ${by}${age}`
  if (scrape.how === 'coalesced') return `shared with others who asked: downloaded by ${by}`
  if (scrape.how === 'revalidated') return `unchanged at the site (304): asked by ${by}`
  return `fetched by ${by}`
}

function ownerText(scrape: Scrape): string {
  const { owner, hops } = scrape
  const way = hops.map(({ name }) => name).join(' → ')
  return way === '' ? `${owner.name}, known without a hop` : `${owner.name}, by way of ${way}`
}

/** Where a body goes; `restart` forgets what was written of a try that broke off. */
export interface BodySink {
  write(piece: Uint8Array): Promise<void>
  restart(): Promise<boolean>
}

export function outSink(sink: Sink): BodySink {
  let isWritten = false
  return {
    write: async (piece) => {
      isWritten = true
      await sink.writeBytes(piece)
    },
    // What was printed cannot be taken back.
    restart: async () => !isWritten,
  }
}

async function saveContent(
  io: Io,
  client: AnilloClient,
  whole: Whole,
  path: string,
): Promise<void> {
  await using file = await OutFile.create(path)
  await copyContent(client, whole, {
    write: (piece) => file.write(piece),
    restart: async () => {
      await file.restart()
      return true
    },
  })
  line(io.err, `wrote ${sizeText(whole.bytes)} to ${path}`)
}

/** Something of a page that is copied whole. */
export interface Whole extends Pick<Page, 'id' | 'hash' | 'bytes'> {
  readonly part: PagePart
}

export function contentOf({ bytes, hash, id }: Page): Whole {
  return { id, hash, bytes, part: 'content' }
}

export function renderedOf(id: string, { bytes, hash }: Render): Whole {
  return { id, hash, bytes, part: 'rendered' }
}

/** @throws AnilloError NOT_FOUND */
export function screenshotOf({ id, render }: Page): Whole {
  if (render === undefined) {
    throw new AnilloError('NOT_FOUND', { what: `render of this page; ${HAVE_IT}` })
  }
  if (render.screenshot === null) {
    throw new AnilloError('NOT_FOUND', { what: 'screenshot of this page: it was not painted' })
  }
  const { bytes, hash } = render.screenshot
  return { id, hash, bytes, part: 'screenshot' }
}

/** For pages that nobody has had drawn. */
export const HAVE_IT = '“npx anillo scrape URL --render” has it made'

/** What a browser made of the page. */
export function renderRows({ render }: Page): readonly (readonly [string, string])[] {
  if (render === undefined) return []
  const { at, browser, by, durationMs, requests, refused, screenshot } = render
  const left = refused === 0 ? '' : `, ${refused} refused`
  const picture =
    screenshot === null
      ? 'none: it could not be painted'
      : `${screenshot.width} x ${screenshot.height}, ${sizeText(screenshot.bytes)}`
  return [
    ['rendered', `${at} by ${by} (${browser}), in ${durationText(durationMs)}`],
    ['asked', `${requests} requests${left}${render.isSettled ? '' : '; it did not come to rest'}`],
    ['picture', picture],
  ]
}

const NEVER_AGAIN = ['NOT_FOUND', 'OUTPUT_NOT_WRITABLE'] as const

/** The whole body, proved by its hash. @throws AnilloError RPC_GARBLED */
export async function copyContent(
  client: AnilloClient,
  whole: Whole,
  sink: BodySink,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await copyOnce(client, whole, sink)
    } catch (thrown) {
      const isLast = tries >= CONTENT_TRIES_MAX || NEVER_AGAIN.some((c) => isAnilloError(thrown, c))
      if (isLast || !(await sink.restart())) throw asAnilloError(thrown)
    }
  }
}

async function copyOnce(client: AnilloClient, whole: Whole, sink: BodySink): Promise<void> {
  const { body } = await client.content(whole.id, { part: whole.part })
  const hash = new Sha256()
  for await (const piece of body) {
    hash.update(piece)
    await sink.write(piece)
  }
  if (hash.digestHex() === whole.hash) return
  const problem = 'the body does not have the hash of the page'
  throw new AnilloError('RPC_GARBLED', { address: client.doors[0] ?? '', problem })
}
