/**
 * Bodies of files: contents that are written in pieces, sealed once, read in ranges and joined
 * (docs/spec/tree.md, *Bodies*). All reject with AnilloError; besides what is named, any may throw
 * STORE_UNAVAILABLE, BUSY, OUTCOME_UNKNOWN, RPC_CANCELLED.
 */
import type { CallOptions } from '../../../store/types.ts'

/** Where the bytes of a file are: in its entry's row, or in a content. */
export type Body =
  | { readonly kind: 'here'; readonly bytes: Uint8Array }
  | { readonly kind: 'content'; readonly id: string; readonly bytes: number }

/** It never changes any more. `sha256`: of all bytes, 64 hex digits. */
export type SealedBody = Body & { readonly sha256: string }

export interface ContentHead {
  /** Durable. */
  readonly bytes: number
  readonly state: 'open' | 'sealed'
  /** Once it is sealed. */
  readonly sha256?: string
  /** Logged time of its last change, ms since 1970. */
  readonly atMs: number
}

export interface WriterAsk {
  /** For whom: told by who looks after the ring. */
  readonly nick: string
  /** Nobody waits any more: `push` rejects, no more is taken. What came by then can be left. */
  readonly signal?: AbortSignal
}

export interface JoinAsk extends WriterAsk {
  /**
   * More will be joined behind it: of a first body that was joined so, too, nothing is read but its
   * end. The first time it costs more.
   */
  readonly isGrowing?: boolean
  /**
   * Chunks stay as they are where bodies meet, too: nothing is written anew, and what comes of it
   * has no chunks in common with the same bytes that came in one piece.
   */
  readonly keepsCuts?: boolean
}

export interface ByteRange {
  readonly from: number
  /** Not included. */
  readonly to: number
}

export interface Contents {
  /** Nothing is durable before the first append. */
  begin(ask: WriterAsk): ContentWriter
  /**
   * Goes on behind what is durable of it, at any member. One that is sealed already takes no more
   * bytes, and is told as it is. @throws NO_ENTRY where it is gone
   */
  resume(id: string, ask: WriterAsk): Promise<ContentWriter>
  head(id: string, options?: CallOptions): Promise<ContentHead | undefined>
  /**
   * In order, verified, fetched ahead within a bounded memory, which is used again: a piece is the
   * taker's until the next one is asked for. @throws NO_ENTRY where it is gone
   */
  read(body: Body, range: ByteRange, options?: CallOptions): AsyncIterable<Uint8Array>
  /**
   * One of several, in this order; each must be sealed. Chunks are referred to, and cut anew only
   * where two meet; all of it is read once, for its SHA-256. @throws NO_ENTRY where one is gone
   */
  join(bodies: readonly Body[], ask: JoinAsk): Promise<SealedBody>
}

/** One caller at a time. After a failure each call but `discard` rejects with that failure. */
export interface ContentWriter {
  /** 32 hex digits. */
  readonly id: string
  /** Bytes before the first one that `push` takes. */
  readonly at: number
  /** Resolves when more may come; the piece is the caller's again then. @throws DISK_FULL */
  push(piece: Uint8Array): Promise<void>
  /** All of it, durable; it takes no more. Asked for again it is told again. */
  seal(options?: CallOptions): Promise<SealedBody>
  /** All that `push` took. @returns bytes that are durable then @throws UPLOAD_OFFSET */
  makeDurable(): Promise<number>
  /** What came so far is made durable, and can be gone on with for a day. */
  leave(): Promise<void>
  /** Nothing of it stays. What is sealed goes by itself, a day later, if nobody holds it. */
  discard(): Promise<void>
}
