/** `/v1/ring/members`: orders to empty a member, to take it back, and to take it out for good. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { parseMemberId } from '../../base/ids.ts'
import { MemberOrdered, Problem } from '../../wire/api.ts'
import type { MemberOrder } from '../../wire/roster-rows.ts'
import { Hex32 } from '../../wire/shapes.ts'
import type { MemberOrders } from './door.ts'

interface OrderRequest {
  readonly Params: { readonly id: string; readonly order: 'drain' | 'undrain' | 'remove' }
  readonly Body: { readonly force?: boolean } | null
}

export function addMemberOrders(server: FastifyInstance, members: MemberOrders): void {
  server.post<OrderRequest>(
    '/v1/ring/members/:id/:order',
    {
      schema: {
        summary: 'Empty a member, take it back, or take it out for good',
        description:
          '`drain` moves its replicas elsewhere, `undrain` takes it back, `remove` drains it and ' +
          'takes it out once it is empty; with `force` it is out at once, with what it alone holds. ' +
          'The order is on record when this answers; `GET /v1/ring` shows how far it is.',
        tags: ['ring'],
        params: Type.Object({
          id: Hex32,
          order: Type.Union([
            Type.Literal('drain'),
            Type.Literal('undrain'),
            Type.Literal('remove'),
          ]),
        }),
        body: Type.Union([
          Type.Null(),
          Type.Object({ force: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
        ]),
        response: { 200: MemberOrdered, 403: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ params, body }) => {
      const { id, order } = params
      const { state } = await members.order(parseMemberId(id), orderOf(order, body?.force === true))
      return { id, state }
    },
  )
}

function orderOf(order: OrderRequest['Params']['order'], force: boolean): MemberOrder {
  if (order !== 'remove') return order
  return force ? 'remove' : 'leave'
}
