/**
 * All that is extracted from one page. Pure, and as slow as the page likes: for a worker thread.
 */
import type { Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
import type { Page } from '../../../wire/api.ts'
import { isHtml } from '../fetch/http-message.ts'
import { isText } from '../fetch/page-text.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { articleOf, articleText, type Article } from './article.ts'
import { baseOf, treeOf } from './dom.ts'
import { fieldsOf } from './fields.ts'
import { markdownOf } from './markdown.ts'
import { jsonLdOf, openGraphOf } from './metadata.ts'
import { Room } from './room.ts'
import { linksOf, tablesOf } from './tables.ts'
import { TEXT_BYTES_MAX } from './text-bounds.ts'
import { decodedText, textOf } from './text-of.ts'

/** What is known of a page beside its content. */
export type ExtractSource = Pick<
  Page,
  'id' | 'url' | 'finalUrl' | 'hash' | 'contentType' | 'charset' | 'headers' | 'title'
>

/** A page that is no HTML has text, and nothing else. */
export function extractPage(page: ExtractSource, bytes: Uint8Array, spec: ExtractSpec): Extracted {
  const room = new Room()
  const { hash, id, url } = page
  const parts = isHtml(page.contentType)
    ? fromHtml(page, decodedText(page, bytes.subarray(0, TEXT_BYTES_MAX)), { spec, room })
    : fromOther(page, bytes, { spec, room })
  const cut = [...room.cut, ...(bytes.length > TEXT_BYTES_MAX ? ['content'] : [])]
  return { id, url, hash, ...parts, ...(cut.length === 0 ? {} : { cut }) }
}

interface Extracting {
  readonly spec: ExtractSpec
  readonly room: Room
}

type Parts = Omit<Extracted, 'id' | 'url' | 'hash' | 'cut'>

function fromHtml(page: ExtractSource, html: string, { room, spec }: Extracting): Parts {
  const document = treeOf(html)
  const url = canonicalUrl(page.finalUrl)
  const base = baseOf(document, url)
  const isArticleWanted = spec.text === true || spec.markdown === true
  const article = isArticleWanted ? articleOf(document) : undefined
  const { fields, markdown } = spec
  return {
    ...(fields === undefined ? {} : { fields: fieldsOf(document, fields, { base, room }) }),
    ...(spec.jsonLd === true ? { jsonLd: jsonLdOf(document, room) } : {}),
    ...(spec.openGraph === true ? { openGraph: openGraphOf(document, room) } : {}),
    ...(spec.text === true ? { text: mainText(page, { html, article, room }) } : {}),
    ...(markdown === true || markdown === 'page'
      ? { markdown: markdownText({ document, base, article, room }) }
      : {}),
    ...(spec.links === true ? { links: linksOf(document, base, room) } : {}),
    ...(spec.tables === true ? { tables: tablesOf(document, room) } : {}),
  }
}

function fromOther(page: ExtractSource, bytes: Uint8Array, { room, spec }: Extracting): Parts {
  const { fields } = spec
  const isWanted = spec.text === true || (spec.markdown ?? false) !== false
  const text = isWanted && isText(page.contentType) ? wholeText(page, bytes, room) : ''
  return {
    ...(fields === undefined ? {} : { fields: nothingOf(fields) }),
    ...(spec.jsonLd === true ? { jsonLd: [] } : {}),
    ...(spec.openGraph === true ? { openGraph: {} } : {}),
    ...(spec.text === true ? { text: { text } } : {}),
    ...(spec.markdown === undefined || spec.markdown === false ? {} : { markdown: text }),
    ...(spec.links === true ? { links: [] } : {}),
    ...(spec.tables === true ? { tables: [] } : {}),
  }
}

/** What each field is where nothing matches. */
function nothingOf(fields: NonNullable<ExtractSpec['fields']>): NonNullable<Parts['fields']> {
  const nothing = Object.entries(fields).map(([name, field]) => {
    return [name, typeof field !== 'string' && field.all === true ? [] : null] as const
  })
  return Object.fromEntries(nothing)
}

interface MainText {
  readonly html: string
  readonly article: Article | undefined
  readonly room: Room
}

function mainText(
  page: ExtractSource,
  { article, html, room }: MainText,
): NonNullable<Parts['text']> {
  if (article !== undefined) return { ...article.about, text: articleText(article, room) }
  const { language, lines, title } = textOf(
    { ...page, charset: 'utf-8' },
    new TextEncoder().encode(html),
    { isContentAlone: true },
  )
  const text = lines.join('\n')
  return {
    ...(title === undefined ? {} : { title }),
    ...(language === undefined ? {} : { language }),
    text: room.text('text', text, text.length),
  }
}

function wholeText(page: ExtractSource, bytes: Uint8Array, room: Room): string {
  const text = textOf(page, bytes).lines.join('\n')
  return room.text('text', text, text.length)
}

interface MarkdownText extends Omit<MainText, 'html'> {
  readonly document: ReturnType<typeof treeOf>
  readonly base: ReturnType<typeof baseOf>
}

function markdownText({ article, base, document, room }: MarkdownText): string {
  const text = markdownOf(article === undefined ? document : treeOf(article.html), base)
  const title = article?.about.title
  const whole = title === undefined || /^# /m.test(text) ? text : `# ${title}\n\n${text}`
  return room.text('markdown', whole, whole.length)
}
