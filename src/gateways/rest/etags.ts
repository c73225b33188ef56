/**
 * ETags of records, and the conditions that a request puts with them (RFC 9110, 8.8.3 and 13.1).
 */
import { AnilloError } from '../../base/errors.ts'
import type { Etag } from '../../store/partition/procedure.ts'
import type { Condition } from '../../store/types.ts'
import { COUNTER_MAX, isWhole } from '../../wire/record-limits.ts'

const ETAG = /^"(\d{1,10})-(\d{1,16})"$/

/** One tag in quotes, of ours or of anybody, weak or strong. */
const ANY_ETAG = /^(?:W\/)?"[\u0021\u0023-\u007e\u0080-\u00ff]*"$/

/** No write has it: logs are not so long. */
const NO_ETAG: Etag = { generation: 1, index: COUNTER_MAX }

export function etagText({ generation, index }: Etag): string {
  return `"${generation}-${index}"`
}

/** `undefined` where it is none of ours. */
export function parseEtag(text: string): Etag | undefined {
  const found = ETAG.exec(text)
  if (found === null) return undefined
  const [generation, index] = [Number(found[1]), Number(found[2])]
  return isWhole(generation, 1) && isWhole(index, 1) ? { generation, index } : undefined
}

export interface ConditionHeaders {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}

/**
 * What must hold for a write.
 * @throws AnilloError BAD_REQUEST for what is no condition, or one that a write cannot have
 */
export function writeConditions(headers: ConditionHeaders, sk: string): readonly Condition[] {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match === undefined && noneMatch === undefined) return NONE
  const conditions: Condition[] = []
  if (match !== undefined) conditions.push({ sk, is: match === '*' ? 'present' : oneTag(match) })
  if (noneMatch === undefined) return conditions
  if (noneMatch !== '*') throw bad('If-None-Match of a write can only be *')
  return [...conditions, { sk, is: 'absent' }]
}

const NONE: readonly Condition[] = []

/** A tag that is not ours, or a weak one, equals none: the condition then never holds. */
function oneTag(text: string): Etag {
  const ours = parseEtag(text)
  if (ours !== undefined) return ours
  if (ANY_ETAG.test(text)) return NO_ETAG
  throw bad('If-Match must be * or one ETag in quotes')
}

export type ReadVerdict = 'send' | 'notModified' | 'conditionFailed'

/** What a read's conditions make of the record that is there. */
export function judgeRead(headers: ConditionHeaders, etag: Etag): ReadVerdict {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  const tag = etagText(etag)
  if (match !== undefined && match !== '*' && !tagsOf(match).includes(tag)) {
    return 'conditionFailed'
  }
  if (noneMatch === undefined) return 'send'
  // Weak comparison: a client may have been handed its tag weakened by a proxy.
  const tags = tagsOf(noneMatch).map((one) => one.replace(/^W\//, ''))
  return noneMatch === '*' || tags.includes(tag) ? 'notModified' : 'send'
}

/** None of our tags holds a comma. */
function tagsOf(list: string): readonly string[] {
  return list.split(',').map((tag) => tag.trim())
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
