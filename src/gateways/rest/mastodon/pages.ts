/**
 * Pages of lists as Mastodon's clients ask for them: `max_id`, `since_id` and `min_id`, and `Link`
 * with where to go on, the next page first (docs.joinmastodon.org/api/guidelines#pagination).
 */
import { AnilloError } from '../../../base/errors.ts'
import type { PageOf } from '../../../services/dweets/types.ts'
import { compareIds, cursorBefore, placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { PAGE_MAX } from '../../../wire/dweet-limits.ts'
import type { Exchange } from './exchange.ts'
import type { Params } from './params.ts'

export const LIMIT = { most: PAGE_MAX, usual: 20 } as const

/** Of those that are looked at for one page. */
const LOOKED_AT_MAX = 400
/** For what lies next behind an id, from one place on. */
const WALKED_MAX = 5 * PAGE_MAX
/** From all places together: each page of home reads of all whom somebody follows. */
export const SEARCHED_PAGES_MAX = 150

export interface Listed<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}

type ListOf<T> = (page: PageOf) => Promise<Listed<T>>

export interface Wanted {
  readonly limit: number
  /** Ids: what lies before, behind, next behind. */
  readonly before: string | undefined
  readonly after: string | undefined
  readonly isNearest: boolean
  /** Of a page before, which says more than an id: whom that had left. */
  readonly cursor: string | undefined
}

/** @throws AnilloError BAD_REQUEST */
export function wantedOf(
  params: Params,
  limits = LIMIT as { most: number; usual: number },
): Wanted {
  const minId = idOf(params, 'min_id')
  return {
    limit: params.count('limit', limits),
    before: idOf(params, 'max_id'),
    after: minId ?? idOf(params, 'since_id'),
    isNearest: minId !== undefined,
    cursor: params.get('cursor'),
  }
}

/** Some clients say 0 for nothing. */
function idOf(params: Params, name: string): string | undefined {
  const id = params.get(name)
  if (id === undefined || id === '' || id === '0') return undefined
  if (placeOfPublicId(id) !== undefined) return id
  throw new AnilloError('BAD_REQUEST', { problem: `${name} is no id` })
}

export interface Found<T> {
  readonly items: readonly T[]
  /** The last one that was looked at, where there is more. */
  readonly next: { readonly id: string; readonly cursor: string } | undefined
}

interface Listing<T> {
  readonly list: ListOf<T>
  readonly test: (one: T) => boolean
}

interface Identified {
  readonly id: string
}

/** @param test of those that are listed, which are meant */
export async function findPage<T extends Identified>(
  list: ListOf<T>,
  wanted: Wanted,
  test: (one: T) => boolean = () => true,
): Promise<Found<T>> {
  const listing = { list, test }
  if (wanted.isNearest && wanted.after !== undefined) {
    const { after } = wanted
    const items = await nearest(listing, { ...wanted, after })
    return { items, next: undefined }
  }
  return newest(listing, wanted)
}

async function newest<T extends Identified>(
  { list, test }: Listing<T>,
  { after, before, cursor: given, limit }: Wanted,
): Promise<Found<T>> {
  const items: T[] = []
  let cursor = given ?? (before === undefined ? undefined : cursorBefore(before))
  for (let lookedAt = 0; ;) {
    const page = await list({ limit, ...(cursor === undefined ? {} : { cursor }) })
    for (const one of page.items) {
      if (after !== undefined && compareIds(one.id, after) <= 0) return { items, next: undefined }
      // In front of the place: what a page before had left comes by its cursor alone.
      if (items.length === limit) return { items, next: goOn(items.at(-1)?.id) }
      if (test(one)) items.push(one)
    }
    lookedAt += page.items.length
    if (page.cursor === undefined) return { items, next: undefined }
    const last = page.items.at(-1)?.id ?? before
    if (items.length === limit || lookedAt >= LOOKED_AT_MAX || page.items.length === 0) {
      return { items, next: last === undefined ? undefined : { id: last, cursor: page.cursor } }
    }
    cursor = page.cursor
  }
}

function goOn(id: string | undefined): Found<never>['next'] {
  return id === undefined ? undefined : { id, cursor: cursorBefore(id) }
}

type Nearest = Wanted & { readonly after: string }

/**
 * Those next behind an id, newest first. Lists are read from the newest on: where there are too
 * many to read them all, a place is searched up to which there are enough, and not too many. Where
 * that would take too long (nearly all are passed over), there are fewer.
 */
async function nearest<T extends Identified>(
  listing: Listing<T>,
  { after, before, limit }: Nearest,
): Promise<readonly T[]> {
  let best: readonly T[] = []
  let few = BigInt(after)
  let many: bigint | undefined
  let from = before
  for (let pages = 0; ;) {
    const walked = await walk(listing, { after, from, limit })
    const { isWhole, items, lowest } = walked
    pages += walked.pages
    if (isWhole && (items.length >= limit || many === undefined)) return items
    if (isWhole) {
      best = items
      few = BigInt(from ?? after)
    } else many = BigInt(lowest)
    const middle = (few + (many ?? few)) / 2n
    if (middle <= few || pages >= SEARCHED_PAGES_MAX) return best
    from = String(middle)
  }
}

interface Walk {
  readonly after: string
  readonly from: string | undefined
  readonly limit: number
}

interface Walked<T> {
  /** Of those that were passed, the oldest; newest first. */
  readonly items: readonly T[]
  /** All behind the id were passed. */
  readonly isWhole: boolean
  /** That were read. */
  readonly pages: number
  readonly lowest: string
}

async function walk<T extends Identified>(
  { list, test }: Listing<T>,
  { after, from, limit }: Walk,
): Promise<Walked<T>> {
  const passed: T[] = []
  let lowest = from ?? after
  let cursor = from === undefined ? undefined : cursorBefore(from)
  let pages = 0
  const upTo = (isWhole: boolean): Walked<T> => {
    const items = passed.slice(-limit)
    return { items, isWhole, lowest, pages }
  }
  for (let lookedAt = 0; lookedAt < WALKED_MAX;) {
    pages++
    const page = await list({ limit: PAGE_MAX, ...(cursor === undefined ? {} : { cursor }) })
    for (const one of page.items) {
      if (compareIds(one.id, after) <= 0) return upTo(true)
      if (test(one)) passed.push(one)
      lowest = one.id
    }
    if (page.cursor === undefined || page.items.length === 0) return upTo(true)
    lookedAt += page.items.length
    cursor = page.cursor
  }
  return upTo(false)
}

/** Items of a page as they are sent; those that show nothing are left out. */
export async function sendPage<T extends Identified, E>(
  exchange: Exchange,
  { items, next }: Found<T>,
  show: (one: T) => Promise<E | undefined>,
): Promise<readonly E[]> {
  const shown = await Promise.all(items.map(show))
  const further = next && { max_id: next.id, cursor: next.cursor }
  const first = items[0]
  addLinks(exchange, further, first && { min_id: first.id })
  return shown.filter((one) => one !== undefined)
}

type Query = Readonly<Record<string, string>>

/** RFC 8288; the next page stands first, since some read no further. */
export function addLinks(
  exchange: Exchange,
  next: Query | undefined,
  prev: Query | undefined,
): void {
  const { base, reply, request } = exchange
  const [path = '', written = ''] = request.originalUrl.split('?')
  const link = (more: Query | undefined, relation: string): readonly string[] => {
    if (more === undefined) return []
    const query = new URLSearchParams(written)
    for (const name of OF_PAGES) query.delete(name)
    for (const [name, value] of Object.entries(more)) query.set(name, value)
    return [`<${base}${path}?${query.toString()}>; rel="${relation}"`]
  }
  const links = [...link(next, 'next'), ...link(prev, 'prev')]
  if (links.length > 0) void reply.header('link', links.join(', '))
}

/** A credential is not told again. */
const OF_PAGES = ['max_id', 'min_id', 'since_id', 'cursor', 'access_token']
