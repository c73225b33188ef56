/** What `anillo pages text`, `markdown`, `extract` and `search` do. */
import type { SearchResult } from '../../wire/api-search.ts'
import { tellExtracted } from '../extract-lines.ts'
import { specOf, type ExtractFlags } from '../extract-options.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor, type Paint } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { countText, dateText } from '../table.ts'
import { pageNamed, shown } from './pages.ts'

export type ExtractPageFlags = DoorFlags & ExtractFlags & { readonly rendered?: true }

export interface SearchFlags extends DoorFlags {
  readonly limit: number
  readonly unfold?: true
}

export async function runExtractPage(
  io: Io,
  named: string,
  flags: ExtractPageFlags,
): Promise<ExitCode> {
  const spec = (await specOf(flags)) ?? { text: true, jsonLd: true, openGraph: true }
  const client = await reachRing(io, flags)
  const page = await pageNamed(client, named)
  tellExtracted(io, await client.extracts.of(page.id, spec, flags.rendered), flags)
  return EXIT.done
}

export async function runSearchPages(
  io: Io,
  words: readonly string[],
  flags: SearchFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const paint = paintFor(io, io.out)
  let told = 0
  let cursor: string | undefined
  do {
    const asked = { limit: Math.min(flags.limit - told, RESULTS_AT_ONCE) }
    const after = cursor === undefined ? {} : { cursor }
    const all = flags.unfold === undefined ? {} : { unfold: flags.unfold }
    const results = await client.extracts.search(words.join(' '), { ...asked, ...after, ...all })
    for (const result of results.items) {
      if (flags.json) jsonLine(io, result)
      else for (const text of resultLines(result, paint)) line(io.out, text)
    }
    told += results.items.length
    cursor = results.cursor
    if (results.isPartial) line(io.err, 'Parts of the ring did not answer; there may be more.')
  } while (cursor !== undefined && told < flags.limit)
  if (flags.json) return EXIT.done
  if (told === 0)
    line(io.err, 'no page is found; of each page its newest copy is searched, no older version')
  else if (cursor !== undefined) {
    line(io.err, `There are more than ${countText(told, 'page')}; --limit shows more.`)
  }
  return EXIT.done
}

const RESULTS_AT_ONCE = 50

export function resultLines(
  { folded, since, snippet, title, url }: SearchResult,
  paint: Paint,
): readonly string[] {
  const named = shown(title ?? '')
  const { marks, text } = snippet
  let marked = ''
  let at = 0
  for (const [from, to] of marks) {
    marked += shown(text.slice(at, from)) + paint('bold', shown(text.slice(from, to)))
    at = to
  }
  const rest = marked + shown(text.slice(at))
  return [
    `${dateText(since)}  ${url}${named === '' ? '' : `  ${paint('dim', named)}`}`,
    ...(rest === '' ? [] : [`    ${rest}`]),
    ...(folded === undefined ? [] : [`    ${foldedText(folded)}`]),
  ]
}

function foldedText(folded: number): string {
  return `and ${countText(folded, 'page')} nearly the same: --unfold, or anillo pages similar`
}

export async function runSimilarPages(
  io: Io,
  named: string,
  flags: SearchFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { id, url } = await pageNamed(client, named)
  const { isCompared, isPartial, items } = await client.extracts.similar(id, flags.limit)
  for (const page of items) {
    if (flags.json) jsonLine(io, page)
    else {
      const bits = `${page.distance}`.padStart(2)
      const title = shown(page.title ?? '')
      line(io.out, `${dateText(page.since)}  ${bits} bits  ${page.url}  ${title}`.trimEnd())
    }
  }
  if (isPartial) line(io.err, 'Parts of the ring did not answer; there may be more.')
  if (!isCompared) {
    line(io.err, `${shown(url)} is not compared: it was kept just now, or has only few words`)
  } else if (items.length === 0 && !flags.json) line(io.err, 'no page is nearly the same')
  return EXIT.done
}
