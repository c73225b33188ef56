/**
 * Rows of applications. All of a partition stand together, so that those nobody was let in with
 * are counted there:
 *
 *     users.apps  one pk a partition   sk a/ID        an application
 *                                      sk n/TIME.ID   nobody has let it in yet
 */
import { Type, type Static } from 'typebox'

import { assert } from '../../base/assert.ts'
import { tryText } from '../../base/bytes.ts'
import type { RecordKey, StoredRecord } from '../../store/partition/procedure.ts'
import { reader } from '../../wire/method.ts'
import { partitionOf, pkIn, type PartitionId } from '../../wire/partition.ts'
import { Hex64 } from '../../wire/shapes.ts'

export const APPS_TABLE = 'users.apps'

const Text = Type.String()

export const AppFields = Type.Object({
  name: Text,
  website: Type.Optional(Text),
  redirectUris: Type.Array(Text),
  scopes: Type.Array(Text),
})

const AppRow = Type.Object({
  ...AppFields.properties,
  /** SHA-256 of its secret, which is 256 bits of chance. */
  hash: Hex64,
  /** From it the token follows that it has for itself; another one revokes that. */
  seed: Hex64,
  createdAtMs: Type.Integer({ minimum: 0 }),
  /** Somebody let it in. */
  isUsed: Type.Boolean(),
})
export type AppRow = Readonly<Static<typeof AppRow>>

const readRow = reader(AppRow)

export function readApp({ sk, value }: StoredRecord): AppRow {
  const row = readRow(JSON.parse(tryText(value) ?? 'null'))
  assert(row !== undefined, `the row ${sk} is of its shape`)
  return row
}

export function partitionOfApp(id: string): PartitionId {
  return partitionOf(APPS_TABLE, id)
}

export function appsPk(partition: PartitionId): string {
  return pkIn(APPS_TABLE, partition)
}

export function appKey(id: string): RecordKey {
  return { table: APPS_TABLE, pk: appsPk(partitionOfApp(id)), sk: `a/${id}` }
}

export const UNUSED_PREFIX = 'n/'
const TIME_DIGITS = 13

export function unusedKey(id: string, createdAtMs: number): RecordKey {
  const sk = `${UNUSED_PREFIX}${String(createdAtMs).padStart(TIME_DIGITS, '0')}.${id}`
  return { table: APPS_TABLE, pk: appsPk(partitionOfApp(id)), sk }
}

export function idOfUnused({ sk }: Pick<StoredRecord, 'sk'>): string {
  return sk.slice(UNUSED_PREFIX.length + TIME_DIGITS + 1)
}
