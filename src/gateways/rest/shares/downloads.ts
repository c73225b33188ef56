/** `/v1/shares/downloads`: what the ring has from other rings. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import type { ShareService } from '../../../services/share/share-service.ts'
import {
  Download,
  DOWNLOAD_ORDERS,
  DownloadList,
  NewDownload,
  type DownloadOrder,
} from '../../../wire/api-shares.ts'
import { Problem } from '../../../wire/api.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import type { GatewayOptions } from '../door.ts'
import { EventStreams } from '../event-streams.ts'
import type { Gate } from '../gate.ts'
import { goneSignal, whenOver } from '../gone.ts'
import { ONCE_HEADERS, repeatKey } from '../idempotency.ts'
import { StreamPlaces } from '../stream-places.ts'
import { shareUserOf } from './share-user.ts'

const tags = ['shares']
const LISTED_MAX = 200

const ById = Type.Object({ id: Hex32 })
interface Named {
  readonly Params: Static<typeof ById>
}

const ByOrder = Type.Object({
  id: Hex32,
  order: Type.Unsafe<DownloadOrder>(Type.Union(DOWNLOAD_ORDERS.map((one) => Type.Literal(one)))),
})
interface Ordered {
  readonly Params: Static<typeof ByOrder>
}

const ListQuestion = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LISTED_MAX })),
})

export interface DownloadsDoor extends Pick<GatewayOptions, 'clock' | 'log'> {
  readonly share: Pick<ShareService, 'downloads'>
  readonly gate: Gate
}

export function addDownloads(server: FastifyInstance, door: DownloadsDoor): void {
  const { downloads } = door.share
  server.get<{ Querystring: Static<typeof ListQuestion> }>(
    '/v1/shares/downloads',
    {
      schema: {
        summary: 'One’s own downloads from other rings, newest first',
        tags,
        querystring: ListQuestion,
        response: { 200: DownloadList },
      },
    },
    async (request) => downloads.list(shareUserOf(request), request.query),
  )

  server.post<{ Body: NewDownload }>(
    '/v1/shares/downloads',
    {
      schema: {
        summary: 'Have something from other rings',
        description:
          'By its name in the open network, or by a magnet link. Where several contents have that ' +
          'name it is refused, and one is to be chosen by its root. It goes on at any member, and ' +
          'becomes a file and a share that serves on.',
        tags,
        headers: ONCE_HEADERS,
        body: NewDownload,
        response: { 201: Download, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const options = { signal: goneSignal(reply), key: repeatKey(request) }
      const begun = await downloads.begin(shareUserOf(request), request.body, options)
      return reply.code(201).header('location', `/v1/shares/downloads/${begun.id}`).send(begun)
    },
  )

  server.get<Named>(
    '/v1/shares/downloads/:id',
    {
      schema: {
        summary: 'A download: its pieces, its sources, how fast it goes',
        tags,
        params: ById,
        response: { 200: Download, 404: Problem },
      },
    },
    async (request) => downloads.get(shareUserOf(request), request.params.id),
  )
  addOrders(server, door)
  addEvents(server, door)
}

function addOrders(server: FastifyInstance, { share }: DownloadsDoor): void {
  const { downloads } = share
  server.post<Ordered>(
    '/v1/shares/downloads/:id/:order',
    {
      schema: {
        summary: 'Pause or resume a download',
        description:
          'What a paused one has stays, and is served on; it may wait for 30 days. One whose owner ' +
          'may not download for now is paused by itself, and goes on when they may again.',
        tags,
        params: ByOrder,
        response: { 200: Download, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { id, order } = request.params
      return downloads[order](shareUserOf(request), id)
    },
  )

  server.delete<Named>(
    '/v1/shares/downloads/:id',
    {
      schema: {
        summary: 'Cancel a download, or forget one that is over',
        tags,
        params: ById,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      await downloads.end(shareUserOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}

function addEvents(server: FastifyInstance, door: DownloadsDoor): void {
  const { downloads } = door.share
  const streams = new EventStreams(door)
  // One account would else have all that there are.
  const places = new StreamPlaces()
  server.addHook('preClose', async () => streams.close())
  server.get<Named>(
    '/v1/shares/downloads/:id/events',
    {
      schema: {
        summary: 'A download as server-sent events, whenever it moved',
        description: 'Each event is a JSON document of kind Download; the last one tells its end.',
        tags,
        params: ById,
        response: { 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const who = shareUserOf(request)
      await downloads.get(who, id)
      const place = places.take(who.nick ?? '')
      whenOver(reply, () => place[Symbol.dispose]())
      return streams.open(reply, {
        name: `download ${id} ${who.nick ?? ''}`,
        recent: 1,
        events: (_recent, signal) => downloads.watch(who, id, signal),
        mayStill: () => door.gate.admit(request.raw, 'shares.read'),
      })
    },
  )
}
