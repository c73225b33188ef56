/**
 * Requests to change from HTTP to WebSocket. They go through the router like all others, with its
 * guards, hooks and refusals; a route that knows of them takes the connection over.
 */
import type { FastifyInstance } from 'fastify'

import type { WebSockets } from './door.ts'
import type { RawRequest } from './guards.ts'

/** The one address at which there are any. */
const STREAMING = /^\/api\/v1\/streaming\/*(?:\?|$)/

/** Where nobody listens for them (HTTP/2 in clear, for instance) the wish is passed over. */
export function asksForSocket({
  headers,
  method,
  url = '',
}: Pick<RawRequest, 'headers' | 'method' | 'url'>): boolean {
  return method === 'GET' && wantsWebSocket(headers) && STREAMING.test(url)
}

export function wantsWebSocket({ upgrade }: RawRequest['headers']): boolean {
  return upgrade?.toLowerCase() === 'websocket'
}

export function answerUpgrades(server: FastifyInstance, sockets: WebSockets): void {
  server.server.on('upgrade', (request, socket, head) => {
    const response = sockets.begin(request, head)
    if (response === undefined) socket.destroy()
    else server.routing(request, response)
  })
}
