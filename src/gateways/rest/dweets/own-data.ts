/** What people take along and bring, and of how long what they published stays. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import type { OwnData } from '../../../services/dweets/own-data/types.ts'
import { ImportAnswer, ImportStep, Retention, RetentionAnswer } from '../../../wire/api-own-data.ts'
import { Problem } from '../../../wire/api.ts'
import { goneSignal, whenOver } from '../gone.ts'
import { DOWNLOAD_POLICY } from '../headers.ts'
import { DWEET_EXPORTS_AT_ONCE } from '../limits.ts'
import { NickParams, type Named } from '../people.ts'
import { Places } from '../places.ts'
import { whileAdmitted } from '../while-admitted.ts'
import { dweeterOf, tags, type DweetDoor } from './dweet-door.ts'

export interface OwnDataDoor extends DweetDoor {
  readonly ownData: OwnData
}

export function addOwnData(server: FastifyInstance, door: OwnDataDoor): void {
  addExport(server, door)
  addImport(server, door)
  addRetention(server, door)
  addClearing(server, door)
}

const ExportQuestion = Type.Object({ files: Type.Optional(Type.Boolean()) })

function addExport(server: FastifyInstance, { clock, ownData }: OwnDataDoor): void {
  const places = new Places('exports', DWEET_EXPORTS_AT_ONCE)
  server.get<{ Querystring: Static<typeof ExportQuestion> }>(
    '/v1/dweets/export',
    {
      schema: {
        summary: 'Everything of one’s own as a ZIP',
        description:
          'Profile, dweets with their history, redweets by reference, likes, bookmarks, and whom ' +
          'one follows, mutes and blocks, in the shape of Mastodon’s archives. It is sent as it ' +
          'is made: one that breaks off has no directory at its end, and is asked for again. ' +
          'With `files` it has the bytes of attachments, too; else their addresses.',
        tags,
        querystring: ExportQuestion,
        response: { 503: Problem },
      },
    },
    async (request, reply) => {
      const place = places.take()
      whenOver(reply, () => place[Symbol.dispose]())
      const who = dweeterOf(request)
      const withFiles = request.query.files === true
      const pieces = ownData.export(who, { signal: goneSignal(reply), withFiles })
      // What goes wrong before the first piece is an answer of its own.
      const first = await pieces.next()
      const all = whileAdmitted(withFirst(first, pieces), { clock, request })
      return reply
        .header('content-security-policy', DOWNLOAD_POLICY)
        .header('content-disposition', `attachment; filename="anillo-${who.nick}.zip"`)
        .header('accept-ranges', 'none')
        .type('application/zip')
        .send(ReadableStream.from(all))
    },
  )
}

async function* withFirst<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done !== true) yield first.value
  yield* rest
}

function addImport(server: FastifyInstance, { ownData }: OwnDataDoor): void {
  server.post<{ Body: ImportStep }>(
    '/v1/dweets/import',
    {
      schema: {
        summary: 'Bring dweets and people from elsewhere',
        description:
          'Some at a time, dweets oldest first; each is answered by itself. They keep their times, ' +
          'are marked as imported, and tell nobody. The same again changes nothing, so that a ' +
          'request is repeated at any member, and an import that ended early is begun again. ' +
          'With `from`, ids are those of dweets of that nick on another ring.',
        tags,
        body: ImportStep,
        response: { 200: ImportAnswer, 400: Problem, 503: Problem },
      },
    },
    async (request) => ownData.import(dweeterOf(request), request.body),
  )
}

function addRetention(server: FastifyInstance, { ownData }: OwnDataDoor): void {
  server.get(
    '/v1/dweets/retention',
    {
      schema: {
        summary: 'After how many days own dweets are deleted',
        description: '`null`: they stay, as they do unless one asks for it.',
        tags,
        response: { 200: RetentionAnswer, 503: Problem },
      },
    },
    async (request) => {
      return { retention: (await ownData.retention(dweeterOf(request))) ?? null }
    },
  )
  server.put<{ Body: Retention }>(
    '/v1/dweets/retention',
    {
      schema: {
        summary: 'Have own dweets and redweets deleted once they are so old',
        description: 'Within an hour, and for good; but not what the rule keeps.',
        tags,
        body: Retention,
        response: { 200: RetentionAnswer, 400: Problem, 503: Problem },
      },
    },
    async (request) => {
      await ownData.retain(dweeterOf(request), request.body)
      return { retention: request.body }
    },
  )
  server.delete(
    '/v1/dweets/retention',
    {
      schema: {
        summary: 'Have own dweets stay',
        tags,
        response: { 204: Type.Null(), 503: Problem },
      },
    },
    async (request, reply) => {
      await ownData.retain(dweeterOf(request), undefined)
      return reply.code(204).send()
    },
  )
}

function addClearing(server: FastifyInstance, { ownData }: OwnDataDoor): void {
  server.delete<Named>(
    '/v1/users/:nick/dweets',
    {
      schema: {
        summary: 'Delete all own dweets and redweets',
        description:
          'Those that there are now, for good; the last of them go some seconds after the answer.',
        tags,
        params: NickParams,
        response: { 202: Type.Null(), 403: Problem, 503: Problem },
      },
    },
    // Whose they are, the table of demands says.
    async (request, reply) => {
      await ownData.clear(dweeterOf(request))
      return reply.code(202).send()
    },
  )
}
