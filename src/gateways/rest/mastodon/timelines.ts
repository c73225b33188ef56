/** `/api/v1/timelines`, tags, and what is found by words. */
import type { FastifyInstance } from 'fastify'

import type { PageOf } from '../../../services/dweets/types.ts'
import type { Publication, PublicationPage } from '../../../wire/api-dweets.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { foldTag } from '../../../wire/dweet-text.ts'
import { accountsLike } from './accounts.ts'
import { tagAddress } from './content.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { findPage, LIMIT, sendPage, wantedOf } from './pages.ts'
import { isGone, notFound } from './refusal.ts'
import { hasMedia, Showing, type Entity } from './showing.ts'

export function addMastodonTimelines(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/timelines/home', 'read:statuses', (exchange) =>
    sendTimeline(door, exchange, (page) => dweets.home(exchange.who, page)),
  )
  addRoute(scope, 'GET /api/v1/timelines/public', 'read:statuses', async (exchange) => {
    const { params } = exchange
    // There is nobody from elsewhere.
    if (params.flag('remote') === true) return []
    const test = params.flag('only_media') === true ? hasMedia : undefined
    return sendTimeline(door, exchange, (page) => dweets.local(exchange.who, page), test)
  })
  addRoute(scope, 'GET /api/v1/timelines/tag/:tag', 'read:statuses', async (exchange) => {
    const { params, who } = exchange
    if (params.flag('remote') === true) return []
    const ofMedia = params.flag('only_media') === true
    const not = new Set(params.all('none').flatMap((tag) => foldTag(tag) ?? []))
    const all = params.all('all').flatMap((tag) => foldTag(tag) ?? [])
    const test = (one: Publication): boolean => {
      if (ofMedia && !hasMedia(one)) return false
      const tags = new Set(
        one.kind === 'dweet' ? one.tags.flatMap((tag) => foldTag(tag) ?? []) : [],
      )
      return tags.isDisjointFrom(not) && all.every((tag) => tags.has(tag))
    }
    return sendTimeline(
      door,
      exchange,
      (page) => dweets.tagged(who, exchange.part('tag'), page),
      test,
    )
  })
  addRoute(scope, 'GET /api/v1/tags/:tag', 'read:statuses', async (exchange) => {
    const name = foldTag(exchange.part('tag'))
    if (name === undefined) throw notFound()
    return tagEntity(exchange.base, name)
  })
  addSearch(scope, door)
}

/** @param test of what is listed, which is meant */
export async function sendTimeline(
  door: MastodonDoor,
  exchange: Exchange,
  list: (page: PageOf) => Promise<PublicationPage>,
  test?: (one: Publication) => boolean,
): Promise<readonly Entity[]> {
  const found = await findPage(list, wantedOf(exchange.params, LIMIT), test)
  const showing = new Showing(door, exchange)
  return sendPage(exchange, found, (one) => showing.publication(one))
}

function tagEntity(base: string, name: string): Entity {
  return { id: name, name, url: tagAddress(base, name), history: [], following: false }
}

function addSearch(scope: FastifyInstance, door: MastodonDoor): void {
  addRoute(scope, 'GET /api/v2/search', 'read:search', async (exchange) => {
    const { base, params } = exchange
    const text = params.require('q').trim()
    const type = params.get('type') ?? ''
    const limit = params.count('limit', LIMIT)
    // What is found is on the first page.
    const isFirst = Number(params.get('offset') ?? 0) === 0
    const wants = (kind: string): boolean => isFirst && (type === '' || type === kind)
    const tag = /^#?(\S+)$/u.exec(text)?.[1]
    const folded = tag === undefined ? undefined : foldTag(tag)
    return {
      accounts: wants('accounts') ? await accountsLike(door, exchange, text, limit) : [],
      statuses: wants('statuses') ? await statusesWith(door, exchange, text, limit) : [],
      hashtags: wants('hashtags') && folded !== undefined ? [tagEntity(base, folded)] : [],
    }
  })
}

async function statusesWith(
  door: MastodonDoor,
  exchange: Exchange,
  text: string,
  limit: number,
): Promise<readonly Entity[]> {
  const { dweets } = door
  const { base, who } = exchange
  const showing = new Showing(door, exchange)
  const id = idInAddress(base, text)
  if (id !== undefined) {
    try {
      return [await showing.status(await dweets.dweet(who, id))]
    } catch (thrown) {
      if (isGone(thrown)) return []
      throw thrown
    }
  }
  if (!/[\p{L}\p{N}]/u.test(text)) return []
  const { items } = await dweets.search(who, text, { limit })
  const shown = await Promise.all(items.map((one) => showing.publication(one)))
  return shown.filter((one) => one !== undefined)
}

/** Of the address of a status, as it is told. */
function idInAddress(base: string, text: string): string | undefined {
  if (!text.startsWith(`${base}/`) || !URL.canParse(text)) return undefined
  const id = new URL(text).searchParams.get('at') ?? ''
  return placeOfPublicId(id) === undefined ? undefined : id
}
