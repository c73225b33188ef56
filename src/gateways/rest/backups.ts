/** `/v1/ring/backups`: everything the ring keeps, for who owns a member's directory. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { Problem } from '../../wire/api.ts'
import { BackupRequest, encodePiece, type BackupPiece } from '../../wire/backup.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { Backups } from './door.ts'
import { goneSignal } from './gone.ts'

const BEARER = /^Bearer (\S{1,128})$/

export function addBackups(server: FastifyInstance, backups: Backups): void {
  server.post<{ Body: BackupRequest }>(
    '/v1/ring/backups',
    {
      schema: {
        summary: 'Take a backup',
        description:
          'All partitions as of moments that agree with one another, as a stream of pieces; for ' +
          '`anillo backup`, which shows the key in the file `operator` of the member’s directory ' +
          'as a bearer token.',
        tags: ['ring'],
        body: BackupRequest,
        response: { 403: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
      if (key === undefined || !backups.isOperator(key)) {
        const problem = 'a backup is for the owner of this member’s directory'
        throw new AnilloError('FORBIDDEN', { problem })
      }
      const known = request.body.known.map(
        ({ partition, rowsHash }) => [partitionIdOf(partition), rowsHash] as const,
      )
      const pieces = backups.collect(new Map(known), goneSignal(reply))
      // What goes wrong before the first piece is an answer of its own.
      const first = await pieces.next()
      return reply
        .type('application/octet-stream')
        .header('cache-control', 'no-store')
        .send(ReadableStream.from(encoded(first, pieces)))
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
