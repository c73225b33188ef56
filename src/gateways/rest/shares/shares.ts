/** `/v1/shares`: what the ring shares with everybody outside. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import type { ShareService } from '../../../services/share/share-service.ts'
import { NewShare, Share, ShareList, ShareLookup } from '../../../wire/api-shares.ts'
import { Problem } from '../../../wire/api.ts'
import { dispositionOf } from '../../../wire/media-types.ts'
import { SHARE_NAME_CHARS_MAX } from '../../../wire/share-bounds.ts'
import { goneSignal } from '../gone.ts'
import { pageOf, PageQuestion } from '../people.ts'
import { addDownloads, type DownloadsDoor } from './downloads.ts'
import { addNetwork } from './network.ts'
import { shareUserOf } from './share-user.ts'

const tags = ['shares']
const KEY_CHARS_MAX = 64

const ByKey = Type.Object({ key: Type.String({ minLength: 1, maxLength: KEY_CHARS_MAX }) })
type ByKey = Static<typeof ByKey>

const LookupQuestion = Type.Object({
  name: Type.String({ minLength: 1, maxLength: SHARE_NAME_CHARS_MAX }),
})

export interface SharesDoor extends DownloadsDoor {
  readonly share: ShareService
}

export function addShares(server: FastifyInstance, door: SharesDoor): void {
  addLists(server, door.share)
  addSingle(server, door.share)
  addChanges(server, door.share)
  addDownloads(server, door)
  addNetwork(server, door.share)
}

function addLists(server: FastifyInstance, service: ShareService): void {
  server.get<{ Querystring: PageQuestion }>(
    '/v1/shares',
    {
      schema: {
        summary: 'What the ring shares with everybody, newest first',
        tags,
        querystring: PageQuestion,
        response: { 200: ShareList },
      },
    },
    async ({ query }) => service.shares.list(pageOf(query)),
  )

  server.get<{ Querystring: Static<typeof LookupQuestion> }>(
    '/v1/shares/lookup',
    {
      schema: {
        summary: 'What stands under a name in the open network, contents apart',
        description:
          'Several publishers may share different contents under one name: each is told with its ' +
          'root, its size and who serves it. Addresses that nobody signed have no root.',
        tags,
        querystring: LookupQuestion,
        response: { 200: ShareLookup, 400: Problem },
      },
    },
    async ({ query }, reply) => service.lookup(query.name, goneSignal(reply)),
  )
}

function addSingle(server: FastifyInstance, service: ShareService): void {
  server.get<{ Params: ByKey }>(
    '/v1/shares/:key',
    {
      schema: {
        summary: 'A share, by its id or the root of its content',
        tags,
        params: ByKey,
        response: { 200: Share, 404: Problem },
      },
    },
    async ({ params }) => {
      const { row } = await known(service, params.key)
      return service.shares.told(row)
    },
  )

  server.get<{ Params: ByKey }>(
    '/v1/shares/:key/torrent',
    {
      schema: {
        summary: 'A share as clients of BitTorrent v2 open it, served by the ring’s doors',
        tags,
        params: ByKey,
        response: { 404: Problem },
      },
    },
    async ({ params }, reply) => {
      const { id, row } = await known(service, params.key)
      const type = 'application/x-bittorrent'
      return reply
        .type(type)
        .header('content-disposition', dispositionOf(`${row.name}.torrent`, type, true))
        .send(Buffer.from(await service.shares.torrentOf(id, row)))
    },
  )
}

function addChanges(server: FastifyInstance, service: ShareService): void {
  server.post<{ Body: NewShare }>(
    '/v1/shares',
    {
      schema: {
        summary: 'Share a file of the tree with everybody',
        description:
          'For whoever owns the file. Its content is referred to, so that it stays shared when the ' +
          'file goes, and counts for whoever shared it. Of a large file the hashes are made first: ' +
          'while that goes on the answer is SHARE_HASHING, and the same is to be asked again.',
        tags,
        body: NewShare,
        response: { 200: Share, 201: Share, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { isNew, share } = await service.shares.share(shareUserOf(request), request.body)
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/shares/${share.id}`)
        .send(share)
    },
  )

  server.delete<{ Params: ByKey }>(
    '/v1/shares/:key',
    {
      schema: {
        summary: 'End a share; the file stays',
        description: 'What others have already they keep, and may share on.',
        tags,
        params: ByKey,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      await service.shares.remove(shareUserOf(request), request.params.key)
      return reply.code(204).send()
    },
  )
}

/** @throws AnilloError NOT_FOUND */
async function known(service: ShareService, key: string) {
  const found = await service.shares.find(key)
  if (found === undefined) throw new AnilloError('NOT_FOUND', { what: 'such share' })
  return found
}
