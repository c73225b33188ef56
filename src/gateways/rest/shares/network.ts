/** `/v1/shares/network`: the open network as this member sees it, and what look-ups did there. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import type { OutsideLookup } from '../../../services/share/outside.ts'
import type { ShareService } from '../../../services/share/share-service.ts'
import { requireShareName } from '../../../services/share/shares/share-name.ts'
import { NetworkLookup, ShareNetwork } from '../../../wire/api-shares.ts'
import { Problem } from '../../../wire/api.ts'
import { SHARE_NAME_CHARS_MAX } from '../../../wire/share-bounds.ts'
import { goneSignal } from '../gone.ts'

const tags = ['shares']

const ByName = Type.Object({
  name: Type.String({ minLength: 1, maxLength: SHARE_NAME_CHARS_MAX }),
})

const ByNumber = Type.Object({ number: Type.Integer({ minimum: 1 }) })

export function addNetwork(server: FastifyInstance, service: ShareService): void {
  server.get(
    '/v1/shares/network',
    {
      schema: {
        summary: 'The open network, as this member sees it',
        tags,
        response: { 200: ShareNetwork },
      },
    },
    async () => networkOf(service),
  )

  server.get<{ Querystring: Static<typeof ByName> }>(
    '/v1/shares/network/lookups',
    {
      schema: {
        summary: 'Looks a name up in the open network, and tells whom that asked',
        description:
          'From the node of this member. Each node that was asked is told with who named it, when it ' +
          'was asked, how long its answer took, and whether it has something under the name.',
        tags,
        querystring: ByName,
        response: { 200: NetworkLookup, 400: Problem, 404: Problem },
      },
    },
    async ({ query }, reply) => {
      const name = requireShareName(query.name)
      return known(service, await service.outside.trace(name, goneSignal(reply)))
    },
  )

  server.get<{ Params: Static<typeof ByNumber> }>(
    '/v1/shares/network/lookups/:number',
    {
      schema: {
        summary: 'Whom one of the last look-ups of this member asked',
        tags,
        params: ByNumber,
        response: { 200: NetworkLookup, 404: Problem },
      },
    },
    async ({ params }) => known(service, params.number),
  )
}

/** @throws AnilloError NOT_FOUND */
function known({ outside }: ShareService, number: number | undefined): NetworkLookup {
  const found = outside.describe().lookups.find((one) => one.number === number)
  if (found === undefined) throw new AnilloError('NOT_FOUND', { what: 'such look-up' })
  return {
    ...sumOf(found),
    hops: found.hops.map(({ toldBy, tookMs, ...hop }) => ({
      ...hop,
      toldBy: toldBy ?? null,
      tookMs: tookMs ?? null,
    })),
  }
}

function sumOf(lookup: OutsideLookup): Omit<NetworkLookup, 'hops'> {
  const { answered, asked, closest, key, kind, number, rounds, tookMs } = lookup
  return { number, key, kind, tookMs, asked, answered, rounds, closest: [...closest] }
}

function networkOf({ outside }: ShareService): ShareNetwork {
  const { buckets, counts, held, host, id, lookups, port, publicKey } = outside.describe()
  const isNode = id !== ''
  return {
    id: isNode ? id : null,
    publicKey: isNode ? publicKey : null,
    host: isNode ? host : null,
    port: isNode ? port : null,
    buckets: buckets.map(({ contacts, ...bucket }) => ({
      ...bucket,
      contacts: contacts.map(({ isCapable, roundTripMs, ...contact }) => ({
        ...contact,
        capable: isCapable ?? null,
        roundTripMs: roundTripMs ?? null,
      })),
    })),
    lookups: lookups.map(sumOf),
    held: { ...held },
    counts: { ...counts },
  }
}
