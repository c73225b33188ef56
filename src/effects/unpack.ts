/** Content codings of HTTP (RFC 9110, 8.4.1), undone in a stream. */

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd'

export interface Unpack {
  /**
   * Pieces of at most 64 KiB. Leaving the loop frees what it holds. @throws AnilloError
   * FETCH_BROKEN when the data is not of that coding
   */
  unpack(coding: ContentCoding, packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}
