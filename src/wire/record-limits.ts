/**
 * How large the parts of records and commands may be. Doors refuse what is beyond with a reason;
 * a partition refuses it again, since what stands in a log may come from anywhere.
 */
import { KIB, MIB } from '../base/limits.ts'

/** In UTF-8, as all names here. */
export const TABLE_BYTES_MAX = 64
/** Fits a path, an address, an account. */
export const PK_BYTES_MAX = 512
/** Fits a file's path, a URL. */
export const SK_BYTES_MAX = KIB
/** Larger content is cut into chunks. */
export const VALUE_BYTES_MAX = 64 * KIB

export const CONDITIONS_MAX = 64
export const WRITES_MAX = 256
export const MESSAGES_MAX = 64
/**
 * A message, and all that are delivered at once: a value takes a byte at least, so that a batch has
 * fewer than `VALUES_MAX` and can be read by its destination, which it must be.
 */
export const MESSAGE_BYTES_MAX = 128 * KIB
export const DELIVERY_BYTES_MAX = 192 * KIB
/** Lists and maps within one another in a message; a delivery puts three around it. */
export const MESSAGE_DEPTH_MAX = 24
/** Names and values of one transaction. */
export const BATCH_BYTES_MAX = MIB

/** A batch, and what frames it: at most `WRITES_MAX` writes with a few numbers each. */
export const COMMAND_BYTES_MAX = BATCH_BYTES_MAX + 64 * KIB

export const LIST_RECORDS_MAX = 1_000
/** A page ends with the record that reaches it. */
export const LIST_BYTES_MAX = MIB

/** A lock's lease, a session of a browser, an invitation; beyond it a record has no end. */
export const EXPIRES_IN_MS_MAX = 10 * 366 * 86_400_000

/** `subject.verb`. */
export const PROCEDURE_NAME_BYTES_MAX = 64

const UTF8_BYTES_PER_UNIT_MAX = 3

/** Not empty, well-formed, without NUL, and in UTF-8 no longer than `bytesMax`. */
export function isName(value: unknown, bytesMax: number): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > bytesMax) return false
  if (!value.isWellFormed() || value.includes('\0')) return false
  return value.length * UTF8_BYTES_PER_UNIT_MAX <= bytesMax || utf8Bytes(value) <= bytesMax
}

/** How long a well-formed text is in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) bytes += unit >= 0x800 && !isSurrogate(unit) ? 2 : 1
  }
  return bytes
}

/** Two of them are four bytes. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

/** Indexes, times, counts: they are kept in six bytes. */
export const COUNTER_MAX = 2 ** 48 - 1

/** A whole number between both. */
export function isWhole(value: unknown, least: number, most = COUNTER_MAX): value is number {
  return Number.isInteger(value) && typeof value === 'number' && value >= least && value <= most
}
