/** Cursors and tokens of the microblog in memory. */
import { AnilloError } from '../../base/errors.ts'
import type { PeoplePage, PublicationPage } from '../../wire/api-dweets.ts'
import { compareIds, cursorBefore, publicIdOf } from '../../wire/dweet-ids.ts'
import {
  BEFORE_ALL,
  type Bounds,
  type DweetsHeld,
  type Held,
} from './memory-dweets-state.test-helper.ts'
import type { PageOf } from './types.ts'

const CURSOR = /^([0-9a-f]{16})([0-9a-f]{10})$/

/** @throws AnilloError BAD_REQUEST */
export function requireId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return cursor
  const [, row, pk] = CURSOR.exec(cursor) ?? []
  if (row !== undefined && pk !== undefined) return publicIdOf({ pk, row })
  throw new AnilloError('BAD_REQUEST', { problem: 'cursor is none of this list' })
}

export function isOlder(id: string, before: string | undefined): boolean {
  return before === undefined || compareIds(id, before) < 0
}

/** @param left as many as there were from this page on */
export function cursorOf(
  page: readonly { readonly id: string }[],
  left: number,
): { readonly cursor?: string } {
  const last = page.at(-1)
  return last === undefined || page.length === left ? {} : { cursor: cursorBefore(last.id) }
}

export function boundsIn(seen: ReadonlyMap<string, Bounds>, nick: string): Bounds {
  return seen.get(nick) ?? { low: BEFORE_ALL, high: BEFORE_ALL }
}

/** Says which were shown of whom. */
export function tokenOf(shown: readonly Held[]): string {
  const bounds: Record<string, Bounds> = {}
  for (const { author, id } of shown) {
    const { high, low } = bounds[author] ?? { low: id, high: id }
    bounds[author] = {
      low: compareIds(id, low) < 0 ? id : low,
      high: compareIds(id, high) > 0 ? id : high,
    }
  }
  return Buffer.from(JSON.stringify(bounds)).toString('base64url')
}

/** @throws AnilloError BAD_REQUEST */
export function boundsOfToken(token: string): [string, Bounds][] {
  try {
    const bounds: Record<string, Bounds> = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Object.entries(bounds)
  } catch (cause) {
    throw new AnilloError('BAD_REQUEST', { problem: 'token is none of new dweets' }, { cause })
  }
}

/** Newest first. */
export function publicationPage(
  held: DweetsHeld,
  nick: string,
  { cursor, limit }: PageOf,
  test: (one: Held) => boolean,
): PublicationPage {
  const before = requireId(cursor)
  const rest = held.all((one) => isOlder(one.id, before) && test(one))
  const page = rest.slice(0, limit)
  const items = page.map((one) => held.shown(nick, one))
  const incomplete = [...held.unreadable].toSorted()
  return { items, ...cursorOf(page, rest.length), incomplete }
}

/** In the order of their nicks. */
export function peoplePage(
  held: DweetsHeld,
  nicks: readonly string[],
  { cursor = '', limit }: PageOf,
): PeoplePage {
  const rest = nicks.filter((nick) => nick > cursor).toSorted()
  const page = rest.slice(0, limit)
  const items = page.map((nick) => held.shownPerson(nick))
  const last = page.at(-1)
  return last === undefined || page.length === rest.length ? { items } : { items, cursor: last }
}
