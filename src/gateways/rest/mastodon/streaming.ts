/**
 * `/api/v1/streaming`: what happens, as it happens, as server-sent events or by WebSocket
 * (docs.joinmastodon.org/methods/streaming).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import type { RouteName } from '../../../wire/demands.ts'
import { EventStreams } from '../event-streams.ts'
import { whenOver } from '../gone.ts'
import { StreamPlaces } from '../stream-places.ts'
import { wantsWebSocket } from '../upgrades.ts'
import { streamToken } from './addresses.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import type { StreamEvent } from './showing.ts'
import { SocketStreams } from './socket-streams.ts'
import { requireList, streamEvents } from './stream-events.ts'
import { streamTopicOf, type WantedStream } from './stream-topics.ts'

/** Of any of these a program needs one; which, says the stream. */
const SCOPES = 'read:statuses read:notifications read:lists'

/** Addresses of their own, and what they are by name. */
const ADDRESSES: readonly (readonly [RouteName, string])[] = [
  ['GET /api/v1/streaming/user', 'user'],
  ['GET /api/v1/streaming/user/notification', 'user:notification'],
  ['GET /api/v1/streaming/public', 'public'],
  ['GET /api/v1/streaming/public/local', 'public:local'],
  ['GET /api/v1/streaming/hashtag', 'hashtag'],
  ['GET /api/v1/streaming/hashtag/local', 'hashtag:local'],
  ['GET /api/v1/streaming/list', 'list'],
]

export function addStreaming(scope: FastifyInstance, door: MastodonDoor): void {
  const { clock, gate, log } = door
  const streams = new EventStreams({ clock, log })
  const places = new StreamPlaces()
  const sockets = new SocketStreams(door, places)
  scope.addHook('preClose', async () => {
    streams.close()
    sockets.close()
  })
  const open = async (exchange: Exchange, stream: string): Promise<FastifyReply> => {
    const { app, base, reply, request, who } = exchange
    const topic = streamTopicOf(wantedIn(exchange, stream), app)
    await requireList(door, exchange, topic)
    const place = places.take(who.nick)
    whenOver(reply, () => place[Symbol.dispose]())
    const readers = `${topic.names.join(' ')} ${app?.scopes.join(' ') ?? '*'} ${base} ${who.nick}`
    return streams.open(reply, {
      name: readers,
      recent: 0,
      events: (_, signal) => streamEvents(door, exchange, { topic, signal }),
      frame: frameOf,
      isBare: true,
      mayStill: () => gate.admitByToken(request.raw, 'dweets.read', streamToken(request)),
    })
  }
  addRoute(scope, 'GET /api/v1/streaming/health', '', ({ reply }) =>
    reply.type('text/plain; charset=utf-8').send('OK'),
  )
  addRoute(scope, 'GET /api/v1/streaming', SCOPES, (exchange) => {
    const stream = exchange.params.get('stream') ?? ''
    if (door.webSockets !== undefined && wantsWebSocket(exchange.request.headers)) {
      return sockets.open(exchange, stream === '' ? undefined : wantedIn(exchange, stream))
    }
    return open(exchange, stream)
  })
  for (const [name, stream] of ADDRESSES) {
    addRoute(scope, name, SCOPES, (exchange) => open(exchange, stream))
  }
}

function wantedIn({ params }: Exchange, stream: string): WantedStream {
  const isOfMedia = stream.startsWith('public') && params.flag('only_media') === true
  const name = isOfMedia ? `${stream}:media` : stream
  return { stream: name, tag: params.get('tag'), list: params.get('list') }
}

function frameOf(event: object): Uint8Array {
  const { event: name = '', payload = '' } = event as Partial<StreamEvent>
  return utf8(`event: ${name}\ndata: ${payload}\n\n`)
}
