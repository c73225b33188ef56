/**
 * Orders that the audit log keeps, beside what accounts write into it themselves: who let a machine
 * in, took one out, changed the ring, copied it. What was refused is counted, and not kept: whoever
 * asks often enough would push everything else out.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Accounts } from '../../services/accounts/types.ts'
import type { AuditWhat } from '../../wire/audit.ts'
import { isRouteName, type RouteName } from '../../wire/demands.ts'
import { doerOf, originOf } from './asker-origin.ts'

interface Noted {
  readonly what: (params: Params) => AuditWhat
  /** The part of the address that says to whom or what. */
  readonly to?: string
  /** What it is from then on, as the body says. */
  readonly detail?: (body: unknown) => string
}

type Params = Readonly<Record<string, unknown>>

const ORDERS: Readonly<Record<string, AuditWhat>> = {
  drain: 'member.drain',
  undrain: 'member.undrain',
}

/** `subject.verb`, as `AuditEntry` has it. */
export const NOTED_ORDERS: Readonly<Partial<Record<RouteName, Noted>>> = {
  'POST /v1/tokens': { what: () => 'token.make' },
  'POST /v1/ring/waiting/:code/admit': { what: () => 'member.admit' },
  'POST /v1/ring/members/:id/:order': {
    what: ({ order }) => ORDERS[String(order)] ?? 'member.remove',
    to: 'id',
  },
  'POST /v1/ring/authority': { what: () => 'authority.rotate' },
  'PUT /v1/ring/settings/:name': {
    what: () => 'setting.change',
    to: 'name',
    detail: valueText,
  },
  'POST /v1/ring/backups': { what: () => 'backup.begin' },
  'DELETE /v1/pages/:id': { what: () => 'page.remove', to: 'id' },
}

/** What handlers know of their order that no address or body tells. */
const DETAILS = new WeakMap<FastifyRequest, string>()

/** @param detail for people who read the log */
export function noteDetail(request: FastifyRequest, detail: string): void {
  DETAILS.set(request, detail)
}

export function noteOrders(server: FastifyInstance, accounts: Pick<Accounts, 'note'>): void {
  server.addHook('onResponse', async (request, reply) => {
    const { asker, body, method, params, routeOptions } = request
    const route = `${method} ${routeOptions.url ?? ''}`
    const noted = isRouteName(route) ? NOTED_ORDERS[route] : undefined
    if (noted === undefined || reply.statusCode >= FIRST_REFUSAL) return
    const { address } = originOf(request)
    const named = paramsOf(params)
    const detail = noted.detail === undefined ? DETAILS.get(request) : noted.detail(body)
    accounts.note({
      by: doerOf(asker),
      what: noted.what(named),
      ...(noted.to === undefined ? {} : { to: String(named[noted.to]) }),
      ...(detail === undefined ? {} : { detail }),
      ...(address === undefined ? {} : { address }),
    })
  })
}

const FIRST_REFUSAL = 400

function paramsOf(params: unknown): Params {
  return typeof params === 'object' && params !== null ? { ...params } : {}
}

function valueText(body: unknown): string {
  const value = typeof body === 'object' && body !== null && 'value' in body ? body.value : null
  return typeof value === 'number' ? String(value) : 'default'
}
