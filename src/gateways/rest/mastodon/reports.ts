/** `POST /api/v1/reports`: to those who moderate. */
import type { FastifyInstance } from 'fastify'

import { instant } from '../../../base/instant.ts'
import { nickOfAccountId } from '../../../wire/account-ids.ts'
import type { NewReport, ReportReason } from '../../../wire/api-reports.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { addRoute, type MastodonDoor } from './exchange.ts'
import { notFound, unprocessable } from './refusal.ts'
import { Showing } from './showing.ts'

/** Statuses that one report may name. */
const STATUSES_MAX = 20

const REASONS: ReadonlyMap<string, ReportReason> = new Map([
  ['spam', 'spam'],
  ['legal', 'illegal'],
  ['violation', 'abuse'],
  ['other', 'other'],
])

export function addMastodonReports(scope: FastifyInstance, door: MastodonDoor): void {
  const { clock, dweets } = door
  addRoute(scope, 'POST /api/v1/reports', 'write:reports', async (exchange) => {
    const { params, who } = exchange
    const nick = nickOfAccountId(params.require('account_id'))
    if (nick === undefined) throw notFound()
    const category = params.get('category') ?? 'other'
    const reason = REASONS.get(category)
    if (reason === undefined) throw unprocessable('Category is not included in the list')
    const ids = params.all('status_ids')
    if (ids.length > STATUSES_MAX) throw unprocessable('too many statuses')
    if (ids.some((id) => placeOfPublicId(id) === undefined)) throw notFound()
    const comment = params.get('comment') ?? ''
    const told = { reason, ...(comment === '' ? {} : { note: comment }) }
    const reports: readonly NewReport[] =
      ids.length === 0 ? [{ nick, ...told }] : ids.map((dweet) => ({ dweet, ...told }))
    for (const report of reports) await dweets.reports.report(who, report)
    const { name } = await dweets.profile(who, nick)
    return {
      id: ids[0] ?? params.require('account_id'),
      action_taken: false,
      action_taken_at: null,
      category,
      comment,
      forwarded: false,
      created_at: instant(clock.wallMs()),
      status_ids: ids,
      rule_ids: [],
      target_account: await new Showing(door, exchange).account({ nick, name }),
    }
  })
}
