/** Links and tables of a page, as rows. */
import type { ExtractedLink, ExtractedTable } from '../../../wire/api-extract.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import {
  childrenOf,
  elementsBelow,
  isElement,
  lineOf,
  nodesBelow,
  wholeUrl,
  type Document,
  type Element,
} from './dom.ts'
import { EXTRACT_CELLS_MAX } from './extract-bounds.ts'
import type { Room } from './room.ts'

/** Where a reader can go, in the order of the page, each address once, with its first text. */
export function linksOf(document: Document, base: CanonicalUrl, room: Room): ExtractedLink[] {
  const links = new Map<string, ExtractedLink>()
  for (const element of elementsBelow(document)) {
    const { attribs, name } = element
    const href = attribs['href']?.trim() ?? ''
    if ((name !== 'a' && name !== 'area') || href === '' || href.startsWith('#')) continue
    const url = wholeUrl(href, base)
    if (url === undefined) continue
    const known = links.get(url)
    if (known !== undefined && known.text !== '') continue
    if (known === undefined && !room.item('links', { length: links.size })) break
    const text = room.text('links', lineOf(element) || (attribs['title'] ?? ''), LINK_CHARS_MAX)
    const rel = attribs['rel']?.trim().slice(0, LINK_CHARS_MAX) ?? ''
    links.set(url, { url, text, ...(rel === '' ? {} : { rel }) })
  }
  return [...links.values()]
}

const LINK_CHARS_MAX = 1_000

/** Tables of rows; those within others are told by themselves, and their text within theirs. */
export function tablesOf(document: Document, room: Room): ExtractedTable[] {
  const tables: ExtractedTable[] = []
  for (const element of elementsBelow(document)) {
    if (element.name !== 'table') continue
    if (!room.item('tables', tables)) break
    const table = tableOf(element, room)
    if (table.rows.length > 0) tables.push(table)
  }
  return tables
}

function tableOf(table: Element, room: Room): ExtractedTable {
  const rows: string[][] = []
  /** Of each column, how many rows the cell above still reaches down. */
  const reaching: number[] = []
  let headRows = 0
  let caption = ''
  let cells = 0
  for (const element of ownElements(table)) {
    if (element.name === 'caption' && caption === '') caption = room.text('tables', lineOf(element))
    if (element.name !== 'tr') continue
    if (!room.item('tables', rows)) break
    const row = rowOf(element, reaching, room)
    cells += row.length
    if (cells > EXTRACT_CELLS_MAX) break
    const isHead = cellsOf(element).every(({ name }) => name === 'th')
    if (isHead && headRows === rows.length) headRows++
    rows.push(row)
  }
  return { ...(caption === '' ? {} : { caption }), headRows, rows }
}

function rowOf(tr: Element, reaching: number[], room: Room): string[] {
  const row: string[] = []
  const passReached = (): void => {
    for (let down = reaching[row.length] ?? 0; down > 0; down = reaching[row.length] ?? 0) {
      reaching[row.length] = down - 1
      row.push('')
    }
  }
  for (const cell of cellsOf(tr)) {
    passReached()
    const columns = spanOf(cell, 'colspan')
    const down = spanOf(cell, 'rowspan') - 1
    row.push(room.text('tables', lineOf(cell)), ...Array<string>(columns - 1).fill(''))
    for (let at = row.length - columns; at < row.length; at++) reaching[at] = down
  }
  passReached()
  return row
}

function cellsOf(tr: Element): readonly Element[] {
  return childrenOf(tr)
    .filter(isElement)
    .filter(({ name }) => CELLS.has(name))
}

/** WHATWG HTML, 4.9.11: at least one; wider than any table for people is a mistake. */
function spanOf({ attribs }: Element, name: 'colspan' | 'rowspan'): number {
  const span = Number.parseInt(attribs[name] ?? '', 10)
  return span >= 1 && span <= SPAN_MAX ? span : 1
}

const SPAN_MAX = 100
const CELLS: ReadonlySet<string> = new Set(['td', 'th'])

/** Below the table, not below one within it. */
function* ownElements(table: Element): Generator<Element> {
  const isOther = (node: Parameters<typeof isElement>[0]) =>
    isElement(node) && node.name === 'table' && node !== table
  for (const node of nodesBelow(table, (each) => !isOther(each))) if (isElement(node)) yield node
}
