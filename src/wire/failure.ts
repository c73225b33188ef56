/** An error on its way to another member: its code and what fills its sentence, never a stack. */
import { AnilloError, parseErrorCode, type ErrorDetails } from '../base/errors.ts'
import { KIB } from '../base/limits.ts'
import { isList } from './packed.ts'

const DETAILS_MAX = 32
const DETAIL_CHARACTERS_MAX = 4 * KIB

export function failureBody(error: AnilloError): unknown {
  return [error.code, boundedDetails(Object.entries(error.details))]
}

/** `undefined` when it is no failure. A code that only newer members know becomes INTERNAL. */
export function readFailure(body: unknown): AnilloError | undefined {
  if (!isList(body)) return undefined
  const [code, details] = body
  if (typeof code !== 'string' || typeof details !== 'object' || details === null) return undefined
  const read = boundedDetails(Object.entries(details))
  const known = parseErrorCode(code)
  return known === undefined
    ? new AnilloError('INTERNAL', { ...read, code: code.slice(0, DETAIL_CHARACTERS_MAX) })
    : new AnilloError(known, read)
}

function boundedDetails(entries: readonly (readonly [string, unknown])[]): ErrorDetails {
  const kept: Record<string, string | number | boolean> = {}
  for (const [name, value] of entries.slice(0, DETAILS_MAX)) {
    if (typeof value === 'string') kept[name] = value.slice(0, DETAIL_CHARACTERS_MAX)
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value
  }
  return kept
}
