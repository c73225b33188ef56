/**
 * What is shown with dweets, as doors see it. All reject with AnilloError, besides what is named:
 * STORE_UNAVAILABLE, OUTCOME_UNKNOWN, BUSY, DISK_FULL, RPC_CANCELLED.
 */
import type { CallOptions } from '../../../store/types.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import type { Dweeter } from '../types.ts'

export interface AttachAsk {
  /** As its sender calls it: what leads elsewhere is cut off. */
  readonly name: string
  readonly description?: string
  /** As it is announced: what does not fit is refused at once. */
  readonly expectedBytes?: number
  /** Nobody waits any more. */
  readonly signal?: AbortSignal
}

/** Bytes on their way in: nothing can be attached before `end`. */
export interface AttachmentUpload {
  /** The piece is the caller’s again then. @throws AnilloError ATTACHMENT_LARGE, QUOTA_FULL */
  push(piece: Uint8Array): Promise<void>
  /** For 12 hours, or until a dweet takes it. @throws ATTACHMENT_UNFIT, ATTACHMENTS_FULL */
  end(): Promise<Attachment>
  /** Nothing of it stays. */
  discard(): Promise<void>
}

export interface OpenAttachment {
  readonly attachment: Attachment
  /** Bytes `from` to `to` (not included). */
  read(range: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>
}

export interface InspectedAttachment extends OpenAttachment {
  /** Whose dweet it is. */
  readonly author: string
}

export interface Attachments {
  /** @throws AnilloError DESCRIPTION_UNFIT, ATTACHMENT_LARGE, QUOTA_FULL, QUOTA_FILES_FULL */
  attach(who: Dweeter, ask: AttachAsk): Promise<AttachmentUpload>
  /** One of who asks that no dweet uses. @throws AnilloError ATTACHMENT_GONE */
  unused(who: Dweeter, id: string, options?: CallOptions): Promise<OpenAttachment>
  /** Says something else of one of these. @throws ATTACHMENT_GONE, DESCRIPTION_UNFIT */
  describe(who: Dweeter, id: string, description: string): Promise<Attachment>
  /** One of these; one that is not there stays so. */
  detach(who: Dweeter, id: string): Promise<void>
  /**
   * Of a dweet, for those who may see that. @throws AnilloError DWEET_GONE, ATTACHMENT_GONE
   */
  open(who: Dweeter, dweet: string, id: string, options?: CallOptions): Promise<OpenAttachment>
  /**
   * Of a dweet that somebody reported, for moderators, whoever may see the dweet.
   * @throws AnilloError PERMISSION_MISSING, REPORT_GONE, ATTACHMENT_GONE
   */
  inspect(
    who: Dweeter,
    dweet: string,
    id: string,
    options?: CallOptions,
  ): Promise<InspectedAttachment>
}
