/**
 * What was said of shares in Mainline, in the store. Rows stand where some member takes part, and
 * go when nothing is to be said any more.
 *
 *     shares  all  mainline/ID   of a share: when it was said last, and is to be said again
 *                  unsaid/ID     of one that ended: its item is to be taken back
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { Count } from '../../../wire/shapes.ts'
import { MAINLINE_ITEM_LIFE_MS } from '../limits.ts'
import { sharesKey } from '../shares/share-rows.ts'

export const SAID_PREFIX = 'mainline/'
export const UNSAID_PREFIX = 'unsaid/'

export const Salt = Type.String({ pattern: '^[0-9a-f]{40}$' })

/** Times are logged ones. */
export const SaidRow = Type.Object({
  salt: Salt,
  /** Of the item that was said last. */
  sequence: Count,
  turn: Count,
  nextMs: Count,
  saidMs: Type.Optional(Count),
  /** So many took it then. */
  nodes: Type.Optional(Count),
})
export type SaidRow = Readonly<Static<typeof SaidRow>>

export const UnsaidRow = Type.Object({
  salt: Salt,
  sequence: Count,
  nextMs: Count,
  /** By then it has ended by itself. */
  untilMs: Count,
})
export type UnsaidRow = Readonly<Static<typeof UnsaidRow>>

export const readSaidRow = rowReader(SaidRow)
export const readUnsaidRow = rowReader(UnsaidRow)

export function saidKey(id: string): RecordKey {
  return sharesKey(SAID_PREFIX + id)
}

export function unsaidKey(id: string): RecordKey {
  return sharesKey(UNSAID_PREFIX + id)
}

/** Of a row: of which share. */
export function sharedIn(sk: string): string {
  return sk.slice(sk.indexOf('/') + 1)
}

export function saidIn(work: Pick<PartitionWork, 'get'>, id: string): SaidRow | undefined {
  const record = work.get(saidKey(id))
  return record === undefined ? undefined : readSaidRow(record)
}

export function unsaidIn(work: Pick<PartitionWork, 'get'>, id: string): UnsaidRow | undefined {
  const record = work.get(unsaidKey(id))
  return record === undefined ? undefined : readUnsaidRow(record)
}

/** The share ends: what was said of it is to be taken back. */
export function endSaying(work: PartitionWork, id: string): void {
  const said = saidIn(work, id)
  if (said === undefined) return
  work.delete(saidKey(id))
  const { salt, sequence } = said
  const row: UnsaidRow = {
    salt,
    sequence,
    // At once, whatever a member’s clock says.
    nextMs: 0,
    untilMs: work.timeMs + MAINLINE_ITEM_LIFE_MS,
  }
  work.put(unsaidKey(id), rowBytes(row))
}
