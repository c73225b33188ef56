/**
 * Ids of dweets and redweets. Within the partition key of their author (`userPk`) they rise
 * strictly: 48 bits of logged time in ms since 1970, and 16 bits that count within it. The public
 * id says the partition key, too, so that it is found without an index:
 *
 *     (ms * 2^16 + counter) * 2^40 + 40 bits of the nick's hash, in decimal
 *
 * Public ids are ordered by length, then text. Programs that read them as 64-bit numbers are wrong.
 */

const COUNTER_BITS = 16n
const PK_BITS = 40n
const ROW_DIGITS = 16
const PK_DIGITS = 10
/** 104 bits. */
const PUBLIC_ID = /^[1-9]\d{0,31}$/

export interface DweetPlace {
  /** Partition key of the author: 10 hex digits. */
  readonly pk: string
  /** 16 hex digits, ordered as text. */
  readonly row: string
}

/** @param last the row id given last under this partition key; the least one greater follows it */
export function nextRowId(timeMs: number, last: string | undefined): string {
  const now = BigInt(timeMs) << COUNTER_BITS
  const least = last === undefined ? 0n : BigInt(`0x${last}`) + 1n
  return (now > least ? now : least).toString(16).padStart(ROW_DIGITS, '0')
}

/** Ms since 1970. */
export function timeOfRowId(row: string): number {
  return Number(BigInt(`0x${row}`) >> COUNTER_BITS)
}

export function publicIdOf({ pk, row }: DweetPlace): string {
  return String((BigInt(`0x${row}`) << PK_BITS) | BigInt(`0x${pk}`))
}

/** `undefined`: no id of a dweet, whatever it is. */
export function placeOfPublicId(id: string): DweetPlace | undefined {
  if (!PUBLIC_ID.test(id)) return undefined
  const number = BigInt(id)
  const row = (number >> PK_BITS).toString(16).padStart(ROW_DIGITS, '0')
  if (row.length > ROW_DIGITS) return undefined
  const pk = (number & ((1n << PK_BITS) - 1n)).toString(16).padStart(PK_DIGITS, '0')
  return { pk, row }
}

/** The cursor of a list of publications or notifications that goes on behind that id. */
export function cursorBefore(id: string): string {
  const { pk, row } = placeOfPublicId(id) ?? { pk: '', row: '' }
  return row + pk
}

/** Older first. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : Number(a > b)
}
