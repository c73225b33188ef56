/** What `/.web` is made of, as the service of pages has it: this service knows no other one. */
import type { CallOptions } from '../../../store/types.ts'

/** A content of a page. */
export interface ArchivedPage {
  /** 64 hex digits. */
  readonly id: string
  readonly url: string
  /** When the content was first seen, ms since 1970. */
  readonly sinceMs: number
  readonly bytes: number
  /** SHA-256, 64 hex digits. */
  readonly hash: string
}

/** TIME is a day in UTC, `2026-11-21`, or `latest`. Lists are in no order. */
export interface WebArchive {
  /** With their ports, where these are not those of the scheme; some more than once. */
  hosts(options?: CallOptions): AsyncIterable<string>
  /** Some more than once; none: the host is not known. */
  times(host: string, options?: CallOptions): AsyncIterable<string>
  pages(host: string, time: string, options?: CallOptions): AsyncIterable<ArchivedPage>
  page(
    of: { readonly url: string; readonly time: string },
    options?: CallOptions,
  ): Promise<ArchivedPage | undefined>
  pageOf(
    of: { readonly host: string; readonly time: string; readonly id: string },
    options?: CallOptions,
  ): Promise<ArchivedPage | undefined>
  /** `undefined`: it was taken away. */
  body(page: ArchivedPage, options?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined>
}
