/** The content of an archived page, with its addresses leading into the archive. */
import { utf8 } from '../../../base/bytes.ts'
import type { Page } from '../../../wire/api.ts'
import { isCss, isHtml } from '../fetch/http-message.ts'
import { CssScanner } from '../links/css-scanner.ts'
import type { PageContent } from '../pages/scraper.ts'
import { HtmlRewriter } from './html-rewriter.ts'
import { rewrittenAddress, type ReplayPlace } from './replay-address.ts'

export interface Rewriting {
  readonly place: ReplayPlace
  /** HTML that comes before all that a page itself runs. */
  readonly insert?: string
}

export interface RewrittenBody {
  /** As a header says it; empty where nobody knows. */
  readonly contentType: string
  /** Absent where it is not known before it was sent. */
  readonly bytes?: number
  readonly body: AsyncIterable<Uint8Array>
}

/** What is rewritten comes in UTF-8, whatever it was. */
export function rewrittenBody({ body, page }: PageContent, options: Rewriting): RewrittenBody {
  const { charset, contentType } = page
  const writer = writerFor(page, options)
  if (writer === undefined) {
    const said = charset === null || contentType === '' ? '' : `; charset=${charset}`
    return { contentType: `${contentType}${said}`, bytes: page.bytes, body }
  }
  const decoder = new TextDecoder(charset ?? (isCss(contentType) ? 'utf-8' : 'windows-1252'))
  return { contentType: `${contentType}; charset=utf-8`, body: written(body, writer, decoder) }
}

interface Writer {
  write(text: string): string
  end(): string
}

function writerFor(page: Page, { insert, place }: Rewriting): Writer | undefined {
  const { contentType, finalUrl } = page
  const rewrite = (address: string, base: string): string | undefined =>
    rewrittenAddress(place, { address, base })
  if (isCss(contentType)) return new CssScanner((address) => rewrite(address, finalUrl))
  const isXml = XML.has(contentType)
  if (!isXml && !isHtml(contentType)) return undefined
  return new HtmlRewriter({
    base: finalUrl,
    rewrite,
    isXml,
    ...(insert === undefined ? {} : { insert }),
  })
}

const XML: ReadonlySet<string> = new Set(['application/xhtml+xml', 'image/svg+xml'])

async function* written(
  body: AsyncIterable<Uint8Array>,
  writer: Writer,
  decoder: TextDecoder,
): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    const text = writer.write(decoder.decode(piece, { stream: true }))
    if (text !== '') yield utf8(text)
  }
  const rest = writer.write(decoder.decode()) + writer.end()
  if (rest !== '') yield utf8(rest)
}
