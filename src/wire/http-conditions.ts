/** Conditions of requests about files (RFC 9110, 13). Pure. */
import { AnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'

export interface Validators {
  /** As the header has it, in quotes. */
  readonly etag: string
  readonly modifiedMs: number
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

export type ReadVerdict = 'send' | 'notModified' | 'conditionFailed'

/** In the order of RFC 9110, 13.2.2. */
export function judgeRead(headers: Headers, { etag, modifiedMs }: Validators): ReadVerdict {
  const match = headers['if-match']
  const unmodified = dateIn(headers['if-unmodified-since'])
  if (typeof match === 'string') {
    if (match.trim() !== '*' && !tagsIn(match).includes(etag)) return 'conditionFailed'
  } else if (unmodified !== undefined && secondOf(modifiedMs) > unmodified) {
    return 'conditionFailed'
  }
  const noneMatch = headers['if-none-match']
  if (typeof noneMatch === 'string') {
    // Weak comparison: a client may have been handed its tag weakened by a proxy.
    const tags = tagsIn(noneMatch).map((tag) => tag.replace(/^W\//, ''))
    return noneMatch.trim() === '*' || tags.includes(etag) ? 'notModified' : 'send'
  }
  const modified = dateIn(headers['if-modified-since'])
  return modified !== undefined && secondOf(modifiedMs) <= modified ? 'notModified' : 'send'
}

/**
 * Whether `Range` counts: what the client has is of what is there (RFC 9110, 13.1.5). A date is
 * never proof enough, as a file may change twice within its second.
 */
export function mayRange(headers: Headers, { etag }: Validators): boolean {
  const condition = headers['if-range']
  return condition === undefined || condition === etag
}

/** What must hold for a write; `tags`: one of them. */
export type WriteCondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }

/** @throws AnilloError BAD_REQUEST for what is no condition, or one that a write cannot have */
export function writeCondition(headers: Headers): WriteCondition {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') throw bad('If-None-Match of a write can only be *')
    if (match !== undefined) throw bad('If-Match and If-None-Match cannot both hold')
    return { kind: 'absent' }
  }
  if (typeof match !== 'string') return { kind: 'none' }
  if (match.trim() === '*') return { kind: 'present' }
  const tags = tagsIn(match)
  if (tags.length === 0) throw bad('If-Match must be * or ETags in quotes')
  return { kind: 'tags', tags }
}

/** Between two of them stand commas, which may also stand in one. */
const TAG = /(?:W\/)?"[\u0021\u0023-\u007e\u0080-\u00ff]*"/g

function tagsIn(list: string): readonly string[] {
  return list.match(TAG) ?? []
}

/** HTTP tells whole seconds. */
function secondOf(timeMs: number): number {
  return Math.floor(timeMs / SECOND_MS) * SECOND_MS
}

/** `undefined` where it is none: then the condition does not count. */
function dateIn(header: string | string[] | undefined): number | undefined {
  const timeMs = typeof header === 'string' ? Date.parse(header) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
