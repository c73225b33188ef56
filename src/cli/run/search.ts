/** What `anillo search` does. */
import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { FileEntry } from '../../wire/api-files.ts'
import type { FoundGroup } from '../../wire/api-find.ts'
import type { Share } from '../../wire/api-shares.ts'
import { FIND_LIMIT_MAX, type FindKind } from '../../wire/find-kinds.ts'
import { dweetLines } from '../dweet-lines.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor, type Paint } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText } from '../table.ts'
import { resultLines } from './page-extracts.ts'
import { shown } from './pages.ts'

export interface FindFlags extends DoorFlags {
  readonly kind?: readonly FindKind[]
  /** Of each kind. */
  readonly limit: number
}

interface Found {
  readonly group: FoundGroup
  readonly isWhole: boolean
}

export async function runSearch(
  io: Io,
  words: readonly string[],
  { kind, limit, ...flags }: FindFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const paint = paintFor(io, io.out)
  const query = words.join(' ')
  const first = { limit: Math.min(limit, FIND_LIMIT_MAX) }
  const kinds = kind === undefined ? {} : { kinds: kind }
  const { groups, incomplete } = await client.found.find(query, { ...first, ...kinds })
  let told = 0
  for (const group of groups) {
    const found = { group, isWhole: !incomplete.includes(group.kind) }
    const all = await wholeOf(client, { query, limit, found })
    if (flags.json) jsonLine(io, { ...all.group, incomplete: !all.isWhole })
    else tell(io, all, { paint, isFirst: told === 0 })
    told += all.group.items.length
  }
  if (told === 0 && !flags.json) line(io.err, 'nothing is found')
  return EXIT.done
}

/** With further answers, where more are wanted than one has. */
async function wholeOf(
  client: AnilloClient,
  asked: { readonly query: string; readonly limit: number; readonly found: Found },
): Promise<Found> {
  let { group, isWhole } = asked.found
  while (group.cursor !== undefined && group.items.length < asked.limit) {
    const { cursor, items, kind } = group
    const limit = Math.min(asked.limit - items.length, FIND_LIMIT_MAX)
    const next = await client.found.find(asked.query, { kinds: [kind], cursor, limit })
    const more = next.groups.find((one) => one.kind === kind)
    if (more === undefined || more.problem !== undefined) return { group, isWhole: false }
    group = joined(group, more)
    isWhole &&= next.incomplete.length === 0
    if (more.items.length === 0) break
  }
  return { group, isWhole }
}

function joined(before: FoundGroup, more: FoundGroup): FoundGroup {
  if (before.kind === 'pages' && more.kind === 'pages') {
    return { ...more, items: [...before.items, ...more.items] }
  }
  if (before.kind === 'files' && more.kind === 'files') {
    return { ...more, items: [...before.items, ...more.items] }
  }
  if (before.kind === 'dweets' && more.kind === 'dweets') {
    return { ...more, items: [...before.items, ...more.items] }
  }
  if (before.kind === 'shares' && more.kind === 'shares') {
    return { ...more, items: [...before.items, ...more.items] }
  }
  return before
}

const TITLES = { pages: 'Pages', files: 'Files', dweets: 'Dweets', shares: 'Shares' } as const

function tell(
  io: Io,
  { group, isWhole }: Found,
  { isFirst, paint }: { readonly paint: Paint; readonly isFirst: boolean },
): void {
  const { cursor, found, items, kind, problem } = group
  if (problem !== undefined) line(io.err, `${TITLES[kind]}: ${shown(problem.detail)}`)
  else if (!isWhole) line(io.err, `${TITLES[kind]}: not all could be looked at; there may be more.`)
  if (items.length === 0) return
  const count = found ?? items.length
  const isMore = cursor !== undefined && (found === undefined || found <= items.length)
  if (!isFirst) line(io.out, '')
  line(io.out, paint('bold', `${TITLES[kind]} (${isMore ? `more than ${count}` : count})`))
  for (const text of linesOf(group, paint)) line(io.out, text)
  const left = count - items.length
  if (left > 0) line(io.err, `${left} more of ${kind}: --limit shows more.`)
}

function linesOf(group: FoundGroup, paint: Paint): readonly string[] {
  switch (group.kind) {
    case 'pages':
      return group.items.flatMap((page) => resultLines(page, paint))
    case 'files':
      return group.items.map((entry) => entryLine(entry, paint))
    case 'dweets':
      return group.items.flatMap((dweet) => dweetLines(dweet, { paint }))
    case 'shares':
      return group.items.map((share) => shareLine(share, paint))
  }
}

function shareLine({ by, bytes, madeAt, name, root }: Share, paint: Paint): string {
  const size = sizeText(bytes).padStart(SIZE_CHARS)
  return `${dateText(madeAt)}  ${paint('dim', size)}  ${shown(name)}  ${paint('dim', `@${by} · ${root}`)}`
}

function entryLine({ bytes, kind, modifiedAt, path }: FileEntry, paint: Paint): string {
  const size = kind === 'folder' ? 'folder' : sizeText(bytes)
  const name = shown(path) + (kind === 'folder' ? '/' : '')
  return `${dateText(modifiedAt)}  ${paint('dim', size.padStart(SIZE_CHARS))}  ${name}`
}

const SIZE_CHARS = 8
