/** `POST /v1/pages/import`: archives of WARC into the pages of the ring, as they arrive. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Importer } from '../../services/scrape/transfer/imports.ts'
import { ImportResult } from '../../wire/api-archives.ts'
import { Problem } from '../../wire/api.ts'
import { goneSignal, whenOver } from './gone.ts'
import type { RawRequest } from './guards.ts'
import { ASK_AGAIN_MS, IMPORTS_AT_ONCE } from './limits.ts'
import { Places } from './places.ts'

export interface ImportDoor {
  readonly clock: Clock
  readonly importer: Pick<Importer, 'import'>
  /** The request may take longer to arrive than others. */
  readonly unhurried: (socket: RawRequest['socket']) => void
}

const refusals = { 400: Problem, 403: Problem, 413: Problem, 503: Problem }

export async function addImports(server: FastifyInstance, door: ImportDoor): Promise<void> {
  const places = new Places('imports', IMPORTS_AT_ONCE)
  await server.register(async (scope) => {
    // Bytes, whatever they are called, and never held.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
    addRoute(scope, door, places)
  })
}

function addRoute(scope: FastifyInstance, door: ImportDoor, places: Places): void {
  const { clock, importer, unhurried } = door
  scope.post(
    '/v1/pages/import',
    {
      schema: {
        summary: 'Add the pages of a WARC',
        description:
          'WARC 1.0 or 1.1, packed or not, at most 16 GiB. Each answer in it becomes a page, or a ' +
          'version of one, with its own date. Sent twice, it changes nothing. Of an archive that is ' +
          'damaged all before the damage is kept, and `details` of the error tell how much.',
        tags: ['scrape'],
        response: { 200: ImportResult, ...refusals },
      },
    },
    async (request, reply) => {
      const { raw } = request
      const place = places.take()
      whenOver(reply, () => place[Symbol.dispose]())
      unhurried(raw.socket)
      let askedAtMs = clock.nowMs()
      const mayGoOn = async (): Promise<void> => {
        if (clock.nowMs() - askedAtMs < ASK_AGAIN_MS) return
        await request.admitAgain()
        askedAtMs = clock.nowMs()
      }
      const pieces = raw.iterator({ destroyOnReturn: false })
      try {
        return await importer.import(arriving(pieces), { mayGoOn, signal: goneSignal(reply) })
      } finally {
        // Left early, what still arrives is passed over: the sender learns why, and asks again.
        raw.resume()
      }
    },
  )
}

/** @throws AnilloError RPC_CANCELLED where it breaks off: nobody waits for an answer */
async function* arriving(pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) if (piece instanceof Uint8Array) yield piece
  } catch (cause) {
    throw new AnilloError('RPC_CANCELLED', { method: 'import' }, { cause })
  }
}
