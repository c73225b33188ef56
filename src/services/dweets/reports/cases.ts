/** Cases of reports: rows in the partition of whom they are about. */
import { Type, type Static } from 'typebox'

import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { nextRowId } from '../../../wire/dweet-ids.ts'
import { REPORTS_KEPT_MS } from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { pkIn, type PartitionId } from '../../../wire/partition.ts'
import { ownKey, REPORTS_TABLE } from '../places.ts'
import { readCase, type CaseRow, type SinceRow } from '../rows.ts'
import { DWEET_TABLES } from '../work.ts'
import { SUBJECT_PATTERN } from './subjects.ts'

export type CaseState = CaseRow['state']

export function reportsPk(partition: PartitionId): string {
  return pkIn(REPORTS_TABLE, partition)
}

export function caseKey(partition: PartitionId, subject: string): RecordKey {
  return { table: REPORTS_TABLE, pk: reportsPk(partition), sk: `case/${subject}` }
}

export function reportPrefix(subject: string): string {
  return `by/${subject}/`
}

export function reportKey(partition: PartitionId, subject: string, nick: string): RecordKey {
  return { table: REPORTS_TABLE, pk: reportsPk(partition), sk: reportPrefix(subject) + nick }
}

/** Of the list of those that are open, or closed. */
export function statePrefix(state: CaseState): string {
  return `${state}/`
}

function listedKey(partition: PartitionId, subject: string, { row, state }: CaseRow): RecordKey {
  const sk = `${statePrefix(state)}${row} ${subject}`
  return { table: REPORTS_TABLE, pk: reportsPk(partition), sk }
}

export function caseIn(work: PartitionWork, subject: string): CaseRow | undefined {
  const record = work.get(caseKey(work.partition, subject))
  return record === undefined ? undefined : readCase(record)
}

const NOTHING = new Uint8Array(0)

/** With its place in the list, where it stands anew when its state is another. */
export function putCase(
  work: PartitionWork,
  subject: string,
  { before, now }: { readonly before: CaseRow | undefined; readonly now: Omit<CaseRow, 'row'> },
): CaseRow {
  const isNew = before?.state !== now.state || before.closedAtMs !== now.closedAtMs
  const row = isNew ? nextRowId(work.timeMs, undefined) : before.row
  const put: CaseRow = { ...now, row }
  const endsMs = now.state === 'closed' ? work.timeMs + REPORTS_KEPT_MS : undefined
  if (isNew) {
    if (before !== undefined) work.delete(listedKey(work.partition, subject, before))
    work.put(listedKey(work.partition, subject, put), NOTHING, endsMs)
  }
  const since: SinceRow = { sinceMs: now.openedAtMs }
  work.put(caseKey(work.partition, subject), rowBytes(put), endsMs)
  work.put(ownKey(now.nick, 'case', subject), rowBytes(since), endsMs)
  return put
}

const SweepInput = Type.Object({ subject: Type.String({ pattern: SUBJECT_PATTERN }) })
type SweepInput = Readonly<Static<typeof SweepInput>>

/** Rows that one entry deletes. */
const SWEPT_MAX = 500

/** A message: reports of a case that is gone. Some in each entry, until none are left. */
export const sweepReports = defineProcedure({
  name: 'dweets.sweepReports',
  tables: DWEET_TABLES,
  readInput: reader(SweepInput),
  freesRoom: () => true,
  run: (work, { subject }: SweepInput): null => {
    sweep(work, subject)
    return null
  },
})

/** The account that it is about is gone: with it goes what was copied of theirs. */
export function dropCase(work: PartitionWork, subject: string): void {
  const before = caseIn(work, subject)
  if (before !== undefined) work.delete(listedKey(work.partition, subject, before))
  work.delete(caseKey(work.partition, subject))
  sweep(work, subject)
}

function sweep(work: PartitionWork, subject: string): void {
  const [table, pk] = [REPORTS_TABLE, reportsPk(work.partition)]
  const rows = work.list({ table, pk, prefix: reportPrefix(subject), limit: SWEPT_MAX })
  for (const { sk } of rows) work.delete({ table, pk, sk })
  if (rows.length < SWEPT_MAX) return
  const input: SweepInput = { subject }
  work.send({ to: work.partition, procedure: sweepReports.name, input })
}
