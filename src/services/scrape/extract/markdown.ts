/**
 * A page as Markdown (CommonMark, with GitHub's tables and strikethrough). Written from the tree,
 * block by block; what HTML has and Markdown has not is its text.
 */
import { shownText } from '../fetch/page-text.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import {
  childrenOf,
  isElement,
  isUnread,
  joined,
  lineOf,
  wholeUrl,
  type AnyNode,
  type Element,
} from './dom.ts'
import { MARKDOWN_DEPTH_MAX } from './extract-bounds.ts'

/** @param base what relative addresses are relative to */
export function markdownOf(root: AnyNode, base: CanonicalUrl): string {
  return new MarkdownWriter(base).blocks(childrenOf(root), 0).join('\n\n')
}

class MarkdownWriter {
  readonly #base: CanonicalUrl

  constructor(base: CanonicalUrl) {
    this.#base = base
  }

  /** Blocks of Markdown, each without an empty line at its ends. */
  blocks(nodes: readonly AnyNode[], depth: number): string[] {
    const blocks: string[] = []
    let run: AnyNode[] = []
    const endRun = (): void => {
      const text = tidied(this.#inline(run, depth))
      if (text !== '') blocks.push(escapedStart(text))
      run = []
    }
    for (const node of nodes) {
      if (isUnread(node) || (isElement(node) && PASSED_OVER.has(node.name))) continue
      if (!isElement(node) || !isBlock(node)) run.push(node)
      else {
        endRun()
        blocks.push(...this.#block(node, depth))
      }
    }
    endRun()
    return blocks
  }

  #block(element: Element, depth: number): readonly string[] {
    if (depth > MARKDOWN_DEPTH_MAX) return some(escaped(lineOf(element)))
    const { children, name } = element
    if (HEADING.test(name)) {
      const text = inOneLine(this.#inline(children, depth + 1))
      return text === '' ? [] : [`${'#'.repeat(Number(name.slice(1)))} ${text}`]
    }
    if (name === 'hr') return ['---']
    if (name === 'pre') return fenced(element)
    if (name === 'ul' || name === 'ol') return some(this.#list(element, depth))
    if (name === 'blockquote') {
      const text = this.blocks(children, depth + 1).join('\n\n')
      return text === '' ? [] : [prefixed(text, '> ')]
    }
    if (name === 'table') return this.#table(element, depth)
    return this.blocks(children, depth + 1)
  }

  #list({ attribs, children, name }: Element, depth: number): string {
    let number = Number.parseInt(attribs['start'] ?? '1', 10)
    if (!(number >= 0 && number < NUMBER_MAX)) number = 1
    const items: string[] = []
    for (const child of children) {
      if (!isElement(child)) continue
      const blocks = this.blocks(isBlock(child) ? childrenOf(child) : [child], depth + 1)
      if (blocks.length === 0) continue
      const mark = name === 'ol' ? `${number++}. ` : '- '
      // A list within an item follows its text at once; other blocks are parted.
      const isTight = blocks.length === 2 && /^(?:- |\d+\. )/.test(blocks[1] ?? '')
      const text = blocks.join(isTight ? '\n' : '\n\n')
      items.push(mark + indented(text, ' '.repeat(mark.length)))
    }
    return items.join('\n')
  }

  /** One that lays a page out, with blocks in its cells, is no table of data. */
  #table(table: Element, depth: number): readonly string[] {
    const rows = rowsOf(table)
    const isLayout = rows.some((row) => row.some(hasBlocks)) || rows.every((row) => row.length < 2)
    if (isLayout) {
      return rows.flatMap((row) => row.flatMap((cell) => this.blocks(cell.children, depth + 1)))
    }
    const lines = rows.map((row) => row.map((cell) => this.#cell(cell, depth)))
    const width = Math.max(...lines.map(({ length }) => length))
    const written = lines.map((line) => {
      const cells = [...line, ...Array<string>(width - line.length).fill('')]
      return `| ${cells.join(' | ')} |`
    })
    const [head = '', ...body] = written
    return [[head, `|${' --- |'.repeat(width)}`, ...body].join('\n')]
  }

  #cell({ children }: Element, depth: number): string {
    return inOneLine(this.#inline(children, depth + 1)).replaceAll('|', String.raw`\|`)
  }

  #inline(nodes: readonly AnyNode[], depth: number): string {
    return nodes.map((node) => this.#span(node, depth)).join('')
  }

  #span(node: AnyNode, depth: number): string {
    if (node.type === 'text') return escaped(node.data.replaceAll(/\s+/g, ' '))
    if (!isElement(node) || isUnread(node) || PASSED_OVER.has(node.name)) return ''
    if (depth > MARKDOWN_DEPTH_MAX) return escaped(lineOf(node))
    const { attribs, children, name } = node
    if (name === 'br') return BREAK
    if (name === 'img') return this.#image(attribs)
    if (CODE.has(name)) return codeSpan(lineOf(node))
    const text = this.#inline(children, depth + 1)
    if (name === 'a') return this.#link(text, attribs['href'])
    const mark = MARKS.get(name)
    return mark === undefined ? text : marked(text, mark)
  }

  #link(text: string, href: string | undefined): string {
    const url = href === undefined || href.startsWith('#') ? undefined : this.#whole(href)
    const shown = inOneLine(text)
    if (url === undefined || shown === '') return text
    return `${spaceBefore(text)}[${shown}](${destination(url)})${spaceAfter(text)}`
  }

  #image(attribs: Readonly<Record<string, string>>): string {
    const url = attribs['src'] === undefined ? undefined : this.#whole(attribs['src'])
    const alt = escaped(joined(attribs['alt'] ?? ''))
    return url === undefined ? alt : `![${alt}](${destination(url)})`
  }

  #whole(text: string): string | undefined {
    return wholeUrl(text, this.#base)
  }
}

/** Nine digits at most (CommonMark, 5.2). */
const NUMBER_MAX = 1_000_000_000
const HEADING = /^h[1-6]$/

/** Stands for the end of a line until a block is whole. */
const BREAK = '\u001F'

const CODE: ReadonlySet<string> = new Set(['code', 'kbd', 'samp', 'tt'])
const MARKS: ReadonlyMap<string, string> = new Map([
  ['b', '**'],
  ['strong', '**'],
  ['em', '*'],
  ['i', '*'],
  ['del', '~~'],
  ['s', '~~'],
  ['strike', '~~'],
])

/** What a page shows that no text is. */
const PASSED_OVER: ReadonlySet<string> = new Set(
  'head title script style template noscript iframe object canvas svg button input select'.split(
    ' ',
  ),
)

const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body center dd details dialog dir div dl dt fieldset ' +
    'figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ' +
    'nav ol p pre search section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
)

function isBlock({ name }: Element): boolean {
  return BLOCKS.has(name)
}

function hasBlocks(cell: Element): boolean {
  return cell.children.some((child) => isElement(child) && isBlock(child) && child.name !== 'p')
}

function rowsOf(table: Element): readonly (readonly Element[])[] {
  const rows: Element[][] = []
  const waiting = [...table.children].toReversed()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isElement(node)) continue
    if (node.name === 'tr') {
      rows.push(
        node.children.filter(isElement).filter(({ name }) => name === 'td' || name === 'th'),
      )
    } else if (GROUPS.has(node.name)) waiting.push(...node.children.toReversed())
  }
  return rows.filter(({ length }) => length > 0)
}

const GROUPS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot'])

function some(text: string): readonly string[] {
  return text === '' ? [] : [text]
}

/** What would be read as Markdown, taken literally. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>~]/g, String.raw`\$&`).replaceAll(BREAK, ' ')
}

/** What begins a block where it stands first in a line. */
function escapedStart(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^(?=[#+=-]|[|])|(?<=^\d{1,9})(?=[.)](?:\s|$))/, '\\'))
    .join('\n')
}

/** Spaces joined, none at the ends of a line; a break ends a line. */
function tidied(text: string): string {
  return text
    .replaceAll(/ +/g, ' ')
    .split(BREAK)
    .map((line) => line.trim())
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()
    .replaceAll('\n', '\\\n')
}

function inOneLine(text: string): string {
  return text.replaceAll(BREAK, ' ').replaceAll(/ +/g, ' ').trim()
}

/** White space stays outside: `** bold**` would be no bold text. */
function marked(text: string, mark: string): string {
  const inner = text.trim()
  const isPlain = inner === '' || inner.includes(BREAK) || inner.includes(mark)
  return isPlain ? text : `${spaceBefore(text)}${mark}${inner}${mark}${spaceAfter(text)}`
}

function spaceBefore(text: string): string {
  return /^\s/.test(text) ? ' ' : ''
}

function spaceAfter(text: string): string {
  return /\s$/.test(text) ? ' ' : ''
}

function codeSpan(text: string): string {
  if (text === '') return ''
  const fence = '`'.repeat(longestRun(text) + 1)
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}

function fenced(pre: Element): readonly string[] {
  const text = shownLines(rawText(pre)).replace(/^\n/, '').trimEnd()
  if (text === '') return []
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  const named = [pre, ...pre.children.filter(isElement)].map(
    ({ attribs }) => attribs['class'] ?? '',
  )
  const language = /\b(?:language|lang)-([\w+#-]{1,20})/.exec(named.join(' '))?.[1] ?? ''
  return [`${fence}${language}\n${text}\n${fence}`]
}

/** Without controls but tabs and ends of lines. */
function shownLines(text: string): string {
  return text.replaceAll(/[^\t\n]+/g, shownText)
}

function longestRun(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}

/** As it stands, line by line. */
function rawText(root: AnyNode): string {
  const parts: string[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'text') parts.push(node.data)
    else if (isElement(node) && node.name === 'br') parts.push('\n')
    for (const child of childrenOf(node).toReversed()) waiting.push(child)
  }
  return parts.join('')
}

function destination(url: string): string {
  return /[\s()<>]/.test(url) ? url.replaceAll(/[\s()<>]/g, percentEncoded) : url
}

function percentEncoded(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`
}

function prefixed(text: string, prefix: string): string {
  return text
    .split('\n')
    .map((line) => (prefix + line).trimEnd())
    .join('\n')
}

/** All lines but the first. */
function indented(text: string, by: string): string {
  return text.replaceAll(/\n(?=[^\n])/g, `\n${by}`)
}
