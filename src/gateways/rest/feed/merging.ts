/**
 * One list, newest first, of what several sources tell. A page goes on behind the last item of the
 * one before: by its time, and for equal times by kind and id, the greater first, as services list
 * what has one time.
 */
import { base64Of, tryBase64 } from '../../../base/base64.ts'
import { tryText, utf8 } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { FeedItem } from '../../../wire/api-feed.ts'
import { FEED_KINDS, type FeedKind } from '../../../wire/feed-kinds.ts'
import type { FeedAsker, FeedPart, FeedSources } from './sources.ts'

/** The item told last, and for sources that are read in parts the part that it was in. */
interface Place {
  readonly at: string
  readonly key: string
  readonly parts: Readonly<Partial<Record<FeedKind, string>>>
}

export interface Merged {
  readonly items: readonly FeedItem[]
  readonly cursor: string | undefined
  readonly incomplete: readonly FeedKind[]
}

export interface MergeAsk {
  readonly kinds: readonly FeedKind[]
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Parts of one source that are read for a page. */
const PARTS_MAX = 20

/** @throws AnilloError BAD_REQUEST: the cursor is none */
export async function mergedFeed(
  sources: FeedSources,
  asker: FeedAsker,
  { cursor, kinds, limit }: MergeAsk,
): Promise<Merged> {
  const place = cursor === undefined ? undefined : readPlace(cursor)
  const told = await Promise.all(
    kinds.map((kind) => readSource(sources, asker, { kind, place, limit })),
  )
  const due = told.flatMap(({ due: items }) => items).toSorted(byTime)
  const items = due.slice(0, limit).map(({ item }) => item)
  const last = items.at(-1)
  const isMore = due.length > limit || told.some(({ hasMore }) => hasMore)
  const parts = Object.fromEntries(
    told.flatMap(({ due: all, kind, next }): readonly (readonly [FeedKind, string])[] => {
      const first = all.find(({ item }) => !items.includes(item))
      const part = first === undefined ? next : first.part
      return part === undefined ? [] : [[kind, part]]
    }),
  )
  return {
    items,
    cursor:
      isMore && last !== undefined
        ? placeText({ at: last.at, key: keyOf(last), parts })
        : undefined,
    incomplete: told.flatMap(({ isBroken, kind }) => (isBroken ? [kind] : [])),
  }
}

interface Due {
  readonly item: FeedItem
  /** The cursor of the part that it was in. */
  readonly part: string | undefined
}

interface Told {
  readonly kind: FeedKind
  /** Behind the place, newest first. */
  readonly due: readonly Due[]
  /** Where the source goes on behind all of them. */
  readonly next: string | undefined
  readonly hasMore: boolean
  readonly isBroken: boolean
}

async function readSource(
  sources: FeedSources,
  asker: FeedAsker,
  {
    kind,
    limit,
    place,
  }: { readonly kind: FeedKind; readonly limit: number; readonly place: Place | undefined },
): Promise<Told> {
  const source = sources[kind]
  const due: Due[] = []
  let at = place?.parts[kind]
  try {
    for (let parts = 0; source !== undefined && parts < PARTS_MAX; parts++) {
      const part: FeedPart = await source(asker, at)
      const items = part.items.filter((item) => place === undefined || isBehind(item, place))
      due.push(...items.map((item) => ({ item, part: at })))
      at = part.cursor
      if (at === undefined || due.length > limit) break
    }
  } catch (thrown) {
    if (!isAnilloError(thrown) || thrown.code === 'BAD_REQUEST') throw thrown
    return { kind, due, next: at, hasMore: false, isBroken: true }
  }
  return { kind, due, next: at, hasMore: at !== undefined, isBroken: false }
}

function keyOf({ id, kind }: FeedItem): string {
  return `${kind} ${id}`
}

function isBehind(item: FeedItem, { at, key }: Place): boolean {
  return item.at < at || (item.at === at && keyOf(item) < key)
}

/** Instants of one length, as they are told, are ordered as texts. */
function byTime({ item: a }: Due, { item: b }: Due): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  return keyOf(a) > keyOf(b) ? -1 : 1
}

function placeText({ at, key, parts }: Place): string {
  return base64Of(utf8(JSON.stringify([at, key, parts])))
}

/** @throws AnilloError BAD_REQUEST */
function readPlace(text: string): Place {
  const bytes = tryBase64(text)
  const json = bytes === undefined ? undefined : tryText(bytes)
  const value = json === undefined ? undefined : parsed(json)
  if (!Array.isArray(value)) throw noPlace()
  const [at, key, given] = value as readonly unknown[]
  if (typeof at !== 'string' || typeof key !== 'string') throw noPlace()
  const told = typeof given === 'object' && given !== null ? Object.entries(given) : []
  const parts = Object.fromEntries(
    told.filter(
      ([kind, part]) => FEED_KINDS.some((one) => one === kind) && typeof part === 'string',
    ),
  )
  return { at, key, parts }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function noPlace(): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem: 'the cursor is none' })
}
