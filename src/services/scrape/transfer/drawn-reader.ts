/**
 * What browsers drew, out of the archives that anillo wrote: it comes behind its page, document
 * first, and is kept beside the version that the page became, or was already.
 */
import { concat } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Render } from '../../../wire/api-render.ts'
import type { Page } from '../../../wire/api.ts'
import { DOM_PREFIX, renderIn, SCREENSHOT_PREFIX } from '../archive/drawn-records.ts'
import type { WarcRecord } from '../archive/warc-reader.ts'
import { sinceOf } from '../pages/page-record.ts'
import { PICTURE_BYTES_MAX, RENDER_HTML_BYTES_MAX } from '../render/limits.ts'
import type { RenderTable } from '../render/render-table.ts'
import type { Archive } from '../versions/archive.ts'
import type { ImportRun } from './import-run.ts'

export interface DrawnTools {
  readonly renders: Pick<RenderTable, 'get' | 'keep'>
  readonly archive: Pick<Archive, 'at'>
  readonly run: ImportRun
  /** In place of the member whose browser it was. */
  readonly by: { readonly name: string }
}

/** Of an answer: as much as tells which version it is. */
type Answer = Pick<Page, 'id' | 'finalUrl' | 'hash' | 'fetchedAt'>

interface Drawn {
  readonly of: Answer
  readonly render: Render
  readonly html: Uint8Array
  readonly screenshot?: Uint8Array
}

export class DrawnReader {
  readonly #tools: DrawnTools
  #answer: Answer | undefined
  /** Whole; its picture may follow. */
  #drawn: Drawn | undefined

  constructor(tools: DrawnTools) {
    this.#tools = tools
  }

  /** What follows belongs to it; `undefined`: to nothing that was kept. */
  follows(answer: Answer | undefined): void {
    this.#answer = answer
  }

  /** @returns whether the record was a part of what a browser drew, and was taken */
  async take(record: WarcRecord, signal: AbortSignal): Promise<boolean> {
    const drawn = this.#drawn
    if (drawn !== undefined && isOf(record, SCREENSHOT_PREFIX, drawn.of)) {
      const screenshot = await screenshotIn(record, drawn.render)
      if (screenshot !== undefined) this.#drawn = { ...drawn, screenshot }
      await this.flush(signal)
      return screenshot !== undefined
    }
    await this.flush(signal)
    const of = this.#answer
    if (of === undefined || !isOf(record, DOM_PREFIX, of)) return false
    const render = renderIn(record.fields)
    const html = render && (await wholeBlock(record, render, RENDER_HTML_BYTES_MAX))
    if (render === undefined || html === undefined) return false
    this.#drawn = { of, render, html }
    return true
  }

  /** Keeps what is there, unless that version was drawn already. @throws AnilloError as `keep()` */
  async flush(signal: AbortSignal): Promise<void> {
    const drawn = this.#drawn
    this.#drawn = undefined
    if (drawn === undefined) return
    const { archive, by, renders, run } = this.#tools
    const { fetchedAt, hash, id } = drawn.of
    await run.until(id)
    const version = await archive.at(id, fetchedAt, { signal })
    if (version?.page.hash !== hash) return
    const since = sinceOf(version.page)
    if ((await renders.get(id, since, { signal })) !== undefined) return
    const { html, screenshot } = drawn
    const picture = screenshot === undefined ? null : drawn.render.screenshot
    const render = { ...drawn.render, by: by.name, since, screenshot: picture }
    const isKept = await renders.keep(version.page, { render, html, screenshot }, signal)
    if (isKept) run.counts.noteDrawn()
  }
}

function isOf({ type, url }: WarcRecord, prefix: string, { finalUrl }: Answer): boolean {
  return type === 'resource' && url === prefix + finalUrl
}

async function screenshotIn(record: WarcRecord, { screenshot }: Render) {
  return screenshot === null ? undefined : wholeBlock(record, screenshot, PICTURE_BYTES_MAX)
}

/** `undefined`: it is not what is told of it, or more than a browser here may draw. */
async function wholeBlock(
  record: WarcRecord,
  told: { readonly bytes: number; readonly hash: string },
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  if (record.bytes !== told.bytes || record.bytes > bytesMax) return undefined
  const pieces: Uint8Array[] = []
  for await (const piece of record.block) pieces.push(piece.slice())
  const whole = concat(pieces)
  return sha256Hex(whole) === told.hash ? whole : undefined
}
