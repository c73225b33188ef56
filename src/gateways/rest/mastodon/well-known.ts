/**
 * Where programs look first: WebFinger (RFC 7033), host-meta (RFC 6415), and what this door does of
 * OAuth (RFC 8414).
 */
import type { FastifyInstance } from 'fastify'

import { foldNick } from '../../../wire/account-texts.ts'
import { OAUTH_SCOPES } from '../../../wire/oauth-scopes.ts'
import { feedAddress } from '../dweets/feed-address.ts'
import { escaped } from '../escaped.ts'
import { personAddress } from './content.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { MastodonRefusal, notFound } from './refusal.ts'

const FEED = 'http://schemas.google.com/g/2010#updates-from'
const PROFILE = 'http://webfinger.net/rel/profile-page'
const ACCOUNT = /^acct:@?([^@]+)@([^@]+)$/

export function addWellKnown(scope: FastifyInstance, { dweets }: MastodonDoor): void {
  // Who is here is for those who may read here.
  addRoute(scope, 'GET /.well-known/webfinger', 'read:accounts', async (exchange) => {
    const { base, host, params, reply, who } = exchange
    const nick = nickIn(exchange, params.get('resource'))
    await dweets.profile(who, nick)
    const page = personAddress(base, nick)
    const wanted = new Set(params.all('rel'))
    const links = [
      { rel: PROFILE, type: 'text/html', href: page },
      { rel: FEED, type: 'application/atom+xml', href: base + feedAddress('users', nick) },
    ]
    return reply.type('application/jrd+json; charset=utf-8').send({
      subject: `acct:${nick}@${host}`,
      aliases: [page],
      links: wanted.size === 0 ? links : links.filter(({ rel }) => wanted.has(rel)),
    })
  })
  addRoute(scope, 'GET /.well-known/host-meta', '', ({ base, reply }) =>
    reply
      .type('application/xrd+xml; charset=utf-8')
      .send(
        '<?xml version="1.0" encoding="UTF-8"?>' +
          '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" ' +
          `template="${escaped(base)}/.well-known/webfinger?resource={uri}"/></XRD>`,
      ),
  )
  addRoute(scope, 'GET /.well-known/oauth-authorization-server', '', ({ base, isSecure }) => {
    // RFC 8414, 2: an issuer has TLS. Programs that find it without refuse the whole server.
    if (!isSecure) throw notFound()
    return {
      issuer: `${base}/`,
      authorization_endpoint: `${base}/oauth/authorize`,
      token_endpoint: `${base}/oauth/token`,
      revocation_endpoint: `${base}/oauth/revoke`,
      app_registration_endpoint: `${base}/api/v1/apps`,
      scopes_supported: OAUTH_SCOPES,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'client_credentials', 'password'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    }
  })
}

/** Of this host, by the name that was asked for. @throws MastodonRefusal */
function nickIn({ host }: Exchange, resource: string | undefined): string {
  if (resource === undefined) throw new MastodonRefusal(400, 'resource is missing')
  const [, name = '', at] = ACCOUNT.exec(resource) ?? []
  const nick = foldNick(name)
  if (nick === undefined || at?.toLowerCase() !== host.toLowerCase()) throw notFound()
  return nick
}
