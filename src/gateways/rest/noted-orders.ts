/**
 * Orders that the audit log keeps, beside what accounts write into it themselves: who let a machine
 * in, took one out, changed the ring, copied it. What was refused is counted, and not kept: whoever
 * asks often enough would push everything else out.
 */
import type { FastifyInstance } from 'fastify'

import type { Accounts } from '../../services/accounts/types.ts'
import { isRouteName, type RouteName } from '../../wire/demands.ts'
import { originOf } from './asker-origin.ts'

interface Noted {
  readonly what: (params: Params) => string
  /** The part of the address that says to whom or what. */
  readonly to?: string
}

type Params = Readonly<Record<string, unknown>>

/** `subject.verb`, as `AuditEntry` has it. */
export const NOTED_ORDERS: Readonly<Partial<Record<RouteName, Noted>>> = {
  'POST /v1/tokens': { what: () => 'token.make' },
  'POST /v1/ring/waiting/:code/admit': { what: () => 'member.admit' },
  'POST /v1/ring/members/:id/:order': { what: ({ order }) => `member.${String(order)}`, to: 'id' },
  'POST /v1/ring/authority': { what: () => 'authority.rotate' },
  'PUT /v1/ring/settings/:name': { what: () => 'setting.change', to: 'name' },
  'POST /v1/ring/backups': { what: () => 'backup.begin' },
}

export function noteOrders(server: FastifyInstance, accounts: Pick<Accounts, 'note'>): void {
  server.addHook('onResponse', async (request, reply) => {
    const { asker, method, params, routeOptions } = request
    const route = `${method} ${routeOptions.url ?? ''}`
    const noted = isRouteName(route) ? NOTED_ORDERS[route] : undefined
    if (noted === undefined || reply.statusCode >= FIRST_REFUSAL) return
    const { address } = originOf(request)
    const named = paramsOf(params)
    accounts.note({
      by: asker?.nick,
      what: noted.what(named),
      ...(noted.to === undefined ? {} : { to: String(named[noted.to]) }),
      ...(address === undefined ? {} : { address }),
    })
  })
}

const FIRST_REFUSAL = 400

function paramsOf(params: unknown): Params {
  return typeof params === 'object' && params !== null ? { ...params } : {}
}
