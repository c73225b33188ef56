/**
 * `/api/v1/streaming`: what happens, as it happens, as server-sent events
 * (docs.joinmastodon.org/methods/streaming).
 */
import type { FastifyInstance, FastifyReply } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import type { Dweeter } from '../../../services/dweets/types.ts'
import { hasScope } from '../../../wire/oauth-scopes.ts'
import { EventStreams } from '../event-streams.ts'
import { EVENT_STREAMS_OF_ONE_MAX } from '../limits.ts'
import { streamToken } from './addresses.ts'
import { addRoute, outOfScope, type Exchange, type MastodonDoor } from './exchange.ts'
import { MastodonRefusal } from './refusal.ts'
import { Showing, type StreamEvent } from './showing.ts'

/** Which of what happens: all of somebody's, or what they are told alone. */
const STREAMS: ReadonlySet<string> = new Set(['user', 'user:notification'])

export function addStreaming(scope: FastifyInstance, door: MastodonDoor): void {
  const { clock, gate, log } = door
  const streams = new EventStreams({ clock, log })
  scope.addHook('preClose', async () => streams.close())
  const open = (exchange: Exchange, stream: string): FastifyReply => {
    if (!STREAMS.has(stream)) throw new MastodonRefusal(404, 'Unknown stream type')
    const { app, base, reply, request, who } = exchange
    const hasNotes = app === undefined || hasScope(app.scopes, 'read:notifications')
    if (stream !== 'user' && !hasNotes) throw outOfScope()
    return streams.open(reply, {
      name: `${stream} ${hasNotes ? 'with' : 'without'} notifications ${base} ${who.nick}`,
      most: EVENT_STREAMS_OF_ONE_MAX,
      recent: 0,
      events: (_, signal) => streamEvents(door, { who, base, stream, hasNotes }, signal),
      frame: frameOf,
      mayStill: () => gate.admitByToken(request.raw, 'dweets.read', streamToken(request)),
    })
  }
  addRoute(scope, 'GET /api/v1/streaming/health', '', ({ reply }) =>
    reply.type('text/plain; charset=utf-8').send('OK'),
  )
  addRoute(scope, 'GET /api/v1/streaming', 'read:statuses read:notifications', (exchange) => {
    const stream = exchange.params.get('stream') ?? ''
    const { app } = exchange
    if (stream === 'user' && app !== undefined && !hasScope(app.scopes, 'read:statuses')) {
      throw outOfScope()
    }
    return open(exchange, stream)
  })
  addRoute(scope, 'GET /api/v1/streaming/user', 'read:statuses', (exchange) =>
    open(exchange, 'user'),
  )
  addRoute(scope, 'GET /api/v1/streaming/user/notification', 'read:notifications', (exchange) =>
    open(exchange, 'user:notification'),
  )
}

export interface Streamed {
  readonly who: Dweeter
  readonly base: string
  readonly stream: string
  /** Else what they are told is passed over: their application may not read it. */
  readonly hasNotes: boolean
}

export async function* streamEvents(
  { dweets, profiles }: MastodonDoor,
  { base, hasNotes, stream, who }: Streamed,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const showing = new Showing(base, profiles)
  for await (const event of dweets.events(who, signal)) {
    if (event.kind === 'notified' ? !hasNotes : stream !== 'user') continue
    const told = await showing.event(event)
    if (told !== undefined) yield told
  }
}

function frameOf(event: object): Uint8Array {
  const { event: name = '', payload = '' } = event as Partial<StreamEvent>
  return utf8(`event: ${name}\ndata: ${payload}\n\n`)
}
