/** What a database and its writing thread say to each other. */
import { assert } from '../base/assert.ts'
import type { ErrorCode, ErrorDetails } from '../base/errors.ts'

/** Given to the thread at its start. It first answers number `OPENING`. */
export interface WriterData {
  /** Where the file lies. */
  readonly file: string
  /** As whoever opened it wrote it: for errors. */
  readonly path: string
}

/** @throws AssertionError where it is not what `DatabaseThread` gives */
export function readWriterData(value: unknown): WriterData {
  assert(typeof value === 'object' && value !== null, 'a thread is told what to open')
  const file = 'file' in value ? value.file : undefined
  const path = 'path' in value ? value.path : undefined
  assert(typeof file === 'string' && typeof path === 'string', 'a database has two names')
  return { file, path }
}

/** Given to the thread that looks through a database. */
export interface CheckData extends WriterData {
  /** Otherwise it gives way to all else. */
  readonly isWaitedFor: boolean
}

/** @throws AssertionError where it is not what `database-check.ts` gives */
export function readCheckData(value: unknown): CheckData {
  const where = readWriterData(value)
  assert(typeof value === 'object' && value !== null && 'isWaitedFor' in value, 'a check is told')
  return { ...where, isWaitedFor: value.isWaitedFor === true }
}

export const OPENING = 0

/** Carried out in the order of asking. */
export type WriterQuestion =
  | { readonly number: number; readonly kind: 'write'; readonly batch: ArrayBuffer }
  | { readonly number: number; readonly kind: 'checkpoint' | 'close' }

export type WriterAnswer =
  | { readonly kind: 'done'; readonly number: number }
  | {
      readonly kind: 'failed'
      readonly number: number
      readonly code: ErrorCode
      readonly details: ErrorDetails
      /** Stack of what was thrown. */
      readonly problem: string
    }
