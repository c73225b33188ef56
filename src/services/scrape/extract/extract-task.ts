/**
 * What is asked of a worker thread, and what it tells. Refusals are data, because an error of
 * another thread's program is not recognised here.
 */
import type { Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
import type { ExtractSource } from './extract-page.ts'

export const EXTRACT_TASK = 'pages.extract'

export interface ExtractQuestion {
  readonly page: ExtractSource
  readonly bytes: Uint8Array
  readonly spec: ExtractSpec
}

export type ExtractAnswer =
  | { readonly kind: 'extracted'; readonly extracted: Extracted }
  | { readonly kind: 'tooDeep' }
