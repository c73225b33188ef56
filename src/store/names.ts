/** Names and ranges of reads, checked where they enter: each refusal says what is wrong. */
import { AnilloError } from '../base/errors.ts'
import {
  isName,
  isWhole,
  LIST_RECORDS_MAX,
  PK_BYTES_MAX,
  SK_BYTES_MAX,
  TABLE_BYTES_MAX,
  utf8Bytes,
} from '../wire/record-limits.ts'
import type { RangeOptions, RecordKey } from './partition/procedure.ts'

/** @throws AnilloError BAD_REQUEST, TOO_LARGE */
export function checkKey({ table, pk, sk }: RecordKey): void {
  checkHome(table, pk)
  checkName('the sort key', sk, SK_BYTES_MAX)
}

/** @throws AnilloError BAD_REQUEST, TOO_LARGE */
export function checkHome(table: string, pk: string): void {
  checkName('the table', table, TABLE_BYTES_MAX)
  checkName('the partition key', pk, PK_BYTES_MAX)
}

/** @throws AnilloError BAD_REQUEST, TOO_LARGE */
export function checkRange(range: RangeOptions): void {
  checkHome(range.table, range.pk)
  for (const part of [range.prefix, range.start, range.end]) {
    if (part === undefined || part === '') continue
    // A cursor goes on behind a name, at the name and a NUL.
    checkName('a bound of the list', part.endsWith('\0') ? part.slice(0, -1) : part, SK_BYTES_MAX)
  }
  if (!isWhole(range.limit, 1) || range.limit > LIST_RECORDS_MAX) {
    throw bad(`a page holds 1 to ${LIST_RECORDS_MAX} records`)
  }
}

/** @throws AnilloError BAD_REQUEST, TOO_LARGE */
export function checkName(what: string, name: string, bytesMax: number): void {
  // Annotated, so that the compiler does not take a text that is no name for no text.
  const isGood: boolean = isName(name, bytesMax)
  if (isGood) return
  if (name.isWellFormed() && utf8Bytes(name) > bytesMax) {
    throw new AnilloError('TOO_LARGE', { what: capital(what), limit: `${bytesMax} bytes` })
  }
  throw bad(`${what} must be text that is not empty and has no NUL`)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
