/**
 * Deletes what the rules of people delete: a task of the ring’s schedule, by one member at a time.
 * Done twice, or by half, it does no harm: the next one goes on.
 */
import type { Clock } from '../../../effects/clock.ts'
import { publicIdOf } from '../../../wire/dweet-ids.ts'
import { ALL_PARTITIONS, pkIn } from '../../../wire/partition.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { userPk } from '../../../wire/users.ts'
import type { DweetParts } from '../parts.ts'
import { ownKey, partitionOfNick, RETENTION_TABLE, retentionKey, type OwnKind } from '../places.ts'
import { readRetention, type RetentionRow } from '../rows.ts'
import { listPublished, rowIdOf, timeOf, type Published } from '../timelines/published.ts'
import { EXPIRED_AT_ONCE, expire } from './retention-procedures.ts'
import { endOfRetention, isKept, subjectOf } from './retention.ts'

export interface ExpiringParts extends Pick<DweetParts, 'store'> {
  readonly clock: Pick<Clock, 'wallMs'>
}

/** Publications looked at in one turn. */
const LOOKED_AT_ONCE = 200
/** Publications of one person that one task deletes; the next one goes on. */
export const EXPIRED_PER_TASK_MAX = 2_000

/** @returns how many were deleted */
export async function expireAll(parts: ExpiringParts, signal: AbortSignal): Promise<number> {
  let count = 0
  for (const partition of ALL_PARTITIONS) {
    const pk = pkIn(RETENTION_TABLE, partition)
    const range = { table: RETENTION_TABLE, pk, limit: LIST_RECORDS_MAX }
    for (let start: string | undefined; ;) {
      const from = start === undefined ? {} : { start }
      const { cursor, items } = await parts.store.list({ ...range, ...from })
      for (const { sk: nick } of items) {
        if (signal.aborted) return count
        count += await expireOf(parts, nick, signal)
      }
      const last = items.at(-1)
      if (cursor === undefined || last === undefined) break
      start = `${last.sk}\0`
    }
  }
  return count
}

async function expireOf(parts: ExpiringParts, nick: string, signal: AbortSignal): Promise<number> {
  const record = await parts.store.get(retentionKey(nick))
  if (record === undefined) return 0
  const rule = readRetention(record)
  const endMs = endOfRetention(rule, parts.clock.wallMs())
  let count = 0
  for (let behind: string | undefined; count < EXPIRED_PER_TASK_MAX && !signal.aborted;) {
    const stretch = { order: 'oldestFirst', limit: LOOKED_AT_ONCE, behind } as const
    const { next, rows } = await listPublished(parts.store, nick, stretch)
    const old = rows.filter(({ place }) => timeOf(place) < endMs)
    const due = await dueOf(parts, { nick, rule }, old)
    for (let at = 0; at < due.length; at += EXPIRED_AT_ONCE) {
      const input = { nick, rows: due.slice(at, at + EXPIRED_AT_ONCE) }
      count += await parts.store.call(partitionOfNick(nick), expire, input)
    }
    if (next === undefined || old.length < rows.length) break
    behind = next
  }
  return count
}

/** Row ids of those that the rule deletes; the procedure looks again. */
async function dueOf(
  { store }: ExpiringParts,
  { nick, rule }: { readonly nick: string; readonly rule: RetentionRow },
  old: readonly Published[],
): Promise<string[]> {
  const has = async (kind: OwnKind, id: string): Promise<boolean> =>
    (await store.get(ownKey(nick, kind, id))) !== undefined
  const due = await Promise.all(
    old.map(async ({ place, row: publication }) => {
      const row = rowIdOf(place)
      const id = subjectOf(publicIdOf({ pk: userPk(nick), row }), publication)
      const own = {
        liked: rule.keepLiked && (await has('like', id)),
        bookmarked: rule.keepBookmarked && (await has('mark', id)),
      }
      return isKept(rule, publication, own) ? [] : row
    }),
  )
  return due.flat()
}
