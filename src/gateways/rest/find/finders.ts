/**
 * What the one search asks: each kind has its own way of finding, and its own rights. Whoever adds
 * a service with something to be found adds a finder here.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { searchable, searchedWords } from '../../../base/searchable.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Dweeter, Dweets } from '../../../services/dweets/types.ts'
import type { Files, FileUser } from '../../../services/files/types.ts'
import type { Search } from '../../../services/scrape/search/searcher.ts'
import type { ShareService } from '../../../services/share/share-service.ts'
import type { Dweet, Publication } from '../../../wire/api-dweets.ts'
import type { FoundGroup } from '../../../wire/api-find.ts'
import type { Share } from '../../../wire/api-shares.ts'
import type { Problem } from '../../../wire/api.ts'
import type { FindKind } from '../../../wire/find-kinds.ts'
import { entryJson } from '../files/entries.ts'

export interface FindAsk {
  readonly words: string
  readonly limit: number
  readonly cursor?: string
  readonly signal: AbortSignal
  /** Who asks, as each service wants to know it. `undefined`: a guest. */
  readonly dweeter: Dweeter | undefined
  readonly fileUser: FileUser
  /** What went wrong, as who asks may know it. */
  readonly told: (error: AnilloError) => Problem
}

export interface Part {
  readonly group: FoundGroup
  /** All that there is was looked at. */
  readonly isWhole: boolean
}

/**
 * What is found of a kind, best first; of shares and dweets the newest first. @throws AnilloError
 */
export type Finder = (ask: FindAsk) => Promise<Part>

export type Finders = { readonly [K in FindKind]?: Finder }

export interface FinderParts {
  readonly clock: Pick<Clock, 'nowMs'>
  readonly search?: Search
  readonly files?: Pick<Files, 'find'>
  readonly dweets?: Pick<Dweets, 'search'>
  readonly share?: { readonly shares: ListedShares }
}

/** Pages of dweets that are looked through for one answer: most have none of the words. */
const DWEET_PAGES_MAX = 10
/** And no longer than that. */
const DWEETS_MS_MAX = 4 * SECOND_MS

export function findersOf({ clock, dweets, files, search, share }: FinderParts): Finders {
  return {
    ...(search === undefined ? {} : { pages: pageFinder(search) }),
    ...(files === undefined ? {} : { files: fileFinder(files) }),
    ...(dweets === undefined ? {} : { dweets: dweetFinder(dweets, clock) }),
    ...(share === undefined ? {} : { shares: shareFinder(share.shares) }),
  }
}

function pageFinder(search: Search): Finder {
  return async ({ cursor, limit, signal, words }) => {
    const { isPartial, ...found } = await search.search(words, { limit, cursor }, signal)
    return { group: { kind: 'pages', ...found }, isWhole: !isPartial }
  }
}

function fileFinder(files: Pick<Files, 'find'>): Finder {
  return async ({ cursor, fileUser, limit, signal, words }) => {
    const more = cursor === undefined ? {} : { cursor }
    const found = await files.find(fileUser, { words, limit, signal, ...more })
    return {
      group: {
        kind: 'files',
        items: found.entries.map(entryJson),
        found: found.found,
        ...(found.cursor === undefined ? {} : { cursor: found.cursor }),
      },
      isWhole: !found.isPartial,
    }
  }
}

function dweetFinder(dweets: Pick<Dweets, 'search'>, clock: Pick<Clock, 'nowMs'>): Finder {
  return async ({ cursor, dweeter, limit, signal, words }) => {
    if (dweeter === undefined) throw new AnilloError('LOGIN_FIRST')
    const untilMs = clock.nowMs() + DWEETS_MS_MAX
    const items: Dweet[] = []
    let at = cursor
    let isWhole = true
    for (let pages = 0; pages < DWEET_PAGES_MAX && items.length < limit; pages++) {
      if (signal.aborted || (pages > 0 && clock.nowMs() >= untilMs)) break
      const asked = { limit: limit - items.length, ...(at === undefined ? {} : { cursor: at }) }
      const page = await dweets.search(dweeter, words, { ...asked, among: 'everybody' })
      items.push(...page.items.filter(isDweet))
      at = page.cursor
      isWhole &&= page.incomplete.length === 0
      if (at === undefined) break
    }
    const isEnough = at === undefined || items.length === limit
    const more = at === undefined ? {} : { cursor: at }
    return { group: { kind: 'dweets', items, ...more }, isWhole: isWhole && isEnough }
  }
}

function isDweet(publication: Publication): publication is Dweet {
  return publication.kind === 'dweet'
}

export type ListedShares = Pick<ShareService['shares'], 'list'>

/** Newest first; no further back than that. */
const SHARES_LOOKED_AT = 1_000
const SHARES_AT_ONCE = 100

function shareFinder(shares: ListedShares): Finder {
  return async ({ cursor, limit, signal, words }) => {
    const wanted = searchedWords(words)
    const items: Share[] = []
    let { at, told } = sharePlace(cursor)
    for (let lookedAt = 0; lookedAt < SHARES_LOOKED_AT; lookedAt += SHARES_AT_ONCE) {
      const more = at === undefined ? {} : { cursor: at }
      const page = await shares.list({ limit: SHARES_AT_ONCE, ...more }, { signal })
      const found = page.items.filter((share) => isNamed(share, wanted)).slice(told)
      const room = limit - items.length
      items.push(...found.slice(0, room))
      if (found.length > room) return sharesFound(items, `${at ?? ''}~${told + room}`, true)
      at = page.cursor
      told = 0
      if (at === undefined) return sharesFound(items, undefined, true)
      if (found.length === room) return sharesFound(items, `${at}~0`, true)
    }
    return sharesFound(items, `${at ?? ''}~0`, false)
  }
}

function isNamed({ name }: Share, wanted: readonly string[]): boolean {
  const text = searchable(name)
  return wanted.every((word) => text.includes(word))
}

function sharesFound(items: Share[], cursor: string | undefined, isWhole: boolean): Part {
  const more = cursor === undefined ? {} : { cursor }
  return { group: { kind: 'shares', items, ...more }, isWhole }
}

/** In which part of the list, and how many of its answers were told. @throws BAD_REQUEST */
function sharePlace(cursor: string | undefined) {
  if (cursor === undefined) return { at: undefined, told: 0 }
  const [, at = '', told] = /^([\w.-]*)~(\d{1,3})$/.exec(cursor) ?? []
  if (told === undefined) throw new AnilloError('BAD_REQUEST', { problem: 'the cursor is none' })
  return { at: at === '' ? undefined : at, told: Number(told) }
}

const NOTHING = {
  pages: { kind: 'pages', items: [] },
  files: { kind: 'files', items: [] },
  dweets: { kind: 'dweets', items: [] },
  shares: { kind: 'shares', items: [] },
} as const satisfies Record<FindKind, FoundGroup>

/** A service that cannot answer is told, and the others are not kept by it. */
export async function findIn(kind: FindKind, finder: Finder, ask: FindAsk): Promise<Part> {
  try {
    return await finder(ask)
  } catch (thrown) {
    if (!isAnilloError(thrown) || thrown.code === 'RPC_CANCELLED') throw thrown
    const problem = ask.told(thrown)
    return { group: { ...NOTHING[kind], items: [], problem }, isWhole: false }
  }
}
