/** `/v1/ring`: who is there, who owns what, what happens, who wants in. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { SECOND_MS } from '../../base/limits.ts'
import { AuthorityRotation, Lookup, Problem, Ring, Waiting } from '../../wire/api.ts'
import { withTrueDoors } from '../../wire/true-doors.ts'
import { isFromBeyond } from './beyond.ts'
import type { Admissions, GatewayOptions } from './door.ts'
import { EventStreams } from './event-streams.ts'
import type { Gate } from './gate.ts'
import { TOKEN_SECONDS_DEFAULT, TOKEN_SECONDS_MAX } from './limits.ts'

export function addRing(server: FastifyInstance, options: GatewayOptions, gate: Gate): void {
  server.get(
    '/v1/ring',
    { schema: { summary: 'The members of the ring', tags: ['ring'], response: { 200: Ring } } },
    async ({ raw }) => {
      const { address: at } = options.ring.self()
      return withTrueDoors(await options.ring.ring(), { at, isFromBeyond: isFromBeyond(raw) })
    },
  )

  server.get<{ Querystring: { key: string } }>(
    '/v1/ring/lookup',
    {
      schema: {
        summary: 'The owner of a key, and the hops that led to it',
        tags: ['ring'],
        querystring: Type.Object({ key: Type.String({ maxLength: 4096 }) }),
        response: { 200: Lookup, 503: Problem },
      },
    },
    async (request) => options.ring.lookup(request.query.key),
  )

  const streams = new EventStreams(options)
  server.addHook('preClose', async () => streams.close())
  server.get<{ Querystring: { recent?: number } }>(
    '/v1/ring/events',
    {
      schema: {
        summary: 'Doings of the ring as server-sent events',
        description:
          'Each event is a JSON document of kind RingEvent. `recent` of the latest come first.',
        tags: ['ring'],
        querystring: Type.Object({ recent: Type.Optional(Type.Integer({ minimum: 0 })) }),
      },
    },
    async ({ asker, query, raw }, reply) => {
      const mayStill = () => gate.admit(raw, 'ring.watch')
      return streams.open(reply, {
        name: 'doings',
        recent: query.recent,
        events: (recent, signal) => options.ring.events(recent, signal),
        mayStill: asker?.nick === undefined ? undefined : mayStill,
      })
    },
  )

  addAdmissions(server, options)
}

function addAdmissions(server: FastifyInstance, options: GatewayOptions): void {
  server.get(
    '/v1/ring/waiting',
    {
      schema: {
        summary: 'Machines that wait to be let in',
        tags: ['ring'],
        response: { 200: Type.Object({ waiting: Type.Array(Waiting) }) },
      },
    },
    async () => ({ waiting: await options.admissions.waiting() }),
  )

  server.post<{ Params: { code: string } }>(
    '/v1/ring/waiting/:code/admit',
    {
      schema: {
        summary: 'Let a machine in',
        tags: ['ring'],
        params: Type.Object({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
        response: { 404: Problem },
      },
    },
    async (request, reply) => {
      await options.admissions.admit(request.params.code)
      return reply.code(204).send()
    },
  )
  addPapers(server, options.admissions)
}

function addPapers(server: FastifyInstance, admissions: Admissions): void {
  server.post<{ Body: { validForSeconds?: number } | null }>(
    '/v1/tokens',
    {
      schema: {
        summary: 'A join token for one machine',
        tags: ['ring'],
        body: Type.Union([
          Type.Null(),
          Type.Object(
            {
              validForSeconds: Type.Optional(
                Type.Integer({ minimum: 1, maximum: TOKEN_SECONDS_MAX }),
              ),
            },
            { additionalProperties: false },
          ),
        ]),
        response: { 201: Type.Object({ token: Type.String() }), 403: Problem },
      },
    },
    async (request, reply) => {
      const seconds = request.body?.validForSeconds ?? TOKEN_SECONDS_DEFAULT
      const token = await admissions.makeToken(seconds * SECOND_MS)
      return reply.code(201).send({ token })
    },
  )

  server.post(
    '/v1/ring/authority',
    {
      schema: {
        summary: 'Change the ring’s authority and the certificates of all members',
        description:
          'The ring goes on serving meanwhile; `authority` of `GET /v1/ring` shows how far it is. ' +
          'Asked for again it tells of the change under way. Join tokens of before are worth nothing ' +
          'afterwards.',
        tags: ['ring'],
        response: { 202: AuthorityRotation, 503: Problem },
      },
    },
    async (_request, reply) => reply.code(202).send(await admissions.rotateAuthority()),
  )
}
