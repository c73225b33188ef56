/**
 * Where bytes of attachments lie: contents of the tree’s files, and room of accounts, which dweets
 * reach through this alone.
 */
import type { CallOptions } from '../../../store/types.ts'

/** In a row of the dweet, or a content. */
export type AttachedBody =
  | { readonly kind: 'here'; readonly bytes: Uint8Array }
  | { readonly kind: 'content'; readonly id: string; readonly bytes: number }

export interface AttachedWriter {
  /** The piece is the caller’s again then. @throws AnilloError DISK_FULL */
  push(piece: Uint8Array): Promise<void>
  /** All of it, durable. Held by nobody, it goes a day later. */
  seal(): Promise<AttachedBody & { readonly sha256: string }>
  /** Nothing of it stays. */
  discard(): Promise<void>
}

/** Room that is promised to an attachment until a dweet uses it. */
export interface AttachedRoom {
  readonly nick: string
  /** Of the attachment. */
  readonly id: string
}

export interface AttachedBytes {
  begin(ask: { readonly nick: string; readonly signal?: AbortSignal }): AttachedWriter
  /** In order; a piece is the taker’s until the next one is asked for. @throws NO_ENTRY */
  read(
    body: AttachedBody,
    range: { readonly from: number; readonly to: number },
    options?: CallOptions,
  ): AsyncIterable<Uint8Array>
  /**
   * So much in place of what was claimed. @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY
   */
  claim(room: AttachedRoom, bytes: number, options?: CallOptions): Promise<void>
  waive(room: AttachedRoom): Promise<void>
}
