/**
 * Rows of previews of links, and where they stand; keys stand on disks in clear, so that HASH is of
 * the address.
 *
 *     dweets.previews  HASH  known          what its site said, for a day
 *                            asked          somebody is to ask, and who does may be dead
 *                            want/ID        dweets that wait for it
 *     dweets.due       one pk a partition   TIME HASH: to be asked from then on
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { Bytes } from '../../../wire/shapes.ts'
import { PreviewRow } from '../rows.ts'

export const PREVIEWS_TABLE = 'dweets.previews'
export const DUE_TABLE = 'dweets.due'
export const PREVIEW_TABLES = [PREVIEWS_TABLE, DUE_TABLE] as const

export const WANT_PREFIX = 'want/'

const HASH_DIGITS = 32
const TIME_DIGITS = 15

export const KnownRow = Type.Object({
  /** Absent: the site says nothing, or cannot be had. */
  preview: Type.Optional(PreviewRow),
  /** Of its picture, where they are few. */
  here: Type.Optional(Bytes),
  atMs: Type.Integer({ minimum: 0 }),
})
export type KnownRow = Readonly<Static<typeof KnownRow>>
export const readKnown = rowReader(KnownRow)

export const AskedRow = Type.Object({
  url: Type.String(),
  /** Members that began. */
  tries: Type.Integer({ minimum: 0 }),
  /** Logged time from which on another may begin. */
  dueMs: Type.Integer({ minimum: 0 }),
})
export type AskedRow = Readonly<Static<typeof AskedRow>>
export const readAsked = rowReader(AskedRow)

export function linkHash(url: string): string {
  return sha256Hex(url).slice(0, HASH_DIGITS)
}

export function partitionOfLink(hash: string): PartitionId {
  return partitionOf(PREVIEWS_TABLE, hash)
}

export function linkKey(hash: string, sk: string): RecordKey {
  return { table: PREVIEWS_TABLE, pk: hash, sk }
}

/** In byte order that of their times. */
export function dueKey(partition: PartitionId, dueMs: number, hash: string): RecordKey {
  return { table: DUE_TABLE, pk: pkIn(DUE_TABLE, partition), sk: `${dueTime(dueMs)} ${hash}` }
}

export function dueTime(dueMs: number): string {
  return String(dueMs).padStart(TIME_DIGITS, '0')
}

export function hashOfDue(sk: string): string {
  return sk.slice(TIME_DIGITS + 1)
}
