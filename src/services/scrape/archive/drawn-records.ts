/**
 * What a browser drew of a page, as records of its own behind the page's (ISO 28500:2017, 6.4):
 * the document as `urn:dom:ADDRESS` with all that is told of the rendering, the screenshot as
 * `urn:fullPage:ADDRESS`, which is what Browsertrix calls it.
 */
import { Render } from '../../../wire/api-render.ts'
import { reader } from '../../../wire/method.ts'
import { asciiJson } from './cdxj.ts'
import { fieldOf, type Fields } from './fields.ts'
import type { Resource } from './warc-record.ts'

export const DOM_PREFIX = 'urn:dom:'
export const SCREENSHOT_PREFIX = 'urn:fullPage:'
/** As Browsertrix calls what its tools know of a resource. */
const FACTS_FIELD = 'WARC-JSON-Metadata'

/** Each part is read once, when its turn comes. */
export interface DrawnContent {
  readonly render: Render
  readonly html: AsyncIterable<Uint8Array>
  /** `undefined` where `render.screenshot` is null. */
  readonly screenshot: AsyncIterable<Uint8Array> | undefined
}

/** In the order in which they are written. @param url of the page's answer */
export function drawnResources(url: string, drawn: DrawnContent): Resource[] {
  const { html, render, screenshot } = drawn
  const { at: date, bytes, hash, screenshot: picture } = render
  const document: Resource = {
    url: DOM_PREFIX + url,
    date,
    contentType: 'text/html; charset=utf-8',
    fields: [[FACTS_FIELD, asciiJson(render)]],
    body: { bytes, hash, pieces: html },
  }
  if (picture === null || screenshot === undefined) return [document]
  const body = { bytes: picture.bytes, hash: picture.hash, pieces: screenshot }
  const { contentType } = picture
  return [document, { url: SCREENSHOT_PREFIX + url, date, contentType, body }]
}

const readRender = reader(Render)

/** What a record of a document tells; `undefined`: not in the way of `drawnResources()`. */
export function renderIn(fields: Fields): Render | undefined {
  try {
    return readRender(JSON.parse(fieldOf(fields, FACTS_FIELD) ?? ''))
  } catch {
    return undefined
  }
}
