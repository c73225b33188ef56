/** What an application is given (RFC 6749, 5.1). */
import type { FastifyReply } from 'fastify'

import { SECOND_MS } from '../../../base/limits.ts'
import type { AppToken } from '../../../services/accounts/app-types.ts'

/** It does not expire as long as it is used; so no refresh token comes with it, as at Mastodon. */
export function sentToken(reply: FastifyReply, token: AppToken): FastifyReply {
  return reply.header('cache-control', 'no-store').send({
    access_token: token.token,
    token_type: 'Bearer',
    scope: token.scopes.join(' '),
    created_at: Math.floor(token.createdAtMs / SECOND_MS),
  })
}
