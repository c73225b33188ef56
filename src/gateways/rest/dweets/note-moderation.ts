/** What moderators do stands in the audit log, too, which outlasts the case. */
import type { FastifyRequest } from 'fastify'

import type { DecisionKind } from '../../../wire/api-reports.ts'
import type { AuditWhat } from '../../../wire/audit.ts'
import { doerOf, originOf } from '../asker-origin.ts'
import type { DweetDoor } from './dweet-door.ts'

const WHATS: Readonly<Record<Moderated['action'], AuditWhat>> = {
  dismiss: 'dweets.dismiss',
  remove: 'dweets.remove',
  warn: 'dweets.warn',
  limit: 'dweets.limit',
  suspend: 'dweets.suspend',
  lift: 'dweets.lift',
  inspect: 'dweets.inspect',
}

export interface Moderated {
  /** `inspect`: an attachment was opened, which decides nothing. */
  readonly action: DecisionKind | 'inspect'
  /** Whom it concerns. */
  readonly nick?: string
  /** The id of a dweet, or a nick behind an `@`. */
  readonly subject: string
}

/** Nothing of texts, and of who reported: more may read the log than moderate. */
export function noteModeration(
  { entrance }: Pick<DweetDoor, 'entrance'>,
  request: FastifyRequest,
  { action, nick, subject }: Moderated,
): void {
  const { address } = originOf(request)
  entrance?.accounts.note({
    by: doerOf(request.asker),
    what: WHATS[action],
    ...(nick === undefined ? {} : { to: nick }),
    ...(subject.startsWith('@') ? {} : { detail: subject }),
    ...(address === undefined ? {} : { address }),
  })
}
