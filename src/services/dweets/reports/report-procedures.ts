/**
 * Reports, and what is decided of them. Who reports has a row of it, so that each counts once;
 * where the reported one's rows are, the case is, so that one entry removes a dweet, tells its
 * author, and keeps who decided.
 */
import { Type, type Static } from 'typebox'

import { MINUTE_MS } from '../../../base/limits.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { ReportReason } from '../../../wire/api-reports.ts'
import {
  CASE_REPORTS_MAX,
  REPORT_AGAIN_MS,
  REPORTS_KEPT_MS,
  REPORTS_PER_PERIOD,
  REPORTS_PERIOD_MS,
} from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { ownKey } from '../places.ts'
import { dweetIn } from '../reaction-procedures.ts'
import {
  readReported,
  type CaseRow,
  type DweetRow,
  type ReportedRow,
  type ReportRow,
} from '../rows.ts'
import { DWEET_TABLES, isUser, Nick, profileIn, putProfile, requireUser } from '../work.ts'
import { caseIn, putCase, reportKey, sweepReports } from './cases.ts'
import { decide } from './decide.ts'
import { partitionOfSubject, SUBJECT_PATTERN, subjectOf } from './subjects.ts'

const tables = DWEET_TABLES
const SubjectName = Type.String({ pattern: SUBJECT_PATTERN })

const ReportInput = Type.Object({
  by: Nick,
  subject: SubjectName,
  reason: ReportReason,
  note: Type.Optional(Type.String()),
})
export type ReportInput = Readonly<Static<typeof ReportInput>>

/** Of a dweet once for ever; of a person again after a time. @returns the one that counts */
export const report = defineProcedure({
  name: 'dweets.report',
  tables,
  readInput: reader(ReportInput),
  run: (work, input: ReportInput): ReportedRow => {
    const { by, reason, subject: name } = input
    requireUser(work, by)
    const subject = subjectOf(name)
    if (subject === undefined) return work.refuse('DWEET_GONE')
    const key = ownKey(by, 'report', name)
    const record = work.get(key)
    const before = record === undefined ? undefined : readReported(record)
    const isOld = before !== undefined && before.sinceMs + REPORT_AGAIN_MS <= work.timeMs
    if (before !== undefined && (subject.kind === 'dweet' || !isOld)) return before
    countReport(work, by)
    const row: ReportedRow = { sinceMs: work.timeMs, reason }
    work.put(key, rowBytes(row))
    work.send({ to: partitionOfSubject(subject), procedure: reported.name, input })
    return row
  },
})

function countReport(work: PartitionWork, nick: string): void {
  const row = profileIn(work, nick)
  const before = row.reporting ?? { sinceMs: 0, reports: 0 }
  const endMs = before.sinceMs + REPORTS_PERIOD_MS
  const period = work.timeMs < endMs ? before : { sinceMs: work.timeMs, reports: 0 }
  if (period.reports >= REPORTS_PER_PERIOD) {
    work.refuse('SLOW_DOWN', { minutes: Math.ceil((endMs - work.timeMs) / MINUTE_MS) })
  }
  putProfile(work, nick, { ...row, reporting: { ...period, reports: period.reports + 1 } })
}

/** A message to the partition of whom it is about; of what is gone meanwhile there is no case. */
export const reported = defineProcedure({
  name: 'dweets.reported',
  tables,
  readInput: reader(ReportInput),
  run: (work, { by, note, reason, subject: name }: ReportInput): null => {
    const subject = subjectOf(name)
    if (subject === undefined) return null
    const dweet = subject.kind === 'dweet' ? dweetIn(work, subject.place) : undefined
    const nick = subject.kind === 'dweet' ? dweet?.author : subject.nick
    if (nick === undefined || nick === by || !isUser(work, nick)) return null
    const before = caseIn(work, name)
    const key = reportKey(work.partition, name, by)
    const isAgain = work.has(key)
    if (isAgain && (subject.kind === 'dweet' || before?.state === 'open')) return null
    const isKept = isAgain || (before?.reports ?? 0) < CASE_REPORTS_MAX
    const row: ReportRow = {
      sinceMs: work.timeMs,
      reason,
      ...(note === undefined ? {} : { note }),
    }
    if (isKept) work.put(key, rowBytes(row), work.timeMs + REPORTS_KEPT_MS)
    putCase(work, name, { before, now: withReport(work, before, { nick, dweet, reason }) })
    return null
  },
})

function withReport(
  work: PartitionWork,
  before: CaseRow | undefined,
  {
    dweet,
    nick,
    reason,
  }: {
    readonly nick: string
    readonly dweet: DweetRow | undefined
    readonly reason: ReportReason
  },
): Omit<CaseRow, 'row'> {
  const isOpen = before?.state === 'open'
  const reasons = before?.reasons ?? {}
  const said = before?.reported ?? (dweet === undefined ? undefined : saidIn(dweet))
  return {
    nick,
    state: 'open',
    openedAtMs: isOpen ? before.openedAtMs : work.timeMs,
    reports: (before?.reports ?? 0) + 1,
    reasons: { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 },
    ...(said === undefined ? {} : { reported: said }),
    decisions: before?.decisions ?? [],
  }
}

function saidIn({ attachments, text, warning }: DweetRow): NonNullable<CaseRow['reported']> {
  const named = attachments?.map(({ description, id, name }) => {
    return { id, name, ...(description === undefined ? {} : { description }) }
  })
  return {
    text,
    ...(warning === undefined ? {} : { warning }),
    ...(named === undefined ? {} : { attachments: named }),
  }
}

export const REPORT_PROCEDURES = [report, reported, decide, sweepReports]
