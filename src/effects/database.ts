/**
 * An embedded, ordered store of byte keys and byte values, one a member. Reads are synchronous and
 * see the last finished batch; a batch is applied whole or not at all. Writing is done beside the
 * event loop, one batch after the other in the order asked for.
 */

export type DatabaseWrite =
  | { readonly kind: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: Uint8Array }
  /** All keys from `from` on, `to` not included. */
  | { readonly kind: 'deleteRange'; readonly from: Uint8Array; readonly to: Uint8Array }

export interface ScanOptions {
  /** First key, itself included; from the very first where absent. */
  readonly from?: Uint8Array
  /** Where to stop, itself not included; at the very last where absent. */
  readonly to?: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
  /** Stop after the entry with which keys and values reach so many bytes. */
  readonly bytesMax?: number
}

export interface DatabaseEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface DatabaseReader {
  get(key: Uint8Array): Uint8Array | undefined
  /** In byte order of the keys; `reverse` from the last before `to` down to `from`. */
  scan(options: ScanOptions): readonly DatabaseEntry[]
}

/** What stood in the database at one moment; costs space for as long as it is open. */
export interface DatabaseView extends DatabaseReader {
  close(): void
}

export interface Database extends DatabaseReader {
  /**
   * After it, reads see the whole batch. It survives the end of the process, but a loss of power
   * only after the next `checkpoint`; what survives is a prefix of the batches.
   * @throws AnilloError DISK_FULL (nothing is written), DATA_DAMAGED
   */
  write(batch: readonly DatabaseWrite[]): Promise<void>
  /** What was written before it was called is on the medium. */
  checkpoint(): Promise<void>
  /** At most `DATABASE_VIEWS_MAX` at once. @throws AnilloError BUSY */
  view(): DatabaseView
  /** Bytes that it takes on the disk. */
  size(): Promise<number>
  close(): Promise<void>
}

/** Each holds a connection and keeps the database's log from being cut. */
export const DATABASE_VIEWS_MAX = 4

export interface Databases {
  /**
   * Opens or makes the database at this path of the member's directory. @throws AnilloError
   * DATA_DAMAGED
   */
  open(path: string): Promise<Database>
}
