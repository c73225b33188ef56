/** `/v1/ring/settings`: what the whole ring goes by, at every member. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { Problem, RingSettingList } from '../../wire/api.ts'
import type { RingSettings } from './door.ts'

const NAME_CHARS_MAX = 64

const Params = Type.Object({ name: Type.String({ minLength: 1, maxLength: NAME_CHARS_MAX }) })
const Body = Type.Object(
  { value: Type.Union([Type.Integer(), Type.Null()]) },
  { additionalProperties: false },
)

export function addRingSettings(server: FastifyInstance, ring: RingSettings): void {
  server.get(
    '/v1/ring/settings',
    {
      schema: {
        summary: 'Settings of the whole ring',
        tags: ['ring'],
        response: { 200: RingSettingList, 503: Problem },
      },
    },
    async () => ({ settings: await ring.settings() }),
  )
  server.put<{ readonly Params: Static<typeof Params>; readonly Body: Static<typeof Body> }>(
    '/v1/ring/settings/:name',
    {
      schema: {
        summary: 'Change a setting of the whole ring',
        description: 'With `null` it is as by default. It holds for all members at once.',
        tags: ['ring'],
        params: Params,
        body: Body,
        response: { 200: RingSettingList, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ params, body }) => {
      await ring.set(params.name, body.value)
      return { settings: await ring.settings() }
    },
  )
}
