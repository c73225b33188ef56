/** Tokens for a password, and new tokens for old ones: asked as nobody. */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { SECOND_MS } from '../base/limits.ts'
import type { LoginRequest } from '../wire/api-accounts.ts'
import {
  foreignAnswer,
  readJson,
  requestAnywhere,
  type RequestOptions,
  type Way,
} from './request.ts'

/** A password is stretched, and may stand in a queue for it. */
const TIMEOUT_MS = 20 * SECOND_MS

/** As a door answers whoever asked for no cookies. */
export const TokenPair = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  /** Seconds for which the access token holds. */
  expiresIn: Type.Integer({ minimum: 1 }),
})
export type TokenPair = Static<typeof TokenPair>

export function loginOptions(body: LoginRequest): RequestOptions {
  return { method: 'POST', path: '/v1/auth/login', body, as: 'nobody', timeoutMs: TIMEOUT_MS }
}

/** @throws AnilloError BAD_LOGIN, SLOW_DOWN, BUSY, RING_NOT_REACHABLE */
export function logIn(way: Way, request: LoginRequest): Promise<TokenPair> {
  return askForTokens(way, loginOptions(request))
}

/** @throws AnilloError LOGIN_FIRST where the session ended, RING_NOT_REACHABLE */
export function refresh(way: Way, refreshToken: string): Promise<TokenPair> {
  const path = '/v1/auth/refresh'
  const body = { refreshToken }
  return askForTokens(way, { method: 'POST', path, body, as: 'nobody', timeoutMs: TIMEOUT_MS })
}

function askForTokens(way: Way, options: RequestOptions): Promise<TokenPair> {
  return requestAnywhere(way, options, async (response) => {
    const value = await readJson(response)
    if (value === undefined) return undefined
    if (!Check(TokenPair, value)) throw foreignAnswer(response)
    return value
  })
}
