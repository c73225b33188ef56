/** Cases for moderators: to all others, and to whom it is about, there is none. */
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions, Store } from '../../../store/types.ts'
import { readCase, type CaseRow } from '../rows.ts'
import type { Dweeter } from '../types.ts'
import { caseKey } from './cases.ts'
import { partitionOfSubject, subjectOf, type Subject } from './subjects.ts'

export interface FoundCase {
  readonly subject: Subject
  readonly row: CaseRow
}

type Records = Pick<Store, 'get'>

/** @throws AnilloError PERMISSION_MISSING, REPORT_GONE */
export async function requireCase(
  store: Records,
  who: Dweeter,
  id: string,
  options?: CallOptions,
): Promise<FoundCase> {
  requireModerator(who)
  const subject = subjectOf(id)
  const row = subject && (await findCase(store, subject, options))
  if (subject === undefined || row === undefined || row.nick === who.nick) {
    throw new AnilloError('REPORT_GONE')
  }
  return { subject, row }
}

export async function findCase(
  store: Records,
  subject: Subject,
  options?: CallOptions,
): Promise<CaseRow | undefined> {
  const record = await store.get(caseKey(partitionOfSubject(subject), subject.name), options)
  return record === undefined ? undefined : readCase(record)
}

/** Doors ask, too. */
export function requireModerator({ isModerator }: Dweeter): void {
  if (!isModerator) throw new AnilloError('PERMISSION_MISSING', { permission: 'dweets.moderate' })
}
