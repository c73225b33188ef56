/**
 * An embedded, ordered store of byte keys and byte values, one a member. Reads are synchronous and
 * see the last finished batch; a batch is applied whole or not at all.
 */

export type DatabaseWrite =
  | { readonly kind: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: Uint8Array }

export interface ScanOptions {
  /** First key, itself included; from the very first where absent. */
  readonly from?: Uint8Array
  /** Where to stop, itself not included; at the very last where absent. */
  readonly to?: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

export interface DatabaseEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface Database {
  get(key: Uint8Array): Uint8Array | undefined
  /** In byte order of the keys; `reverse` from the last before `to` down to `from`. */
  scan(options: ScanOptions): readonly DatabaseEntry[]
  /**
   * After it, reads see the whole batch; `sync` also puts it, and all before it, onto the medium.
   */
  write(batch: readonly DatabaseWrite[], sync: boolean): Promise<void>
  close(): Promise<void>
}

export interface Databases {
  /**
   * Opens or makes the database at this path of the member's directory. @throws AnilloError
   * DATA_DAMAGED
   */
  open(path: string): Promise<Database>
}
