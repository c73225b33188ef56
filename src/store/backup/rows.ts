/**
 * Which rows of a partition a backup has, and their hashes. Sessions are left out: they end with
 * the generation in which they were opened. What a partition knows about itself (its last index,
 * its time) stands apart from the other rows, since every entry changes it.
 */
import { concat, utf8 } from '../../base/bytes.ts'
import { Sha256, sha256Hex } from '../../base/hash.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import { RING_TABLE } from '../../wire/partition.ts'
import { ROTATION_TABLE } from '../../wire/rotation.ts'
import { SCHEDULE_TABLE } from '../../wire/schedule.ts'
import { AUDIT_TABLE } from '../../wire/users.ts'
import { CHUNK_TABLES, REFERENCES_TABLE } from '../chunks/rows.ts'
import { META_KEY, readRecordKey, SPACE, spaceRange } from '../partition/keys.ts'
import { readRecord } from '../partition/records.ts'
import { packEntries } from '../state/blocks.ts'

/** Behind meta, sessions and their answers. */
export const ROWS_FROM = spaceRange(SPACE.retry).from

export type ScanRows = (options: ScanOptions) => readonly DatabaseEntry[]

/** What a partition knows about itself; `undefined` before its first entry. */
export function metaRowIn(scan: ScanRows): Uint8Array | undefined {
  const to = concat([META_KEY, Uint8Array.of(0)])
  return scan({ from: META_KEY, to, limit: 1 })[0]?.value
}

/** Over all rows but the one about itself: equal where nothing else changed. */
export class RowsHash {
  readonly #hash = new Sha256()

  /** In order. */
  add(entries: readonly DatabaseEntry[]): void {
    if (entries.length > 0) this.#hash.update(packEntries(entries))
  }

  /** The object is used up. */
  digestHex(): string {
    return this.#hash.digestHex()
  }
}

const NOT_CONTENT: ReadonlySet<string> = new Set([
  // A backup is noted there, too.
  AUDIT_TABLE,
  RING_TABLE,
  ROTATION_TABLE,
  SCHEDULE_TABLE,
  ...CHUNK_TABLES.filter((table) => table !== REFERENCES_TABLE),
])

/**
 * Over what people stored: each record's names, value and time of expiry, in the order of their
 * keys, without the indexes under which a log has them. The ring's own table is left out, since
 * members are of a ring and not of what it keeps, as are its authority and the coordinator's
 * schedule; so is what
 * moves chunks about: which are referred to counts, and names them by their hashes.
 */
export class RecordsHash {
  readonly #hash = new Sha256()
  #records = 0

  get records(): number {
    return this.#records
  }

  /** In order; rows that are no records are passed over. */
  add(entries: readonly DatabaseEntry[]): void {
    const hashed: DatabaseEntry[] = []
    for (const { key, value } of entries) {
      if (key[0] !== SPACE.record || NOT_CONTENT.has(readRecordKey(key).table)) continue
      const { expiresAtMs = 0, value: content } = readRecord('', value)
      hashed.push({ key, value: concat([utf8(`${expiresAtMs} `), content]) })
    }
    this.#records += hashed.length
    if (hashed.length > 0) this.#hash.update(packEntries(hashed))
  }

  /** The object is used up. */
  digestHex(): string {
    return this.#hash.digestHex()
  }
}

/**
 * The hash of a ring's whole content, from those of its partitions in their order. Records name
 * chunks by their hashes, so that it covers these too.
 */
export function contentHashOf(recordsHashes: readonly string[]): string {
  return sha256Hex(recordsHashes.join(' '))
}
