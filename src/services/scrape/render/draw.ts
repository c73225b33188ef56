/** One page that is held, drawn by the browser of this member, and kept beside its version. */
import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Browser, RenderLimits } from '../../../effects/browser.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Render } from '../../../wire/api-render.ts'
import type { RenderPace } from '../../../wire/renders.ts'
import type { AddressGate } from '../fetch/address-gate.ts'
import { isHtml } from '../fetch/http-message.ts'
import { TITLE_CHARS_MAX } from '../limits.ts'
import { sinceOf } from '../pages/page-record.ts'
import type { PageContent, Scraper } from '../pages/scraper.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { BrowserAnswers } from './browser-answers.ts'
import {
  PICTURE_BYTES_MAX,
  PICTURE_HEIGHT_MAX,
  RENDER_HEIGHT,
  RENDER_HTML_BYTES_MAX,
  RENDER_PACED_SETTLE_MS,
  RENDER_PACED_WHOLE_MS,
  RENDER_QUIET_MS,
  RENDER_SETTLE_MS,
  RENDER_WHOLE_MS,
  RENDER_WIDTH,
  RENDERER_BYTES_MAX,
  RENDERERS_BYTES_MAX,
} from './limits.ts'
import type { RenderTable } from './render-table.ts'
import { Turns } from './turns.ts'

export interface DrawTools {
  readonly clock: Clock
  readonly browser: Browser
  readonly table: RenderTable
  readonly scraper: Scraper
  readonly outerGate: Pick<AddressGate, 'admit'>
  /** `anillo/VERSION (+contact)`. */
  readonly agent: string
  /** Of this member. */
  readonly name: string
}

export interface DrawOrder {
  readonly id: string
  /** Absent: somebody asked for this very page. */
  readonly pace: RenderPace | undefined
  readonly signal: AbortSignal
}

/** @throws AnilloError NOT_FOUND, RENDER_FAILED, RENDER_UNAVAILABLE, STORE_UNAVAILABLE */
export async function draw(order: DrawOrder, tools: DrawTools): Promise<Render> {
  const { clock, scraper } = tools
  const { id, pace, signal } = order
  const held = await scraper.content(id, signal)
  if (held === undefined) throw new AnilloError('NOT_FOUND', { what: 'page held under this id' })
  const { page } = held
  if (!isHtml(page.contentType)) {
    throw new AnilloError('RENDER_FAILED', { problem: `it is ${page.contentType}, not HTML` })
  }
  const url = canonicalUrl(page.url)
  const turns = pace && new Turns({ clock, scraper, delayMs: pace.delayMs }, url)
  try {
    return await drawHeld({ ...order, held, turns }, tools)
  } finally {
    await turns?.rest(url, signal)
  }
}

interface Drawing extends DrawOrder {
  readonly held: PageContent
  readonly turns: Turns | undefined
}

async function drawHeld(order: Drawing, tools: DrawTools): Promise<Render> {
  const { browser, clock, table } = tools
  const { held, pace, signal, turns } = order
  const { page } = held
  const answers = new BrowserAnswers(held, { ...tools, turns })
  const startedMs = clock.nowMs()
  const rendered = await browser.render({
    url: page.url,
    agent: tools.agent,
    limits: limitsFor(pace),
    answer: (request, gone) => answers.answer(request, gone),
    signal,
  })
  const { complaints, denied, html, isSettled, picture, title } = rendered
  const render: Render = {
    at: new Date(clock.wallMs()).toISOString(),
    by: tools.name,
    browser: rendered.browser,
    durationMs: clock.nowMs() - startedMs,
    since: sinceOf(page),
    title: title === '' ? null : title.slice(0, TITLE_CHARS_MAX),
    hash: sha256Hex(html),
    bytes: html.length,
    screenshot: picture === undefined ? null : factsOf(picture),
    isSettled,
    ...answers.counts,
    complaints,
    denied,
  }
  const isKept = await table.keep(page, { render, html, screenshot: picture?.bytes }, signal)
  if (!isKept) throw new AnilloError('NOT_FOUND', { what: 'such version of the page any more' })
  return render
}

function factsOf({
  bytes,
  ...facts
}: NonNullable<Awaited<ReturnType<Browser['render']>>['picture']>): NonNullable<
  Render['screenshot']
> {
  return { ...facts, hash: sha256Hex(bytes), bytes: bytes.length }
}

function limitsFor(pace: RenderPace | undefined): RenderLimits {
  return {
    wholeMs: pace === undefined ? RENDER_WHOLE_MS : RENDER_PACED_WHOLE_MS,
    quietMs: RENDER_QUIET_MS,
    settleMs: pace === undefined ? RENDER_SETTLE_MS : RENDER_PACED_SETTLE_MS,
    htmlBytesMax: RENDER_HTML_BYTES_MAX,
    width: RENDER_WIDTH,
    height: RENDER_HEIGHT,
    pictureHeightMax: PICTURE_HEIGHT_MAX,
    pictureBytesMax: PICTURE_BYTES_MAX,
    processBytesMax: RENDERER_BYTES_MAX,
    allBytesMax: RENDERERS_BYTES_MAX,
  }
}
