/**
 * `/dav`: a protocol over HTTP that shows the tree (services/files/http-protocol.ts), behind this
 * door’s guards, limits and ways to send contents and to take them.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { assert } from '../../../base/assert.ts'
import type { TreeAnswer, TreeProtocol } from '../../../services/files/http-protocol.ts'
import { isFromBeyond } from '../beyond.ts'
import { DAV_ADDRESSES } from '../dav-addresses.ts'
import { goneSignal } from '../gone.ts'
import { DOWNLOADS_AT_ONCE, UPLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { sendContent, type ContentDoor } from './contents.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { receive, type ReceivingDoor } from './receiving.ts'
import { precondition } from './uploads.ts'

/** Beside those that Fastify knows by itself. */
const MORE_METHODS = ['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'] as const
const METHODS = ['OPTIONS', 'GET', 'HEAD', 'PUT', 'DELETE', ...MORE_METHODS] as const

export interface TreeProtocolDoor extends FileDoor {
  readonly dav: TreeProtocol
}

interface Doors {
  readonly dav: TreeProtocol
  readonly sending: ContentDoor
  readonly receiving: ReceivingDoor
}

export function addTreeProtocol(server: FastifyInstance, door: TreeProtocolDoor): void {
  const doors: Doors = {
    dav: door.dav,
    sending: { ...door, places: new Places('downloads', DOWNLOADS_AT_ONCE) },
    receiving: { ...door, places: new Places('uploads', UPLOADS_AT_ONCE) },
  }
  for (const method of MORE_METHODS) server.addHttpMethod(method, { hasBody: true })
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
    scope.setValidatorCompiler(() => () => true)
    for (const url of DAV_ADDRESSES) {
      scope.route({
        method: [...METHODS],
        url,
        schema: { hide: true },
        exposeHeadRoute: false,
        handler: (request, reply) => answered(doors, request, reply),
      })
    }
    // Explorer asks the root first which protocol is spoken here.
    scope.options('/', { schema: { hide: true } }, (request, reply) =>
      answered(doors, request, reply),
    )
  })
}

async function answered(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { headers, method, raw } = request
  const answer = await doors.dav.answer({
    method,
    url: raw.url ?? '',
    headers,
    isSecure: isFromBeyond(raw),
    who: fileUserOf(request),
    signal: goneSignal(reply),
    body: () => piecesIn(raw),
    store: async (path, { beforeCommit, expectedBytes, modifiedMs }) => {
      const ifMatch = await precondition(doors.receiving, request, path)
      const length = headers['content-length']
      const ask = {
        how: 'replace',
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(modifiedMs === undefined ? {} : { modifiedMs }),
        ...(expectedBytes === undefined ? {} : { expectedBytes }),
      } as const
      const bytes = length === undefined ? undefined : Number(length)
      const receiving = { path, ask, bytes, isLast: true, beforeCommit }
      const received = await receive(doors.receiving, receiving, { request, reply })
      assert(received.kind === 'whole', 'a last part makes a file whole')
      return received.entry
    },
  })
  // What nobody read goes by, so that the next request on this connection is found.
  raw.resume()
  return sent(doors, answer, { request, reply })
}

async function sent(
  { sending }: Doors,
  answer: TreeAnswer,
  { reply, request }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  if (answer.kind === 'content') {
    const ask = { path: answer.path, isDownload: true, isBare: true }
    return sendContent(sending, ask, { request, reply })
  }
  const { body, headers, status } = answer
  void reply.code(status).headers({ 'cache-control': 'no-store', ...headers })
  if (body === undefined) return reply.send()
  if (typeof body === 'string') return reply.send(body)
  return reply.send(ReadableStream.from(encoded(body)))
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield encoder.encode(piece)
}

async function* piecesIn(raw: FastifyRequest['raw']): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterable<unknown> = raw.iterator({ destroyOnReturn: false })
  for await (const piece of pieces) if (piece instanceof Uint8Array) yield piece
}
