/** `/v1/audit`: who did what that concerns security. */
import type { FastifyInstance } from 'fastify'

import { AuditPage } from '../../wire/api-accounts.ts'
import { Problem } from '../../wire/api.ts'
import { type AccountDoor, pageOf, PageQuestion } from './people.ts'

export function addAudit(server: FastifyInstance, { entrance }: AccountDoor): void {
  server.get<{ Querystring: PageQuestion }>(
    '/v1/audit',
    {
      schema: {
        summary: 'Who did what that concerns security, newest first',
        tags: ['accounts'],
        querystring: PageQuestion,
        response: { 200: AuditPage, 503: Problem },
      },
    },
    async ({ query }) => entrance.accounts.audit(pageOf(query)),
  )
}
