/** The text of a kept page: what is searched, compared and read aloud. Pure. */
import type { Page } from '../../../wire/api.ts'
import { headerOf, isHtml } from '../fetch/http-message.ts'
import { isText } from '../fetch/page-text.ts'
import { htmlText } from './html-text.ts'
import { TEXT_BYTES_MAX } from './text-bounds.ts'
import { TextLines } from './text-lines.ts'

export interface PageText {
  readonly title: string | undefined
  /** None of them empty. Cells of a row have a tab between them. No controls but that. */
  readonly lines: readonly string[]
  /** As the page or its site says, in lower case (BCP 47): `en`, `pt-br`. */
  readonly language: string | undefined
  /** There was more than is read of a page (`text-bounds.ts`). */
  readonly isCut: boolean
}

export interface TextOptions {
  /** What stands around the content of many pages is left out: `nav`, `footer`, `aside`. */
  readonly isContentAlone?: boolean
}

/** What is known of a page beside its content. */
export type TextSource = Pick<Page, 'charset' | 'contentType' | 'headers' | 'title'>

/**
 * Of HTML what a reader sees; text, JSON and XML as they are; of other content nothing.
 * @param bytes the content, unpacked; of a long one the first TEXT_BYTES_MAX are enough
 */
export function textOf(page: TextSource, bytes: Uint8Array, options: TextOptions = {}): PageText {
  const title = page.title ?? undefined
  const said = headerOf(page.headers, 'content-language')?.split(',')[0]
  const language = languageOf(said)
  if (!isText(page.contentType)) return { title, lines: [], language, isCut: false }
  const isCut = bytes.length > TEXT_BYTES_MAX
  const text = decodedText(page, bytes.subarray(0, TEXT_BYTES_MAX))
  if (!isHtml(page.contentType)) {
    const plain = plainLines(text)
    return { title, language, lines: plain.lines, isCut: isCut || plain.isCut }
  }
  const html = htmlText(text, options.isContentAlone === true ? AROUND : NOTHING)
  return {
    title,
    lines: html.lines,
    language: languageOf(html.language) ?? language,
    isCut: isCut || html.isCut,
  }
}

/** In its charset; where nobody says one, in that which the web means then. */
export function decodedText(page: Pick<Page, 'charset'>, bytes: Uint8Array): string {
  return new TextDecoder(page.charset ?? 'windows-1252').decode(bytes)
}

const AROUND: ReadonlySet<string> = new Set(['nav', 'footer', 'aside'])
const NOTHING: ReadonlySet<string> = new Set()

function plainLines(text: string): { readonly lines: readonly string[]; readonly isCut: boolean } {
  const lines = new TextLines()
  let at = 0
  while (at < text.length && !lines.isCut) {
    const end = text.indexOf('\n', at)
    const next = end === -1 ? text.length : end
    lines.add(text.slice(at, next))
    lines.end(true)
    at = next + 1
  }
  return { lines: lines.take(), isCut: lines.isCut }
}

function languageOf(text: string | undefined): string | undefined {
  const tag = text?.trim().toLowerCase()
  return tag !== undefined && /^[a-z]{2,3}(?:-[a-z\d]{1,8}){0,4}$/.test(tag) ? tag : undefined
}
