/** What stands behind the `?` of `/v1/kv`. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { RangeOptions } from '../../store/partition/procedure.ts'
import { LIST_LIMIT_DEFAULT, RECORD_TTL_SECONDS_MAX } from '../../wire/api-records.ts'
import { LIST_RECORDS_MAX } from '../../wire/record-limits.ts'

type Wanted = Omit<RangeOptions, 'table' | 'pk'> & { readonly cursor?: string }

/** @throws AnilloError BAD_REQUEST */
export function readRange(query: unknown): Wanted {
  const prefix = textIn(query, 'prefix')
  const start = textIn(query, 'start')
  const end = textIn(query, 'end')
  const cursor = textIn(query, 'cursor')
  return {
    limit: integerIn(query, 'limit', LIST_RECORDS_MAX) ?? LIST_LIMIT_DEFAULT,
    reverse: flagIn(query, 'reverse'),
    ...(prefix === undefined ? {} : { prefix }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

/** How long a record is to live. @throws AnilloError BAD_REQUEST */
export function readTtl(query: unknown): { readonly expiresInMs?: number } {
  const ttl = integerIn(query, 'ttl', RECORD_TTL_SECONDS_MAX)
  return ttl === undefined ? FOR_EVER : { expiresInMs: ttl * SECOND_MS }
}

const FOR_EVER = {}

/** @throws AnilloError BAD_REQUEST where it stands there twice */
export function textIn(query: unknown, name: string): string | undefined {
  if (typeof query !== 'object' || query === null || !(name in query)) return undefined
  const value: unknown = Object.getOwnPropertyDescriptor(query, name)?.value
  if (typeof value === 'string') return value
  throw bad(`“${name}” stands there more than once`)
}

function integerIn(query: unknown, name: string, max: number): number | undefined {
  const text = textIn(query, name)
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw bad(`“${name}” must be a whole number from 1 to ${max}`)
}

function flagIn(query: unknown, name: string): boolean {
  const text = textIn(query, name) ?? 'false'
  if (text === 'true' || text === '1' || text === '') return true
  if (text === 'false' || text === '0') return false
  throw bad(`“${name}” must be true or false`)
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
