/** `/api/v1/statuses`: dweets one by one. */
import type { FastifyInstance } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import type { DweetToPublish } from '../../../services/dweets/types.ts'
import type { Dweet, DweetChange, DweetHistory, Visibility } from '../../../wire/api-dweets.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { writeOptionsOf } from '../idempotency.ts'
import { contentOf } from './content.ts'
import { addRoute, type MastodonDoor } from './exchange.ts'
import type { Params } from './params.ts'
import { isGone, unprocessable } from './refusal.ts'
import { Showing, type Entity } from './showing.ts'

/** Of statuses that are asked for by their ids at once. */
const ASKED_MAX = 40

export function addStatuses(scope: FastifyInstance, door: MastodonDoor): void {
  addWriting(scope, door)
  addReading(scope, door)
  addHistory(scope, door)
}

function addWriting(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets, profiles } = door
  addRoute(scope, 'POST /api/v1/statuses', 'write:statuses', async (exchange) => {
    const { params, request, who } = exchange
    const options = writeOptionsOf(request, utf8(params.text))
    const dweet = await dweets.publish(who, newDweetOf(params), options)
    profiles.forget(who.nick)
    return new Showing(door, exchange).status(dweet)
  })
  addRoute(scope, 'PUT /api/v1/statuses/:id', 'write:statuses', async (exchange) => {
    const { dweetId, params, request, who } = exchange
    refuseWhatIsNotKept(params)
    const media = params.all('media_ids')
    if (media.length > 0) requireSame(media, await dweets.dweet(who, dweetId))
    const options = writeOptionsOf(request, utf8(params.text))
    const text = params.get('status')
    const warning = params.get('spoiler_text') ?? ''
    const said = mediaSaid(params)
    const change = {
      ...(text === undefined ? {} : { text }),
      ...(said.length === 0 ? {} : { attachments: said }),
      warning,
    }
    return new Showing(door, exchange).status(await dweets.edit(who, dweetId, change, options))
  })
  addRoute(scope, 'DELETE /api/v1/statuses/:id', 'write:statuses', async (exchange) => {
    const { dweetId, who } = exchange
    const dweet = await dweets.dweet(who, dweetId)
    await dweets.remove(who, dweetId)
    profiles.forget(who.nick)
    // With its text, for who writes it anew.
    return { ...(await new Showing(door, exchange).status(dweet)), text: dweet.text }
  })
}

/** @throws MastodonRefusal 422 */
function newDweetOf(params: Params): DweetToPublish {
  refuseWhatIsNotKept(params)
  const attachments = params.all('media_ids').map((id) => ({ id: mediaIdOf(id) }))
  const replyTo = params.get('in_reply_to_id')
  const warning = params.get('spoiler_text')
  return {
    text: params.get('status') ?? '',
    visibility: visibilityOf(params.get('visibility')),
    ...(replyTo === undefined || replyTo === '' ? {} : { replyTo }),
    ...(warning === undefined || warning.trim() === '' ? {} : { warning }),
    ...(attachments.length === 0 ? {} : { attachments }),
  }
}

/** @throws MastodonRefusal 422 */
function mediaIdOf(id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw unprocessable('Media ids are invalid')
  return id
}

/** @throws MastodonRefusal 422 */
function mediaSaid(params: Params): NonNullable<DweetChange['attachments']> {
  return params.objects('media_attributes').flatMap(({ description, id = '' }) => {
    return description === undefined ? [] : [{ id: mediaIdOf(id), description }]
  })
}

/** What is shown with it was chosen when it was published. @throws MastodonRefusal 422 */
function requireSame(media: readonly string[], { attachments = [] }: Dweet): void {
  const isSame =
    media.length === attachments.length && attachments.every(({ id }) => media.includes(id))
  if (!isSame) throw unprocessable('media cannot be changed')
}

/** `unlisted` is public: who reads here has an account here. */
function visibilityOf(text: string | undefined): Visibility {
  switch (text) {
    case undefined:
    case '':
    case 'public':
    case 'unlisted':
      return 'public'
    case 'private':
      return 'followers'
    case 'direct':
      throw unprocessable(
        'Visibility direct is not served: nothing here is kept from who runs the machines',
      )
    default:
      throw unprocessable('Visibility is not included in the list')
  }
}

/** Else it would be published without it. @throws MastodonRefusal */
function refuseWhatIsNotKept(params: Params): void {
  if (params.all('poll[options]').length > 0) throw unprocessable('polls are not served')
  if ((params.get('scheduled_at') ?? '') !== '') {
    throw unprocessable('statuses are not scheduled here')
  }
}

function addReading(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/statuses', 'read:statuses', async (exchange) => {
    const { params, who } = exchange
    const showing = new Showing(door, exchange)
    const ids = params.all('id').filter((id) => placeOfPublicId(id) !== undefined)
    const found = await Promise.all(
      ids.slice(0, ASKED_MAX).map(async (id): Promise<Entity | undefined> => {
        try {
          return await showing.status(await dweets.dweet(who, id))
        } catch (thrown) {
          if (isGone(thrown)) return undefined
          throw thrown
        }
      }),
    )
    return found.filter((one) => one !== undefined)
  })
  addRoute(scope, 'GET /api/v1/statuses/:id', 'read:statuses', async (exchange) =>
    new Showing(door, exchange).status(await dweets.dweet(exchange.who, exchange.dweetId)),
  )
  addRoute(scope, 'GET /api/v1/statuses/:id/context', 'read:statuses', async (exchange) => {
    const { dweetId, who } = exchange
    const { above, below } = await dweets.thread(who, dweetId)
    const showing = new Showing(door, exchange)
    const shown = above.filter((one) => one !== null).map((one) => showing.status(one))
    return {
      ancestors: await Promise.all(shown),
      descendants: await Promise.all(below.map((one) => showing.status(one))),
    }
  })
}

type Written = DweetHistory['items'][number]

function addHistory(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/statuses/:id/history', 'read:statuses', async (exchange) => {
    const { base, dweetId, who } = exchange
    const [dweet, history] = await Promise.all([
      dweets.dweet(who, dweetId),
      dweets.history(who, dweetId),
    ])
    const showing = new Showing(door, exchange)
    const account = await showing.account(dweet.author)
    const people = new Set(dweet.mentions)
    const shown = async ({ attachments = [], text, warning, writtenAt }: Written) => ({
      content: contentOf(text, { base, isPerson: (nick) => people.has(nick) }),
      spoiler_text: warning ?? '',
      sensitive: warning !== undefined,
      created_at: writtenAt,
      account,
      media_attachments: await Promise.all(attachments.map((one) => showing.media(one))),
      emojis: [],
    })
    return Promise.all(history.items.toReversed().map(shown))
  })
  addRoute(scope, 'GET /api/v1/statuses/:id/source', 'read:statuses', async (exchange) => {
    const { id, text, warning } = await dweets.dweet(exchange.who, exchange.dweetId)
    return { id, text, spoiler_text: warning ?? '' }
  })
}
