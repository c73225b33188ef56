/**
 * Who asks, for each request that goes through the router; and what each route says that it needs.
 */
import type { SwaggerTransform } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

import { assert } from '../../base/assert.ts'
import type { Principal } from '../../services/accounts/types.ts'
import { demandOf, isRouteName, type Demand, type RouteName } from '../../wire/demands.ts'
import type { Gate } from './gate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** `undefined`: nobody, where the route needs nobody. */
    asker: Principal | undefined
  }
}

/** Of the description, which brings routes of its own. */
const DESCRIPTION = '/docs'

/**
 * A route without a row in the table of demands is a fault: the door does not start with it.
 * To be called before any route is added.
 */
export function askWho(server: FastifyInstance, gate: Gate): void {
  server.decorateRequest('asker', undefined)
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routeOf(one, url)
  })
  server.addHook('onRequest', async (request) => {
    if (request.is404) return
    const { method, params, raw, routeOptions } = request
    const demand = demandOf(routeOf(method, routeOptions.url ?? ''))
    request.asker = gate.stranger(raw)
    request.asker = await gate.admit(raw, demand, ownerIn(demand, params))
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
  if (needs === undefined) return { schema, url }
  const { description } = schema ?? {}
  const text = description === undefined ? needs : `${description}\n\n${needs}`
  return { schema: { ...schema, description: text, security: EITHER }, url }
}

function needsText(demand: Demand): string | undefined {
  if (demand === 'nothing' || demand === 'anybody' || demand === 'somebody') return undefined
  if (typeof demand === 'string') return `Needs \`${demand}\`.`
  const { others, own } = demand
  return others === undefined
    ? `Needs \`${own}\`, and is for the account itself.`
    : `Needs \`${own}\` for the own account, \`${others}\` for others.`
}
