import type { ImportAnswer, ImportStep, Retention } from '../../../wire/api-own-data.ts'
import type { Dweeter } from '../types.ts'

/** What goes into an archive. */
export interface ExportHow {
  readonly signal?: AbortSignal
  /** With the bytes of attachments; else it says where they are. */
  readonly withFiles?: boolean
}

/**
 * What people take along and bring, and of how long what they published stays. All reject with
 * AnilloError: STORE_UNAVAILABLE, OUTCOME_UNKNOWN, BUSY.
 */
export interface OwnData {
  /** All of one's own, as the pieces of a ZIP; breaks off where it cannot be read. */
  export(who: Dweeter, how?: ExportHow): AsyncGenerator<Uint8Array>
  /** The same again changes nothing. */
  import(who: Dweeter, step: ImportStep): Promise<ImportAnswer>
  /** `undefined`: everything stays. */
  retention(who: Dweeter): Promise<Retention | undefined>
  retain(who: Dweeter, retention: Retention | undefined): Promise<void>
  /** All publications that there are now; it goes on by itself. */
  clear(who: Dweeter): Promise<void>
}
