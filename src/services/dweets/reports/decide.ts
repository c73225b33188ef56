/** What a moderator decides, with all that follows of it in one entry. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { DecisionKind, ReportReason } from '../../../wire/api-reports.ts'
import { CASE_DECISIONS_MAX, REPORTS_KEPT_MS } from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { limitKey, ownKey, publicationKey, removedKey } from '../places.ts'
import { dropPublication } from '../publish-procedures.ts'
import { dweetIn } from '../reaction-procedures.ts'
import type { CaseRow, DecisionRow, LimitRow, ModeratedRow, RemovedRow, SinceRow } from '../rows.ts'
import { DWEET_TABLES, isUser, Nick, putNote, touchHead } from '../work.ts'
import { caseIn, putCase } from './cases.ts'
import { SUBJECT_PATTERN, subjectOf, type Subject } from './subjects.ts'

const DecideInput = Type.Object({
  by: Nick,
  subject: Type.String({ pattern: SUBJECT_PATTERN }),
  action: DecisionKind,
  reason: Type.Optional(ReportReason),
  message: Type.Optional(Type.String()),
  /** Of `warn`; empty: taken off. */
  warning: Type.Optional(Type.String()),
  forMs: Type.Optional(Type.Integer({ minimum: 1 })),
  /** How many decisions there were when it was looked at. */
  decisions: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Nobody needs to have reported the dweet: it is removed, and kept that it was. */
  isUnasked: Type.Boolean(),
})
export type DecideInput = Readonly<Static<typeof DecideInput>>

/** Nobody decides about themselves: to them there is no such case. */
export const decide = defineProcedure({
  name: 'dweets.decide',
  tables: DWEET_TABLES,
  readInput: reader(DecideInput),
  freesRoom: ({ action }: DecideInput) => action === 'remove',
  run: (work, input: DecideInput): CaseRow => {
    const { by, decisions, isUnasked, subject: name } = input
    const subject = subjectOf(name)
    if (subject === undefined) return work.refuse('REPORT_GONE')
    const before = caseIn(work, name) ?? (isUnasked ? unasked(work, subject) : undefined)
    if (before === undefined || before.nick === by) return work.refuse('REPORT_GONE')
    if (decisions !== undefined && decisions !== before.decisions.length) {
      work.refuse('REPORT_DECIDED')
    }
    const decision = decisionOf(work, input)
    carryOut(work, subject, { nick: before.nick, decision })
    const now = {
      ...before,
      state: 'closed' as const,
      closedAtMs: work.timeMs,
      decisions: [...before.decisions, decision].slice(-CASE_DECISIONS_MAX),
    }
    return putCase(work, name, { before: caseIn(work, name), now })
  },
})

/**
 * Of a dweet that nobody reported: without what it says, which is for those alone who may see it.
 */
function unasked(work: PartitionWork, subject: Subject): CaseRow | undefined {
  const dweet = subject.kind === 'dweet' ? dweetIn(work, subject.place) : undefined
  if (dweet === undefined) return undefined
  const none = { row: '', reports: 0, reasons: {}, decisions: [] }
  return { nick: dweet.author, state: 'open', openedAtMs: work.timeMs, ...none }
}

function decisionOf(work: PartitionWork, input: DecideInput): DecisionRow {
  const { action, by, forMs, message, reason, warning } = input
  return {
    atMs: work.timeMs,
    by,
    action,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(warning === undefined ? {} : { warning }),
    ...(forMs === undefined ? {} : { untilMs: work.timeMs + forMs }),
  }
}

interface About {
  /** Whom it is about. */
  readonly nick: string
  readonly decision: DecisionRow
}

function carryOut(work: PartitionWork, subject: Subject, about: About): void {
  const { decision, nick } = about
  if (!isUser(work, nick)) return
  switch (decision.action) {
    case 'dismiss':
      return
    case 'remove':
      return remove(work, subject, about)
    case 'warn':
      return warn(work, subject, about)
    case 'limit':
    case 'suspend': {
      const kind = decision.action === 'limit' ? 'limited' : 'suspended'
      const { message, reason, untilMs } = decision
      const limit: LimitRow = {
        kind,
        ...(untilMs === undefined ? {} : { untilMs }),
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
      }
      work.put(limitKey(nick), rowBytes(limit), untilMs)
      return tell(work, nick, { moderated: noticeOf(decision) })
    }
    case 'lift':
      if (!work.has(limitKey(nick))) return
      work.delete(limitKey(nick))
      return tell(work, nick, { moderated: noticeOf(decision) })
  }
}

/** Redweets and answers of others stay, and show that it was removed. */
function remove(work: PartitionWork, subject: Subject, { decision, nick }: About): void {
  const dweet = subject.kind === 'dweet' ? dweetIn(work, subject.place) : undefined
  if (subject.kind !== 'dweet' || dweet?.author !== nick) return
  const { pk, row } = subject.place
  dropPublication(work, nick, row)
  const { author, mentions, text, visibility } = dweet
  const untilMs = work.timeMs + REPORTS_KEPT_MS
  const removed: RemovedRow = { author, visibility, mentions }
  work.put(removedKey(pk, row), rowBytes(removed), untilMs)
  const since: SinceRow = { sinceMs: work.timeMs }
  work.put(ownKey(nick, 'removed', row), rowBytes(since), untilMs)
  tell(work, nick, { moderated: { ...noticeOf(decision), text } })
}

function warn(work: PartitionWork, subject: Subject, { decision, nick }: About): void {
  const dweet = subject.kind === 'dweet' ? dweetIn(work, subject.place) : undefined
  if (subject.kind !== 'dweet' || dweet?.author !== nick) return
  const { name, place } = subject
  const { imposed: before, ...rest } = dweet
  const { warning = '' } = decision
  if ((before ?? '') === warning) return
  const now = warning === '' ? rest : { ...rest, imposed: warning }
  work.put(publicationKey(place.pk, place.row), rowBytes(now))
  touchHead(work, nick)
  tell(work, nick, { dweet: name, moderated: noticeOf(decision) })
}

/** Without who decided. */
function noticeOf({ atMs: _at, by: _by, ...decision }: DecisionRow): ModeratedRow {
  return decision
}

function tell(
  work: PartitionWork,
  nick: string,
  what: { readonly dweet?: string; readonly moderated: ModeratedRow },
): void {
  putNote(work, nick, { kind: 'moderated', by: nick, ...what })
}
