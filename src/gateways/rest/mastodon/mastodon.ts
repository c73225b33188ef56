/**
 * The Mastodon client API (docs.joinmastodon.org/methods), so that programs which people already
 * have work here unchanged. What is served, and what not, says docs/mastodon.md.
 */
import type { FastifyInstance } from 'fastify'

import type { Attachments } from '../../../services/dweets/attachments/types.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import type { RouteName } from '../../../wire/demands.ts'
import { LinkTraffic } from '../links/link-traffic.ts'
import { addMastodonAccounts } from './accounts.ts'
import { ALLOWED } from './addresses.ts'
import { addAuthorize } from './authorize.ts'
import { addRoute, requireScopes, type MastodonDoor } from './exchange.ts'
import { identicon } from './identicon.ts'
import { addInstance } from './instance.ts'
import { KnownProfiles } from './known-profiles.ts'
import { addMastodonLists } from './lists.ts'
import { addMedia } from './media.ts'
import { addMastodonNotifications } from './notifications.ts'
import { addApps } from './oauth-apps.ts'
import { addTokens } from './oauth-tokens.ts'
import { readAnyForm } from './params.ts'
import { addMastodonReactions } from './reactions.ts'
import { notFound, refusalHandler, type RefusalParts } from './refusal.ts'
import { addRegistration } from './registration.ts'
import { addMastodonRelationships } from './relationships.ts'
import { addMastodonReports } from './reports.ts'
import { addStandingAnswers } from './standing-answers.ts'
import { addStatuses } from './statuses.ts'
import { addStreaming } from './streaming.ts'
import { addMastodonTimelines } from './timelines.ts'
import { addWellKnown } from './well-known.ts'

type Behind = Omit<MastodonDoor, 'profiles'> &
  Pick<RefusalParts, 'refusals'> & {
    /** Absent: statuses are texts alone. */
    readonly attachments?: Attachments
  }

export async function addMastodon(server: FastifyInstance, behind: Behind): Promise<void> {
  const { attachments, clock, dweets } = behind
  const door: MastodonDoor = { ...behind, profiles: new KnownProfiles(dweets, clock) }
  await server.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, namesNoMember: true }
    })
    scope.setErrorHandler(refusalHandler(behind))
    readAnyForm(scope)
    requireScopes(scope)
    scope.addHook('onRequest', async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
    })
    addApps(scope, door, new LinkTraffic(clock))
    addAuthorize(scope, door)
    addTokens(scope, door)
    addRegistration(scope, door)
    addInstance(scope, door)
    addMastodonAccounts(scope, door)
    addMastodonRelationships(scope, door)
    addStatuses(scope, door)
    addMastodonReactions(scope, door)
    addMastodonTimelines(scope, door)
    addMastodonLists(scope, door)
    addMastodonReports(scope, door)
    addWellKnown(scope, door)
    addMastodonNotifications(scope, door)
    addStreaming(scope, door)
    if (attachments !== undefined) addMedia(scope, door, attachments)
    addStandingAnswers(scope)
    addPictures(scope)
    addOthers(scope)
  })
}

const PICTURE = /^(\w{1,30})\.png$/

function addPictures(scope: FastifyInstance): void {
  addRoute(scope, 'GET /api/v1/avatars/:file', '', (exchange) => {
    const written = PICTURE.exec(exchange.part('file'))?.[1] ?? ''
    const nick = foldNick(written)
    if (nick === undefined) throw notFound()
    return exchange.reply
      .header('cache-control', 'public, max-age=86400')
      .type('image/png')
      .send(Buffer.from(identicon(nick)))
  })
}

const UNKNOWN: readonly RouteName[] = [
  'GET /api/*',
  'POST /api/*',
  'PUT /api/*',
  'PATCH /api/*',
  'DELETE /api/*',
]

/** What is not served is told as Mastodon does, and what browsers ask before they ask. */
function addOthers(scope: FastifyInstance): void {
  for (const name of UNKNOWN) {
    addRoute(scope, name, '', () => {
      throw notFound()
    })
  }
  for (const name of ['OPTIONS /api/*', 'OPTIONS /oauth/*', 'OPTIONS /.well-known/*'] as const) {
    addRoute(scope, name, '', ({ reply }) =>
      reply
        .code(204)
        .headers({
          'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
          'access-control-allow-headers': ALLOWED,
          'access-control-max-age': '600',
        })
        .send(),
    )
  }
}
