/** `/api/v1/apps`: programs make themselves known (docs.joinmastodon.org/methods/apps). */
import type { FastifyInstance } from 'fastify'

import type { App } from '../../../services/accounts/app-types.ts'
import { readScopes, SCOPES_DEFAULT } from '../../../wire/oauth-scopes.ts'
import { originOf } from '../asker-origin.ts'
import type { LinkTraffic } from '../links/link-traffic.ts'
import { addRoute, appOf, type MastodonDoor } from './exchange.ts'
import type { Params } from './params.ts'
import { MastodonRefusal, unprocessable } from './refusal.ts'
import type { Entity } from './showing.ts'

/** The code is shown, for whoever types it over (RFC 8252 calls it out of band). */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'

const REDIRECTS_MAX = 10
const REDIRECT_CHARS_MAX = 500
const WEBSITE_CHARS_MAX = 500
/** They would run as the page that opens them. */
const NEVER: ReadonlySet<string> = new Set(
  'javascript: data: vbscript: blob: file: about: filesystem: view-source:'.split(' '),
)

/** As it may stand in a policy of a page. */
const HOST = /^[\w.:[\]-]+$/

/** Of requests by public links as many as one that names no link. */
const COST = 20

export function addApps(
  scope: FastifyInstance,
  { entrance }: MastodonDoor,
  traffic: LinkTraffic,
): void {
  const { apps } = entrance.accounts
  addRoute(scope, 'POST /api/v1/apps', '', async ({ params, request }) => {
    traffic.take(originOf(request).address, COST)
    const scopes = readScopes(params.get('scopes') ?? SCOPES_DEFAULT.join(' '))
    if (scopes === undefined) throw unprocessable("Scopes doesn't match configured on the server.")
    const made = await apps.make({
      name: params.require('client_name'),
      ...websiteOf(params),
      redirectUris: redirectsOf(params),
      scopes: scopes.length === 0 ? SCOPES_DEFAULT : scopes,
    })
    const secret = { client_id: made.id, client_secret: made.secret, client_secret_expires_at: 0 }
    return { ...appEntity(made), ...secret }
  })
  addRoute(scope, 'GET /api/v1/apps/verify_credentials', '', async ({ request }) => {
    const shown = appOf(request.asker)
    const app = shown && (await apps.find(shown.id))
    if (app === undefined) throw new MastodonRefusal(401, 'The access token is invalid')
    return appEntity(app)
  })
}

function appEntity({ id, name, redirectUris, scopes, website }: App): Entity {
  return {
    id,
    name,
    website: website ?? null,
    scopes,
    redirect_uri: redirectUris.join('\n'),
    redirect_uris: redirectUris,
    vapid_key: '',
  }
}

function websiteOf(params: Params): { readonly website?: string } {
  const website = params.get('website')
  if (website === undefined || website === '') return {}
  const isWeb = /^https?:\/\//i.test(website) && URL.canParse(website)
  if (isWeb && website.length <= WEBSITE_CHARS_MAX) return { website }
  throw unprocessable('Website is not a valid URL')
}

/** Each on a line of its own, or as a list. @throws MastodonRefusal 422 */
function redirectsOf(params: Params): readonly string[] {
  const all = params.all('redirect_uris').flatMap((text) => text.split(/\s+/).filter(Boolean))
  if (all.length === 0) throw unprocessable("Redirect URI can't be blank")
  if (all.length <= REDIRECTS_MAX && all.every(isRedirect)) return [...new Set(all)]
  throw unprocessable('Redirect URI must be an absolute URI.')
}

/** RFC 6749, 3.1.2: absolute, and without a fragment. */
function isRedirect(text: string): boolean {
  if (text === OUT_OF_BAND) return true
  if (text.length > REDIRECT_CHARS_MAX || !/^[\u0021-\u007e]+$/.test(text)) return false
  if (text.includes('#') || !URL.canParse(text)) return false
  const { host, protocol } = new URL(text)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb ? HOST.test(host) : !NEVER.has(protocol)
}
