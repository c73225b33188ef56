/** A row of the table of errors (`errors.ts`). */

export type Retry = 'never' | 'later' | 'elsewhere'

export interface ErrorRow {
  readonly httpStatus: number
  readonly retry: Retry
  readonly text: string
}
