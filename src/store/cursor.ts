/**
 * Where a list goes on: the last record of the page before, and the index that the page showed.
 * Text for people's programs, which hand it back as it is.
 */
import { AnilloError } from '../base/errors.ts'
import type { RangeOptions } from './partition/procedure.ts'

export interface Cursor {
  readonly index: number
  readonly after: string
}

/** Longer than any that is made: an index and a sort key, percent-encoded. */
const CURSOR_CHARS_MAX = 4_096

const SHAPE = /^([0-9a-z]{1,11})\.(.*)$/s

export function writeCursor({ index, after }: Cursor): string {
  return `${index.toString(36)}.${encodeURIComponent(after)}`
}

/** @throws AnilloError BAD_REQUEST */
export function readCursor(text: string): Cursor {
  const found = text.length <= CURSOR_CHARS_MAX ? SHAPE.exec(text) : null
  const index = Number.parseInt(found?.[1] ?? '', 36)
  const after = tryDecode(found?.[2] ?? '')
  if (after !== undefined && after !== '' && Number.isSafeInteger(index)) return { index, after }
  throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
}

/** The part of the range behind the cursor. The least text after `after` is `after` and NUL. */
export function rangeAfter(range: RangeOptions, { after }: Cursor): RangeOptions {
  return range.reverse === true ? { ...range, end: after } : { ...range, start: `${after}\0` }
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
