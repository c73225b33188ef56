/** gzip as a row of members (RFC 1952, 2.2), each of which can be read by itself. */

/** Data of a member, or its end: `offset` is that of the first packed byte behind it. */
export type GzipPiece =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly offset: number }

export interface Gzip {
  /** One member. The same data gives the same bytes. Leaving the loop frees what it holds. */
  pack(plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /**
   * Data in pieces of at most 64 KiB; an `end` closes each member, after its check sum held.
   * Leaving the loop frees what it holds. @throws AnilloError ARCHIVE_BROKEN with the offset of the
   * member that is cut short or damaged
   */
  members(packed: AsyncIterable<Uint8Array>): AsyncIterable<GzipPiece>
}
