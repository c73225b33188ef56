/** The row of a session. */
import { numberIn, packRow, textIn, unpackRow } from '../../wire/row-codec.ts'

export interface SessionRow {
  readonly owner: string
  readonly usedAt: number
  readonly firstPage: number
}

export function sessionRow({ owner, usedAt, firstPage }: SessionRow): Uint8Array {
  return packRow([owner, usedAt, firstPage])
}

export function readSessionRow(row: Uint8Array): SessionRow {
  const fields = unpackRow(row)
  return { owner: textIn(fields, 0), usedAt: numberIn(fields, 1), firstPage: numberIn(fields, 2) }
}
