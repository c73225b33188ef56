/** `/api/v1/accounts`: people, and oneself. */
import type { FastifyInstance } from 'fastify'

import { present } from '../../../base/assert.ts'
import { accountIdOf, nickOfAccountId } from '../../../wire/account-ids.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import type { DweetPerson, PeoplePage, Profile } from '../../../wire/api-dweets.ts'
import { originOf } from '../asker-origin.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { addLinks, findPage, LIMIT, sendPage, wantedOf } from './pages.ts'
import type { Params } from './params.ts'
import { isGone, notFound, unprocessable } from './refusal.ts'
import { accountEntity, hasMedia, Showing, type Entity } from './showing.ts'

/** Accounts on a page: what Mastodon gives. */
const PEOPLE = { most: 80, usual: 40 } as const
/** Of accounts that are asked for by their ids at once. */
const ASKED_MAX = 40

export function addMastodonAccounts(scope: FastifyInstance, door: MastodonDoor): void {
  addOwn(scope, door)
  addLooks(scope, door)
  addStatusesOf(scope, door)
  addPeople(scope, door)
}

function addOwn(scope: FastifyInstance, door: MastodonDoor): void {
  const read = 'read:accounts profile'
  addRoute(scope, 'GET /api/v1/accounts/verify_credentials', read, async (exchange) =>
    credentialEntity(exchange, await ownProfile(door, exchange)),
  )
  addRoute(
    scope,
    'PATCH /api/v1/accounts/update_credentials',
    'write:accounts',
    async (exchange) => {
      const { params, request, who } = exchange
      refuseWhatIsNotKept(params)
      const name = params.get('display_name')
      const bio = params.get('note')
      const asker = present(request.asker, 'who asks')
      if (name !== undefined) {
        await door.entrance.accounts.change(asker, who.nick, { name }, originOf(request))
      }
      if (bio !== undefined) await door.dweets.changeProfile(who, { bio })
      door.profiles.forget(who.nick)
      const profile = await ownProfile(door, exchange)
      // Names are remembered for some seconds where they are shown.
      return credentialEntity(exchange, name === undefined ? profile : { ...profile, name })
    },
  )
}

/** What would be said to be done, and is not. @throws MastodonRefusal */
function refuseWhatIsNotKept(params: Params): void {
  if (params.flag('locked') === true) {
    throw unprocessable('followers are not approved one by one here')
  }
}

async function ownProfile({ dweets }: MastodonDoor, { who }: Exchange): Promise<Profile> {
  return dweets.profile(who, who.nick)
}

function credentialEntity({ base, request }: Exchange, profile: Profile): Entity {
  const role = request.asker?.permissions.has('dweets.moderate') === true ? MODERATOR : EVERYBODY
  const source = {
    privacy: 'public',
    sensitive: false,
    language: null,
    note: profile.bio,
    fields: [],
    follow_requests_count: 0,
    hide_collections: false,
    discoverable: true,
    indexable: false,
  }
  return { ...accountEntity(base, profile), source, role }
}

const EVERYBODY = { id: '-99', name: '', color: '', permissions: '0', highlighted: false } as const
const MODERATOR = { ...EVERYBODY, id: '1', name: 'Moderator', highlighted: true } as const

function addLooks(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/accounts/lookup', 'read:accounts', async (exchange) => {
    const nick = nickIn(exchange, exchange.params.require('acct'))
    if (nick === undefined) throw notFound()
    return accountOf(door, exchange, nick)
  })
  addRoute(scope, 'GET /api/v1/accounts/search', 'read:accounts', async (exchange) => {
    const { params } = exchange
    return accountsLike(door, exchange, params.get('q') ?? '', params.count('limit', PEOPLE))
  })
  addRoute(scope, 'GET /api/v1/accounts', 'read:accounts', async (exchange) => {
    const nicks = askedNicks(exchange.params)
    const found = await Promise.all(
      nicks.map(async (nick) => {
        try {
          return await accountOf(door, exchange, nick)
        } catch (thrown) {
          if (isGone(thrown)) return undefined
          throw thrown
        }
      }),
    )
    return found.filter((one) => one !== undefined)
  })
  addRoute(scope, 'GET /api/v1/accounts/:id', 'read:accounts', async (exchange) =>
    accountEntity(exchange.base, await dweets.profile(exchange.who, exchange.nick)),
  )
}

/** Those that are no account's are nobody's. */
export function askedNicks(params: Params): readonly string[] {
  return params
    .all('id')
    .slice(0, ASKED_MAX)
    .flatMap((id) => nickOfAccountId(id) ?? [])
}

/** `ana`, `@ana`, `ana@host` where the host is this one; `undefined`: nobody here. */
export function nickIn({ host }: Pick<Exchange, 'host'>, acct: string): string | undefined {
  const [nick = '', at, ...more] = acct.trim().replace(/^@/, '').split('@')
  if (more.length > 0 || (at !== undefined && at.toLowerCase() !== host.toLowerCase())) {
    return undefined
  }
  return foldNick(nick)
}

async function accountOf(
  { dweets }: MastodonDoor,
  { base, who }: Exchange,
  nick: string,
): Promise<Entity> {
  return accountEntity(base, await dweets.profile(who, nick))
}

/** Whoever it names first, then those whose nicks begin so. */
export async function accountsLike(
  door: MastodonDoor,
  exchange: Exchange,
  text: string,
  limit: number,
): Promise<readonly Entity[]> {
  const nick = nickIn(exchange, text)
  if (nick === undefined) return []
  const named = await door.entrance.accounts.groups.named(nick, limit)
  const people = named.filter(({ kind }) => kind === 'person').map(({ name }) => name)
  const nicks = [...new Set([nick, ...people])].slice(0, limit)
  const profiles = await Promise.all(nicks.map((one) => door.profiles.find(one)))
  return profiles
    .filter((profile) => profile !== undefined)
    .map((profile) => accountEntity(exchange.base, profile))
}

function addStatusesOf(scope: FastifyInstance, door: MastodonDoor): void {
  addRoute(scope, 'GET /api/v1/accounts/:id/statuses', 'read:statuses', async (exchange) => {
    const { nick, params, who } = exchange
    // Nothing is pinned.
    if (params.flag('pinned') === true) return []
    const ofMedia = params.flag('only_media') === true
    const tag = params.get('tagged')?.toLowerCase()
    const withRedweets = params.flag('exclude_reblogs') !== true
    const withReplies = params.flag('exclude_replies') !== true
    const found = await findPage(
      (page) => door.dweets.publicationsOf(who, nick, page),
      wantedOf(params, LIMIT),
      (one) => {
        if (ofMedia && !hasMedia(one)) return false
        if (one.kind === 'redweet') return withRedweets && tag === undefined
        const isTagged = tag === undefined || one.tags.some((other) => other.toLowerCase() === tag)
        // An answer to oneself goes on with what one said.
        const isReply = one.replyTo !== undefined && one.replyTo.nick !== nick
        return isTagged && (withReplies || !isReply)
      },
    )
    const showing = new Showing(door, exchange)
    return sendPage(exchange, found, (one) => showing.publication(one))
  })
}

function addPeople(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  addRoute(scope, 'GET /api/v1/accounts/:id/followers', 'read:accounts', (exchange) =>
    sendPeople(door, exchange, (page) => dweets.followers(exchange.who, exchange.nick, page)),
  )
  addRoute(scope, 'GET /api/v1/accounts/:id/following', 'read:accounts', (exchange) =>
    sendPeople(door, exchange, (page) => dweets.following(exchange.who, exchange.nick, page)),
  )
  addRoute(scope, 'GET /api/v1/mutes', 'read:mutes', (exchange) =>
    sendPeople(door, exchange, (page) => dweets.lookups.hidden(exchange.who, 'mute', page)),
  )
  addRoute(scope, 'GET /api/v1/blocks', 'read:blocks', (exchange) =>
    sendPeople(door, exchange, (page) => dweets.lookups.hidden(exchange.who, 'block', page)),
  )
}

type PeopleBy = (page: { readonly limit: number; readonly cursor?: string }) => Promise<PeoplePage>

/** In the order of their nicks: `max_id` is the id of whom a page ended with. */
export async function sendPeople(
  door: MastodonDoor,
  exchange: Exchange,
  list: PeopleBy,
): Promise<readonly Entity[]> {
  const { params } = exchange
  const behind = params.get('max_id')
  const cursor = behind === undefined ? undefined : nickOfAccountId(behind)
  const limit = params.count('limit', PEOPLE)
  const page = await list(cursor === undefined ? { limit } : { limit, cursor })
  const next = page.cursor === undefined ? undefined : { max_id: accountIdOf(page.cursor) }
  addLinks(exchange, next, undefined)
  const showing = new Showing(door, exchange)
  return Promise.all(page.items.map((one: DweetPerson) => showing.account(one)))
}
