/** `/oauth/token` and `/oauth/revoke` (RFC 6749, 4 and 5; RFC 7009; RFC 7636). */
import type { FastifyInstance, FastifyReply } from 'fastify'

import { tryText } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import type { App, AppToken } from '../../../services/accounts/app-types.ts'
import { hasScope, readScopes } from '../../../wire/oauth-scopes.ts'
import { originOf } from '../asker-origin.ts'
import { isFromBeyond } from '../beyond.ts'
import { isLoopbackOrigin } from '../origins.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { MastodonRefusal } from './refusal.ts'
import { sentToken } from './token-answers.ts'

export function addTokens(scope: FastifyInstance, door: MastodonDoor): void {
  const { apps } = door.entrance.accounts
  addRoute(scope, 'POST /oauth/token', '', async (exchange): Promise<FastifyReply> => {
    const { params, reply } = exchange
    const app = await clientOf(door, exchange)
    const how = GRANTS.get(params.get('grant_type') ?? '')
    if (how === undefined) {
      const text = 'The authorization grant type is not supported by the authorization server.'
      throw new MastodonRefusal(400, 'unsupported_grant_type', text)
    }
    return sentToken(reply, await how(door, exchange, app))
  })
  addRoute(scope, 'POST /oauth/revoke', '', async (exchange) => {
    const app = await clientOf(door, exchange)
    await apps.revoke(exchange.params.get('token') ?? '', app)
    return {}
  })
}

type Granting = (door: MastodonDoor, exchange: Exchange, app: App) => Promise<AppToken>

const byCode: Granting = async ({ entrance }, { params }, app) => {
  const code = params.get('code') ?? ''
  const redirectUri = params.get('redirect_uri') ?? ''
  const verifier = params.get('code_verifier')
  const proof = { app, redirectUri, ...(verifier === undefined ? {} : { verifier }) }
  const token = await entrance.accounts.apps.redeem(code, proof)
  if (token === undefined) throw invalidGrant()
  return token
}

const forItself: Granting = ({ entrance }, exchange, app) =>
  entrance.accounts.apps.tokenOf({ app, scopes: scopesOf(exchange, app) })

const byPassword: Granting = async ({ entrance, passwords }, exchange, app) => {
  const { params, request } = exchange
  refuseForeignPages(exchange)
  const nick = (params.get('username') ?? '').replace(/^@/, '')
  const password = params.get('password') ?? ''
  const grant = { app, scopes: scopesOf(exchange, app) }
  try {
    return await passwords.take(() =>
      entrance.accounts.apps.logIn({ nick, password }, originOf(request), grant),
    )
  } catch (thrown) {
    throw isAnilloError(thrown, 'BAD_LOGIN') ? invalidGrant() : thrown
  }
}

/** By `grant_type`, whatever stands there. */
const GRANTS: ReadonlyMap<string, Granting> = new Map([
  ['authorization_code', byCode],
  ['client_credentials', forItself],
  ['password', byPassword],
])

/**
 * On loopback any page that somebody looks at can ask, and would guess passwords by their browser.
 */
function refuseForeignPages({ request }: Exchange): void {
  const { origin } = request.headers
  if (origin === undefined || isFromBeyond(request.raw) || isLoopbackOrigin(origin)) return
  const text = `pages of ${origin} may not ask for passwords of this machine`
  throw new MastodonRefusal(403, 'unauthorized_client', text)
}

function invalidGrant(): MastodonRefusal {
  const text =
    'The provided authorization grant is invalid, expired, revoked, does not match the ' +
    'redirection URI used in the authorization request, or was issued to another client.'
  return new MastodonRefusal(400, 'invalid_grant', text)
}

/** Those that are asked for, of those that the application has. @throws MastodonRefusal */
export function scopesOf({ params }: Pick<Exchange, 'params'>, app: App): readonly string[] {
  const asked = readScopes(params.get('scope') ?? '')
  if (asked?.length === 0) return app.scopes.slice(0, 1)
  if (asked?.every((scope) => hasScope(app.scopes, scope)) === true) return asked
  const text = 'The requested scope is invalid, unknown, or malformed.'
  throw new MastodonRefusal(400, 'invalid_scope', text)
}

/** In the body, or as RFC 6749, 2.3.1 has it. @throws MastodonRefusal 401 */
async function clientOf({ entrance }: MastodonDoor, exchange: Exchange): Promise<App> {
  const { params, request } = exchange
  const basic = basicIn(request.headers.authorization)
  const id = params.get('client_id') ?? basic?.id ?? ''
  const secret = params.get('client_secret') ?? basic?.secret ?? ''
  const app = await entrance.accounts.apps.prove(id, secret)
  if (app !== undefined) return app
  const text =
    'Client authentication failed due to unknown client, no client authentication included, ' +
    'or unsupported authentication method.'
  throw new MastodonRefusal(401, 'invalid_client', text)
}

const BASIC = /^basic +([\w+/-]{1,1000}={0,2})$/i

function basicIn(
  header: string | undefined,
): { readonly id: string; readonly secret: string } | undefined {
  const coded = BASIC.exec(header ?? '')?.[1]
  const text = coded === undefined ? undefined : tryText(Buffer.from(coded, 'base64'))
  const at = text?.indexOf(':') ?? -1
  if (text === undefined || at < 1) return undefined
  return { id: text.slice(0, at), secret: text.slice(at + 1) }
}
