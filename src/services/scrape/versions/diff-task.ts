/** What a worker thread does to compare two versions; refusals are data, as in extract-task.ts. */
import type { DiffOf } from '../../../wire/api-pages.ts'
import type { TextSource } from '../extract/text-of.ts'

export const DIFF_TASK = 'pages.diff'

export interface DiffSide {
  readonly page: TextSource
  readonly bytes: Uint8Array
}

export interface DiffQuestion {
  readonly from: DiffSide
  readonly to: DiffSide
  readonly of: DiffOf
}
