/** `/v1/ring/backups`: everything the ring keeps, for who may take it along. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { Problem } from '../../wire/api.ts'
import { BackupRequest, encodePiece, type BackupPiece } from '../../wire/backup.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { HOLD_MS_MAX } from '../../wire/roster-rows.ts'
import { Hex32, Hex64 } from '../../wire/shapes.ts'
import type { Backups } from './door.ts'
import { goneSignal } from './gone.ts'
import { whileAdmitted } from './while-admitted.ts'

export function addBackups(server: FastifyInstance, backups: Backups, clock: Clock): void {
  addChunks(server, backups)
  server.post<{ Body: BackupRequest }>(
    '/v1/ring/backups',
    {
      schema: {
        summary: 'Take a backup',
        description:
          'All partitions as of moments that agree with one another, as a stream of pieces. The ' +
          'key in the file `operator` of the member’s directory, which `anillo backup` shows as ' +
          'a bearer token, does as well.',
        tags: ['ring'],
        body: BackupRequest,
        response: { 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const known = request.body.known.map(
        ({ partition, rowsHash }) => [partitionIdOf(partition), rowsHash] as const,
      )
      const pieces = backups.collect(new Map(known), goneSignal(reply))
      // What goes wrong before the first piece is an answer of its own.
      const first = await pieces.next()
      return reply
        .type('application/octet-stream')
        .header('cache-control', 'no-store')
        .send(ReadableStream.from(encoded(first, whileAdmitted(pieces, { request, clock }))))
    },
  )
}

function addChunks(server: FastifyInstance, backups: Backups): void {
  server.put<{ Params: { holder: string }; Body: { seconds: number } }>(
    '/v1/ring/backups/holds/:holder',
    {
      schema: {
        summary: 'Keep all chunks while they are copied',
        tags: ['ring'],
        params: Type.Object({ holder: Hex32 }),
        body: Type.Object({
          seconds: Type.Integer({ minimum: 0, maximum: HOLD_MS_MAX / SECOND_MS }),
        }),
        response: { 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await backups.hold(request.params.holder, request.body.seconds * SECOND_MS)
      return reply.code(204).send()
    },
  )
  server.get<{ Params: { hash: string } }>(
    '/v1/ring/backups/chunks/:hash',
    {
      schema: {
        summary: 'A chunk by its SHA-256',
        tags: ['ring'],
        params: Type.Object({ hash: Hex64 }),
        response: { 403: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const bytes = await backups.chunk(request.params.hash, goneSignal(reply))
      return reply
        .type('application/octet-stream')
        .header('cache-control', 'no-store')
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    },
  )
}

async function* encoded(
  first: IteratorResult<BackupPiece>,
  rest: AsyncGenerator<BackupPiece>,
): AsyncGenerator<Uint8Array> {
  if (first.done !== true) yield encodePiece(first.value)
  for await (const piece of rest) yield encodePiece(piece)
}
