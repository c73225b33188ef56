/**
 * Who asks, for each request that goes through the router; and what each route says that it needs.
 */
import type { SwaggerTransform } from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type TSchema } from 'typebox'

import { assert } from '../../base/assert.ts'
import type { Principal } from '../../services/accounts/types.ts'
import { demandOf, isRouteName, type Demand, type RouteName } from '../../wire/demands.ts'
import { originOf } from './asker-origin.ts'
import { isAskedOfDav } from './dav-addresses.ts'
import type { Gate } from './gate.ts'
import { isOfMastodon, streamToken } from './mastodon/addresses.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers name no member, whoever asks: they are about people. */
    namesNoMember?: true
  }
  interface FastifyRequest {
    /** `undefined`: nobody, where the route needs nobody. */
    asker: Principal | undefined
    /** For what takes a while. @throws AnilloError as `Gate.admit`, where it may be done no more */
    admitAgain(): Promise<void>
  }
}

/** Of the description, which brings routes of its own. */
const DESCRIPTION = '/docs'

/**
 * A route without a row in the table of demands is a fault: the door does not start with it.
 * To be called before any route is added.
 */
export function askWho(server: FastifyInstance, gate: Gate): void {
  const admit = async (request: FastifyRequest): Promise<void> => {
    const { method, params, raw, routeOptions } = request
    const demand = demandOf(routeOf(method, routeOptions.url ?? ''))
    if (isAskedOfDav(request)) {
      request.asker = await gate.admitByPassword(raw, demand, originOf(request))
      return
    }
    if (isOfMastodon(routeOptions.url)) {
      request.asker = await gate.admitByToken(raw, demand, streamToken(request))
      return
    }
    request.asker = await gate.admit(raw, demand, ownerIn(demand, params))
  }
  server.decorateRequest('asker', undefined)
  server.decorateRequest('admitAgain', function again(this: FastifyRequest) {
    return admit(this)
  })
  /** Let in before the whole body was there. */
  const partial = new WeakSet<FastifyRequest>()
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routeOf(one, url)
  })
  server.addHook('onRequest', async (request) => {
    if (request.is404) return
    request.asker = isOfMastodon(request.routeOptions.url) ? undefined : gate.stranger(request.raw)
    await admit(request)
    if (!request.raw.complete) partial.add(request)
  })
  // Else a session that ends while the rest is held back would still be obeyed.
  server.addHook('preValidation', async (request) => {
    if (partial.has(request)) await admit(request)
  })
}

function routeOf(method: string, url: string): RouteName {
  const isOfDescription = url === DESCRIPTION || url.startsWith(`${DESCRIPTION}/`)
  const name = `${method === 'HEAD' ? 'GET' : method} ${isOfDescription ? '/docs/*' : url}`
  assert(isRouteName(name), `${name} says in wire/demands.ts what it needs`)
  return name
}

function ownerIn(demand: Demand, params: unknown): string | undefined {
  if (typeof demand === 'string' || typeof params !== 'object' || params === null) return undefined
  return 'nick' in params ? String(params.nick) : undefined
}

/** For OpenAPI. */
export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'the access token of a log-in, or an API key',
  },
  key: { type: 'http', scheme: 'basic', description: 'an API key as the password of its account' },
} as const

const EITHER = [{ bearer: [] }, { key: [] }]

/** Each route tells what it needs. */
export const describeDemand: SwaggerTransform = ({ route, schema, url }) => {
  const method = [route.method].flat()[0] ?? ''
  const demand = demandOf(routeOf(method, url))
  const needs = needsText(demand)
  const place = placeIn(url)
  if (needs === undefined) return { schema: { ...schema, ...place.schema }, url: place.url }
  const { description } = schema ?? {}
  const text = description === undefined ? needs : `${description}\n\n${needs}`
  const told = { ...schema, ...place.schema, description: text, security: EITHER }
  return { schema: told, url: place.url }
}

const PathParams = Type.Object({
  path: Type.String({
    description: 'of the tree, each name percent-encoded, with slashes between',
  }),
})

/** OpenAPI has no word for the rest of an address (3.1, 4.8.8.2): it is told as one part. */
function placeIn(url: string): {
  readonly url: string
  readonly schema?: { readonly params: TSchema }
} {
  if (!url.endsWith('/*')) return { url }
  return { url: url.replace(/\*$/, ':path'), schema: { params: PathParams } }
}

function needsText(demand: Demand): string | undefined {
  if (demand === 'nothing' || demand === 'anybody' || demand === 'somebody') return undefined
  if (typeof demand === 'string') return `Needs \`${demand}\`.`
  const { others, own, partly } = demand
  if (others === undefined) return `Needs \`${own}\`, and is for the account itself.`
  const needs = `Needs \`${own}\` for the own account, \`${others}\` for others.`
  return partly === undefined ? needs : `${needs} With \`${partly}\` alone a part is told.`
}
