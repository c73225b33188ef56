/** `/oauth/authorize`: people let an application in, or do not (RFC 6749, 4.1; RFC 7636). */
import type { FastifyInstance, FastifyReply } from 'fastify'

import { isAnilloError } from '../../../base/errors.ts'
import type { App } from '../../../services/accounts/app-types.ts'
import { hasScope, readScopes } from '../../../wire/oauth-scopes.ts'
import { originOf } from '../asker-origin.ts'
import { askingPage, authorizePolicy, codePage, toldPage } from './authorize-page.ts'
import { authorizeTextsFor, type AuthorizeTexts } from './authorize-texts.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { OUT_OF_BAND } from './oauth-apps.ts'

/** Of an application, checked. */
interface Wish {
  readonly app: App
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string | undefined
  readonly challenge: string | undefined
}

/** 43 letters of base64url are a SHA-256. */
const CHALLENGE = /^[\w-]{43}$/
const STATE_CHARS_MAX = 2_000

export function addAuthorize(scope: FastifyInstance, door: MastodonDoor): void {
  const asked = async (exchange: Exchange): Promise<FastifyReply> => {
    const texts = textsFor(exchange)
    const wish = await wishOf(door, exchange)
    if ('wrong' in wish) return refused(exchange, texts[wish.wrong], texts)
    const problem = problemOf(exchange, wish)
    if (problem !== undefined) return sendBack(exchange, wish, { error: problem })
    return ask(exchange, wish, undefined)
  }
  addRoute(scope, 'GET /oauth/authorize', '', asked)
  addRoute(scope, 'POST /oauth/authorize', '', async (exchange) => {
    const texts = textsFor(exchange)
    const wish = await wishOf(door, exchange)
    if ('wrong' in wish) return refused(exchange, texts[wish.wrong], texts)
    const problem = problemOf(exchange, wish)
    if (problem !== undefined) return sendBack(exchange, wish, { error: problem })
    return exchange.params.get('decision') === 'allow'
      ? allowed(door, exchange, wish)
      : denied(exchange, wish)
  })
}

function textsFor({ request }: Exchange): AuthorizeTexts {
  return authorizeTextsFor(request.headers['accept-language'])
}

/** To an address that is none of the application's nothing is sent, and nobody (4.1.2.1). */
async function wishOf(
  { entrance }: MastodonDoor,
  { params }: Exchange,
): Promise<Wish | { readonly wrong: 'unknownApp' | 'unknownRedirect' }> {
  const app = await entrance.accounts.apps.find(params.get('client_id') ?? '')
  if (app === undefined) return { wrong: 'unknownApp' }
  const redirectUri = params.get('redirect_uri') ?? ''
  if (!app.redirectUris.includes(redirectUri)) return { wrong: 'unknownRedirect' }
  const scopes = readScopes(params.get('scope') ?? '') ?? []
  const isDefault = (params.get('scope') ?? '') === ''
  return {
    app,
    redirectUri,
    scopes: isDefault ? app.scopes.slice(0, 1) : scopes,
    state: params.get('state')?.slice(0, STATE_CHARS_MAX),
    challenge: params.get('code_challenge'),
  }
}

/** A code of RFC 6749, 4.1.2.1; `undefined`: nothing is wrong. */
function problemOf({ params }: Exchange, { app, challenge, scopes }: Wish): string | undefined {
  if (params.get('response_type') !== 'code') return 'unsupported_response_type'
  const isS256 = params.get('code_challenge_method') === 'S256'
  if (challenge !== undefined && !(isS256 && CHALLENGE.test(challenge))) return 'invalid_request'
  const areHad = scopes.every((scope) => hasScope(app.scopes, scope))
  return areHad && scopes.length > 0 ? undefined : 'invalid_scope'
}

function ask(exchange: Exchange, wish: Wish, problem: string | undefined): FastifyReply {
  const { app, challenge, redirectUri, scopes, state } = wish
  const fields = {
    response_type: 'code',
    client_id: app.id,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    ...(state === undefined ? {} : { state }),
    ...(challenge === undefined
      ? {}
      : { code_challenge: challenge, code_challenge_method: 'S256' }),
  }
  const nick = problem === undefined ? '' : (exchange.params.get('username') ?? '')
  const html = askingPage({ app, scopes, fields, nick, problem }, textsFor(exchange))
  return sendHtml(exchange, html, { status: problem === undefined ? 200 : 401, redirectUri })
}

async function allowed(
  { entrance, passwords }: MastodonDoor,
  exchange: Exchange,
  wish: Wish,
): Promise<FastifyReply> {
  const { params, request } = exchange
  const { app, challenge, redirectUri, scopes } = wish
  const grant = { app, scopes, redirectUri, ...(challenge === undefined ? {} : { challenge }) }
  const nick = (params.get('username') ?? '').trim().replace(/^@/, '')
  const password = params.get('password') ?? ''
  let code: string
  try {
    code = await passwords.take(() =>
      entrance.accounts.apps.grantCode({ nick, password }, originOf(request), grant),
    )
  } catch (thrown) {
    return ask(exchange, wish, problemWords(thrown, textsFor(exchange)))
  }
  if (redirectUri !== OUT_OF_BAND) return sendBack(exchange, wish, { code })
  return sendHtml(exchange, codePage(app, code, textsFor(exchange)), { status: 200 })
}

/** @throws what is a fault of the member */
function problemWords(thrown: unknown, texts: AuthorizeTexts): string {
  if (!isAnilloError(thrown)) throw thrown
  const { code, details } = thrown
  if (code === 'BAD_LOGIN') return texts.badLogin
  if (code === 'ACCOUNT_SUSPENDED') return texts.suspended
  return code === 'SLOW_DOWN' ? texts.slowDown(Number(details['minutes'])) : texts.later
}

function denied(exchange: Exchange, wish: Wish): FastifyReply {
  return sendBack(exchange, wish, { error: 'access_denied' })
}

/** With what came of it, and the state that was given. */
function sendBack(
  exchange: Exchange,
  { app, redirectUri, state }: Wish,
  outcome: Readonly<Record<string, string>>,
): FastifyReply {
  const texts = textsFor(exchange)
  if (redirectUri === OUT_OF_BAND) {
    return refused(exchange, texts.deniedText(app.name), texts, texts.deniedTitle)
  }
  const query = new URLSearchParams({ ...outcome, ...(state === undefined ? {} : { state }) })
  const separator = redirectUri.includes('?') ? '&' : '?'
  return exchange.reply
    .code(302)
    .header('cache-control', 'no-store')
    .header('content-security-policy', authorizePolicy(sourceOf(redirectUri)))
    .header('location', `${redirectUri}${separator}${query.toString()}`)
    .send()
}

function refused(
  exchange: Exchange,
  text: string,
  texts: AuthorizeTexts,
  title = texts.wrongTitle,
): FastifyReply {
  return sendHtml(exchange, toldPage({ title, text }, texts), { status: 400 })
}

function sendHtml(
  { reply }: Exchange,
  html: string,
  { redirectUri, status }: { readonly status: number; readonly redirectUri?: string },
): FastifyReply {
  const target = redirectUri === undefined ? undefined : sourceOf(redirectUri)
  return (
    reply
      .code(status)
      .header('content-security-policy', authorizePolicy(target))
      // A form of a page without it is sent as of no origin.
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .header('vary', 'Accept-Language')
      .type('text/html; charset=utf-8')
      .send(html)
  )
}

/** As a policy names where a form may lead: `undefined`: nowhere else. */
function sourceOf(redirectUri: string): string | undefined {
  if (redirectUri === OUT_OF_BAND) return undefined
  const { host, protocol } = new URL(redirectUri)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb ? `${protocol}//${host}` : protocol
}
