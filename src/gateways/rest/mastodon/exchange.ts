/** A request of the Mastodon client API, and what its routes have in common. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { assert } from '../../../base/assert.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { LetInApp, Principal } from '../../../services/accounts/types.ts'
import type { Dweeter, Dweets } from '../../../services/dweets/types.ts'
import { nickOfAccountId } from '../../../wire/account-ids.ts'
import { isRouteName, type RouteName } from '../../../wire/demands.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { hasScope } from '../../../wire/oauth-scopes.ts'
import { isFromBeyond } from '../beyond.ts'
import type { Entrance, WebSockets } from '../door.ts'
import { dweeterOf } from '../dweets/dweet-door.ts'
import type { Gate } from '../gate.ts'
import type { Turns } from '../turns.ts'
import type { KnownProfiles } from './known-profiles.ts'
import { Params } from './params.ts'
import { MastodonRefusal, notFound } from './refusal.ts'

export interface MastodonDoor {
  readonly dweets: Dweets
  readonly entrance: Entrance
  readonly clock: Clock
  readonly gate: Gate
  readonly log: Log
  readonly passwords: Turns
  readonly profiles: KnownProfiles
  readonly version: string
  /** Absent: what happens is told as server-sent events alone. */
  readonly webSockets?: WebSockets
}

export class Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly params: Params

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.request = request
    this.reply = reply
    this.params = Params.of(request)
  }

  /** @throws AnilloError LOGIN_FIRST */
  get who(): Dweeter {
    return dweeterOf(this.request)
  }

  /** Through which it is asked; absent: by a session of the ring itself. */
  get app(): LetInApp | undefined {
    return appOf(this.request.asker)
  }

  /** `host:port` as whoever asks came by it: nothing else of the member is told. */
  get host(): string {
    return this.request.headers.host ?? 'localhost'
  }

  get isSecure(): boolean {
    return isFromBeyond(this.request.raw)
  }

  /** Without a slash at its end. */
  get base(): string {
    return `${this.isSecure ? 'https' : 'http'}://${this.host}`
  }

  /** A part of the address. */
  part(name: string): string {
    const { params } = this.request
    const isThere = typeof params === 'object' && params !== null && Object.hasOwn(params, name)
    return isThere ? String(Reflect.get(params, name)) : ''
  }

  /** @throws MastodonRefusal 404 */
  get dweetId(): string {
    const id = this.part('id')
    if (placeOfPublicId(id) === undefined) throw notFound()
    return id
  }

  /** @throws MastodonRefusal 404 */
  get nick(): string {
    return nickOfAccountId(this.part('id')) ?? refuse(notFound())
  }
}

function refuse(refusal: MastodonRefusal): never {
  throw refusal
}

export function appOf(asker: Principal | undefined): LetInApp | undefined {
  if (asker === undefined) return undefined
  const { by } = asker
  return by.kind === 'app' || by.kind === 'session' ? by.app : undefined
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which scope an application needs for it; several: any of them. */
    scopes?: readonly string[]
  }
}

type Answer = (exchange: Exchange) => unknown

/**
 * @param name as in the table of demands
 * @param scopes of which an application needs one; none: it needs none
 */
export function addRoute(
  scope: FastifyInstance,
  name: RouteName,
  scopes: string,
  answer: Answer,
): void {
  const [method = '', url = ''] = name.split(' ')
  assert(isRouteName(name), name)
  scope.route({
    method,
    url,
    schema: { hide: true },
    config: { scopes: scopes.split(' ').filter(Boolean) },
    handler: async (request, reply) => answer(new Exchange(request, reply)),
  })
}

/** An application does what it was let in for; sessions of the ring itself do what they may. */
export function requireScopes(scope: FastifyInstance): void {
  scope.addHook('onRequest', async ({ asker, routeOptions }) => {
    const { scopes = [] } = routeOptions.config
    const app = appOf(asker)
    if (scopes.length === 0 || app === undefined) return
    if (scopes.some((needed) => hasScope(app.scopes, needed))) return
    throw outOfScope()
  })
}

export function outOfScope(): MastodonRefusal {
  return new MastodonRefusal(403, 'This action is outside the authorized scopes')
}
