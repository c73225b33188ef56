/** What procedures of dweets do with a partition's rows. */
import { Type } from 'typebox'

import { instant } from '../../base/instant.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { PartitionWork } from '../../store/partition/procedure.ts'
import { nextRowId } from '../../wire/dweet-ids.ts'
import {
  DWEETS_PERIOD_MS,
  NOTIFICATIONS_KEPT_MS,
  NOTIFICATIONS_MAX,
} from '../../wire/dweet-limits.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import { listedUser, USERS_TABLE, userPk } from '../../wire/users.ts'
import {
  headKey,
  lastKey,
  limitKey,
  LOCAL_TABLE,
  ownKey,
  ownPrefix,
  profileKey,
  REPORTS_TABLE,
  RETENTION_TABLE,
  TAGS_TABLE,
} from './places.ts'
import {
  readLast,
  readLimit,
  readNote,
  readProfile,
  type LimitRow,
  type NoteRow,
  type ProfileRow,
  type RedweetedRow,
} from './rows.ts'

export const DWEET_TABLES = [USERS_TABLE, LOCAL_TABLE, TAGS_TABLE, REPORTS_TABLE, RETENTION_TABLE]

export const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })
export const Pk = Type.String({ pattern: '^[0-9a-f]{10}$' })
export const PublicId = Type.String({ pattern: '^[1-9][0-9]{0,31}$' })

const NOTHING = new Uint8Array(0)

export function isUser(work: PartitionWork, nick: string): boolean {
  return work.has(listedUser(work.partition, nick))
}

/** Whoever asks was logged in a moment ago; their account may be gone since. */
export function requireUser(work: PartitionWork, nick: string): void {
  if (!isUser(work, nick)) work.refuse('NO_USER', { nick })
}

/** What moderators laid upon them, if it still holds. */
export function limitIn(work: PartitionWork, nick: string): LimitRow | undefined {
  const record = work.get(limitKey(nick))
  const limit = record === undefined ? undefined : readLimit(record)
  return limit?.untilMs !== undefined && limit.untilMs <= work.timeMs ? undefined : limit
}

/** Of what others see. */
export function requireUnsuspended(work: PartitionWork, nick: string): void {
  requireUser(work, nick)
  const limit = limitIn(work, nick)
  if (limit?.kind !== 'suspended') return
  const until = limit.untilMs === undefined ? UNTIL_LIFTED : minuteText(limit.untilMs)
  work.refuse('DWEETS_SUSPENDED', { until })
}

/** `2026-11-23 00:35 UTC`: no sooner than it ends. */
function minuteText(atMs: number): string {
  const minuteMs = Math.ceil(atMs / MINUTE_MS) * MINUTE_MS
  return `${instant(minuteMs).slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')} UTC`
}

/** As `details.es.ts` knows it. */
const UNTIL_LIFTED = 'it is lifted'

/** A row id that nobody else has under this key, greater than all that were given. */
export function takeRowId(work: PartitionWork, pk: string): string {
  const last = work.get(lastKey(pk))
  const row = nextRowId(work.timeMs, last === undefined ? undefined : readLast(last).row)
  work.put(lastKey(pk), rowBytes({ row } satisfies RedweetedRow))
  return row
}

const NO_PROFILE: ProfileRow = {
  bio: '',
  dweets: 0,
  following: 0,
  followers: 0,
  period: { sinceMs: 0, dweets: 0 },
}

export function profileIn(work: PartitionWork, nick: string): ProfileRow {
  const record = work.get(profileKey(nick))
  return record === undefined ? NO_PROFILE : readProfile(record)
}

export function putProfile(work: PartitionWork, nick: string, row: ProfileRow): void {
  work.put(profileKey(nick), rowBytes(row))
}

/** By how many there are more. */
export function count(
  work: PartitionWork,
  nick: string,
  more: Partial<Record<'dweets' | 'imported' | 'followers' | 'following', 1 | -1>>,
): void {
  const row = profileIn(work, nick)
  const { dweets = 0, followers = 0, following = 0, imported = 0 } = more
  putProfile(work, nick, {
    ...row,
    ...(imported === 0 ? {} : { imported: (row.imported ?? 0) + imported }),
    dweets: row.dweets + dweets,
    followers: row.followers + followers,
    following: row.following + following,
  })
}

/** One more publication; more than `most` within the time are refused. */
export function countPublication(work: PartitionWork, nick: string, most: number): void {
  const row = profileIn(work, nick)
  const endMs = row.period.sinceMs + DWEETS_PERIOD_MS
  const period = work.timeMs < endMs ? row.period : { sinceMs: work.timeMs, dweets: 0 }
  if (period.dweets >= most) {
    work.refuse('SLOW_DOWN', { minutes: Math.ceil((endMs - work.timeMs) / MINUTE_MS) })
  }
  const now = { ...period, dweets: period.dweets + 1 }
  putProfile(work, nick, { ...row, dweets: row.dweets + 1, period: now })
}

/**
 * Others see something of theirs changed. Read by members of an earlier version alone, which
 * compare its etag; this one asks what changed (store/kept-ranges.ts).
 */
export function touchHead(work: PartitionWork, nick: string): void {
  work.put(headKey(nick), NOTHING)
}

/** Neither sees the other. */
export function isApart(work: PartitionWork, nick: string, other: string): boolean {
  return work.has(ownKey(nick, 'block', other)) || work.has(ownKey(nick, 'blocked', other))
}

/**
 * Tells somebody of what another did, unless they want nothing of them.
 * @returns the notification's row id, for when it is taken back
 */
export function notify(
  work: PartitionWork,
  nick: string,
  note: Omit<NoteRow, 'number'>,
): string | undefined {
  const isUnwanted = isApart(work, nick, note.by) || work.has(ownKey(nick, 'mute', note.by))
  if (note.by === nick || isUnwanted || !isUser(work, nick)) return undefined
  return putNote(work, nick, note)
}

/** Whatever they want to hear of. @returns its row id */
export function putNote(work: PartitionWork, nick: string, note: Omit<NoteRow, 'number'>): string {
  const row = takeRowId(work, userPk(nick))
  const told: NoteRow = { ...note, number: nextNumber(work, nick) }
  work.put(ownKey(nick, 'note', row), rowBytes(told), work.timeMs + NOTIFICATIONS_KEPT_MS)
  return row
}

/** Of a notification; makes room for it. */
function nextNumber(work: PartitionWork, nick: string): number {
  const pk = userPk(nick)
  const range = { table: USERS_TABLE, pk, prefix: ownPrefix(nick, 'note'), limit: 1 }
  const [newest] = work.list({ ...range, reverse: true })
  if (newest === undefined) return 1
  const number = readNote(newest).number + 1
  // Numbers begin with one.
  if (number <= NOTIFICATIONS_MAX) return number
  const [oldest] = work.list(range)
  if (oldest !== undefined && number - readNote(oldest).number >= NOTIFICATIONS_MAX) {
    work.delete({ table: USERS_TABLE, pk, sk: oldest.sk })
  }
  return number
}

export function takeBack(work: PartitionWork, nick: string, note: string | undefined): void {
  if (note !== undefined) work.delete(ownKey(nick, 'note', note))
}
