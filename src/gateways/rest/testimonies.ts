/** `/v1/pages/ID/witness`: what several members saw of a page, signed. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Testimonies } from '../../services/scrape/testimony/testimonies.ts'
import { TestimonyVerdict } from '../../wire/api-testimony.ts'
import { Problem } from '../../wire/api.ts'
import type { Asker } from '../../wire/demands.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { Testimony } from '../../wire/testimony.ts'
import { goneSignal } from './gone.ts'
import { hearsNames } from './member-names.ts'
import { Instant } from './page-versions.ts'

const ById = Type.Object({ id: Hex64 })
/** Of several versions, which one; else the newest. */
const Then = Type.Object({ at: Type.Optional(Instant) })
interface Asked {
  readonly Params: Static<typeof ById>
  readonly Querystring: Static<typeof Then>
}

const common = { tags: ['scrape'], params: ById, querystring: Then }
const refusals = { 400: Problem, 404: Problem, 503: Problem }

export function addTestimonies(
  server: FastifyInstance,
  testimonies: Pick<Testimonies, 'text' | 'verdict'>,
): void {
  server.get<Asked>(
    '/v1/pages/:id/witness',
    {
      schema: {
        summary: 'What several members say that they saw of a page, signed',
        description:
          'The testimony, byte for byte as it is checked: `anillo pages verify` needs no ring for ' +
          'it, and docs/spec/testimony.md says how to do it with openssl.',
        ...common,
        response: { 200: Testimony, ...refusals },
      },
    },
    async ({ params, query }, reply) => {
      const text = await testimonies.text(params.id, query.at, { signal: goneSignal(reply) })
      if (text === undefined) throw noTestimony()
      // As it stands: written anew it would be the same, or another document.
      return reply.type('application/json; charset=utf-8').serializer(itself).send(text)
    },
  )

  server.get<Asked>(
    '/v1/pages/:id/witness/verdict',
    {
      schema: {
        summary: 'Who saw what of a page, and whether what they say holds',
        description:
          'Checked by the member that answers; `anillo pages verify` checks it without trusting ' +
          'any member.',
        ...common,
        response: { 200: TestimonyVerdict, ...refusals },
      },
    },
    async ({ asker, params, query }, reply) => {
      const options = { signal: goneSignal(reply) }
      const verdict = await testimonies.verdict(params.id, query.at, options)
      if (verdict === undefined) throw noTestimony()
      return verdictFor(asker, verdict)
    },
  )
}

function itself(text: unknown): string {
  return String(text)
}

function noTestimony(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'testimony of this page; ask for witnesses' })
}

/** Ids stand in the certificates anyway. */
function verdictFor(
  asker: Pick<Asker, 'permissions'> | undefined,
  verdict: TestimonyVerdict,
): TestimonyVerdict {
  if (hearsNames(asker)) return verdict
  const witnesses = verdict.witnesses.map(({ name: _name, ...said }) => said)
  return { ...verdict, witnesses }
}
