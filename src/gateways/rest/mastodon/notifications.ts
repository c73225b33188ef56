/** `/api/v1/notifications`, and how far somebody has read. */
import type { FastifyInstance } from 'fastify'

import { isAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import { READ_LISTS, type ReadMark } from '../../../services/dweets/types.ts'
import { nickOfAccountId } from '../../../wire/account-ids.ts'
import type { Notification } from '../../../wire/api-dweets.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { addRoute, type MastodonDoor } from './exchange.ts'
import { findPage, sendPage, wantedOf } from './pages.ts'
import type { Params } from './params.ts'
import { notFound, unprocessable } from './refusal.ts'
import { NOTIFICATION_TYPES, Showing, type Entity } from './showing.ts'

const LIMIT = { most: 40, usual: 40 } as const
/** Those that are counted; clients show “99+”. */
const COUNTED_MAX = 100

export function addMastodonNotifications(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addLooks(scope, door)
  addRoute(scope, 'POST /api/v1/notifications/clear', 'write:notifications', async ({ who }) => {
    await dweets.clearNotifications(who)
    return {}
  })
  addRoute(
    scope,
    'POST /api/v1/notifications/:id/dismiss',
    'write:notifications',
    async (exchange) => {
      await orNotFound(dweets.notices.dismiss(exchange.who, exchange.dweetId))
      return {}
    },
  )
  addMarkers(scope, door)
}

function addLooks(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/notifications', 'read:notifications', async (exchange) => {
    const { params, who } = exchange
    const list = (page: { readonly limit: number; readonly cursor?: string }) =>
      dweets.notifications(who, page)
    const found = await findPage(list, wantedOf(params, LIMIT), wantedIn(params))
    const showing = new Showing(door, exchange)
    return sendPage(exchange, found, (one) => showing.notification(one))
  })
  addRoute(
    scope,
    'GET /api/v1/notifications/unread_count',
    'read:notifications',
    async ({ params, who }) => {
      const { notifications: mark } = await dweets.notices.marks(who)
      const after = mark?.id
      const wanted = { limit: COUNTED_MAX, before: undefined, after, isNearest: false }
      const found = await findPage(
        (page) => dweets.notifications(who, { ...page, limit: LIMIT.most }),
        { ...wanted, cursor: undefined },
        wantedIn(params),
      )
      return { count: found.items.length }
    },
  )
  addRoute(scope, 'GET /api/v1/notifications/:id', 'read:notifications', async (exchange) => {
    const { dweetId, who } = exchange
    const found = await orNotFound(dweets.notices.find(who, dweetId))
    const shown = await new Showing(door, exchange).notification(found)
    if (shown === undefined) throw notFound()
    return shown
  })
}

async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (thrown) {
    throw isAnilloError(thrown, 'NOT_FOUND') ? notFound() : thrown
  }
}

function wantedIn(params: Params): (one: Notification) => boolean {
  const only = new Set(params.all('types'))
  const not = new Set(params.all('exclude_types'))
  const id = params.get('account_id')
  const by = id === undefined ? undefined : (nickOfAccountId(id) ?? '')
  return (one) => {
    const type = NOTIFICATION_TYPES[one.kind]
    if (only.size > 0 && !only.has(type)) return false
    return !not.has(type) && (by === undefined || one.by.nick === by)
  }
}

function addMarkers(scope: FastifyInstance, { dweets }: MastodonDoor): void {
  addRoute(scope, 'GET /api/v1/markers', 'read:statuses', async ({ params, who }) => {
    const wanted = new Set(params.all('timeline'))
    const marks = await dweets.notices.marks(who)
    const told = READ_LISTS.filter((list) => wanted.has(list) && marks[list] !== undefined)
    return Object.fromEntries(told.map((list) => [list, markerEntity(marks[list])]))
  })
  addRoute(scope, 'POST /api/v1/markers', 'write:statuses', async ({ params, who }) => {
    const said = READ_LISTS.flatMap((list) => {
      const id = params.get(`${list}[last_read_id]`)
      return id === undefined ? [] : [{ list, id }]
    })
    for (const { id } of said) {
      if (placeOfPublicId(id) === undefined) throw unprocessable('last_read_id is no id')
    }
    const marked = await Promise.all(
      said.map(async ({ id, list }) => [list, await dweets.notices.mark(who, list, id)] as const),
    )
    return Object.fromEntries(marked.map(([list, mark]) => [list, markerEntity(mark)]))
  })
}

function markerEntity(mark: ReadMark | undefined): Entity {
  if (mark === undefined) return {}
  const { id, updatedAtMs, version } = mark
  return { last_read_id: id, version, updated_at: instant(updatedAtMs) }
}
