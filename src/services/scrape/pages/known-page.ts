/** Pages as owners tell of them. */
import type { OwnerAnswer } from '../../../overlay/types.ts'
import type { MemberRef } from '../../../wire/api.ts'
import type { Known, PageRecord } from '../../../wire/pages.ts'
import { ageMs } from './page-record.ts'

/** What is kept, as it is told. */
export function knownOf(
  outcome: Pick<Known, 'how' | 'state'> & { readonly record: PageRecord },
  told: { readonly owner: MemberRef; readonly nowMs: number },
): Known {
  const { how, state, record } = outcome
  const { page } = record
  const age = page === undefined ? {} : { ageMs: ageMs(page.fetchedAt, told.nowMs) }
  return { kind: 'known', how, state, record, ...age, owner: refOf(told.owner) }
}

/** Only what the wire's shape has. */
export function refOf(member: MemberRef | OwnerAnswer['owner']): MemberRef {
  const { name, id, address, position } = member
  return { name, id, address, position }
}

/** How the newest attempt ended. */
export function latest(record: PageRecord): 'done' | 'failed' {
  return record.failure === undefined ? 'done' : 'failed'
}
