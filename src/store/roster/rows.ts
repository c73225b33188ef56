/**
 * The rows of partition 0's table `ring`, as JSON:
 *
 *     pk `members`   sk member id     an enrolled member, whatever its state
 *     pk `tokens`    sk token id      who came with it; goes when the token has expired anyway
 *     pk `settings`  sk name          a number
 *     pk `features`  sk `level`       the ring's feature level; the first where there is none
 *     pk `backups`   sk `last`        number of the latest backup that was begun
 *                    sk `hold HOLDER` until it expires no chunk is collected
 */
import { tryText, utf8 } from '../../base/bytes.ts'
import { parseMemberId } from '../../base/ids.ts'
import { FIRST_LEVEL } from '../../wire/levels.ts'
import { reader } from '../../wire/method.ts'
import { RING_TABLE } from '../../wire/partition.ts'
import { MemberRow } from '../../wire/roster-rows.ts'
import type { RecordKey, StoredRecord } from '../partition/procedure.ts'
import type { EnrolledMember } from '../placement/types.ts'
import { ringSettingsOf, type RingSettings } from './settings.ts'

/** 300 bytes each: read whole by each enrolment, and sent whole to members. */
export const ENROLLED_MAX = 1_000
/**
 * Tokens are short-lived: so many newcomers in the hours of one token's life are none of a group.
 */
export const TOKENS_MAX = 10_000

export const MEMBERS_PK = 'members'
export const TOKENS_PK = 'tokens'
export const SETTINGS_PK = 'settings'
export const FEATURES_PK = 'features'
export const BACKUPS_PK = 'backups'

const readRow = reader(MemberRow)

export function memberKey(id: string): RecordKey {
  return { table: RING_TABLE, pk: MEMBERS_PK, sk: id }
}

export function tokenKey(id: string): RecordKey {
  return { table: RING_TABLE, pk: TOKENS_PK, sk: id }
}

export function settingKey(name: string): RecordKey {
  return { table: RING_TABLE, pk: SETTINGS_PK, sk: name }
}

export function levelKey(): RecordKey {
  return { table: RING_TABLE, pk: FEATURES_PK, sk: 'level' }
}

/** The level that the row says. */
export function levelOf(row: StoredRecord | undefined): number {
  return readLevel(row === undefined ? undefined : jsonOf(row.value))
}

/** Of the value of that row. */
export function readLevel(value: unknown): number {
  return typeof value === 'number' && value > FIRST_LEVEL ? value : FIRST_LEVEL
}

export function lastBackupKey(): RecordKey {
  return { table: RING_TABLE, pk: BACKUPS_PK, sk: 'last' }
}

export const HOLD_PREFIX = 'hold '

export function holdKey(holder: string): RecordKey {
  return { table: RING_TABLE, pk: BACKUPS_PK, sk: HOLD_PREFIX + holder }
}

export function jsonBytes(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value))
}

/** `undefined` where the bytes are no JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  const text = tryText(bytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function readMemberRow(value: unknown): EnrolledMember | undefined {
  const row = readRow(value)
  return row === undefined ? undefined : { ...row, id: parseMemberId(row.id) }
}

/** Settings as the rows say, by default otherwise. */
export function settingsOf(rows: readonly StoredRecord[]): RingSettings {
  return ringSettingsOf(Object.fromEntries(rows.map(({ sk, value }) => [sk, jsonOf(value)])))
}
