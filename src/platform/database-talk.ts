/** What a database and its writing thread say to each other. */
import type { ErrorCode, ErrorDetails } from '../base/errors.ts'

/** Given to the thread at its start. It first answers number `OPENING`. */
export interface WriterData {
  /** Where the file lies. */
  readonly file: string
  /** As whoever opened it wrote it: for errors. */
  readonly path: string
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
