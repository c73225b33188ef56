/** `POST /api/v1/accounts`: people make accounts through an application. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { originOf } from '../asker-origin.ts'
import { addRoute, appOf, type MastodonDoor } from './exchange.ts'
import { MastodonRefusal, unprocessable } from './refusal.ts'
import { sentToken } from './token-answers.ts'

export function addRegistration(scope: FastifyInstance, door: MastodonDoor): void {
  const { entrance, passwords } = door
  addRoute(scope, 'POST /api/v1/accounts', 'write:accounts', async ({ params, reply, request }) => {
    const app = appOf(request.asker)
    const known = app && (await entrance.accounts.apps.find(app.id))
    if (app === undefined || known === undefined) {
      throw new MastodonRefusal(401, 'The access token is invalid')
    }
    if (!(await entrance.isRegistrationOpen())) throw new AnilloError('REGISTRATION_CLOSED')
    if (params.flag('agreement') !== true) throw unprocessable('Agreement must be accepted')
    const nick = params.require('username')
    const password = params.require('password')
    const from = originOf(request)
    await passwords.take(() => entrance.accounts.register({ nick, password }, from))
    const grant = { app: known, scopes: app.scopes }
    const token = await passwords.take(() =>
      entrance.accounts.apps.logIn({ nick, password }, from, grant),
    )
    return sentToken(reply, token)
  })
}
