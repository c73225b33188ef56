/**
 * Which rows of a partition a backup has, and their hashes. Sessions are left out: they end with
 * the generation in which they were opened. So is what signs access tokens: whoever reads a backup
 * would pass for anybody at the ring that it is of. A restored ring makes keys of its own. What a
 * partition knows about itself (its last index, its time) stands apart from the other rows, since
 * every entry changes it.
 */
import { concat, utf8 } from '../../base/bytes.ts'
import { Sha256, sha256Hex } from '../../base/hash.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import { RING_TABLE } from '../../wire/partition.ts'
import { ROTATION_TABLE } from '../../wire/rotation.ts'
import { SCHEDULE_TABLE } from '../../wire/schedule.ts'
import { AUDIT_TABLE, SIGNING_PK, TOKENS_TABLE } from '../../wire/users.ts'
import { CHUNK_TABLES, REFERENCES_TABLE } from '../chunks/rows.ts'
import {
  META_KEY,
  readExpiryKey,
  readRecordKey,
  recordRange,
  SPACE,
  spaceRange,
} from '../partition/keys.ts'
import { metaRow, readMeta } from '../partition/meta.ts'
import { readRecord } from '../partition/records.ts'
import { packEntries } from '../state/blocks.ts'

/** Behind meta, sessions and their answers. */
export const ROWS_FROM = spaceRange(SPACE.retry).from

export type ScanRows = (options: ScanOptions) => readonly DatabaseEntry[]

const LEFT_OUT_MAX = 64
const LEFT_OUT = recordRange({ table: TOKENS_TABLE, pk: SIGNING_PK, limit: LEFT_OUT_MAX })

/** A record that no backup has, or the row that says when it expires. */
export function isLeftOut(key: Uint8Array): boolean {
  if (key[0] === SPACE.expiry) return isLeftOut(readExpiryKey(key).row)
  return LEFT_OUT.from.every((byte, at) => key[at] === byte)
}

/**
 * What a partition knows about itself, as if it had no more than a backup has; `undefined` before
 * its first entry.
 */
export function metaRowIn(scan: ScanRows): Uint8Array | undefined {
  const to = concat([META_KEY, Uint8Array.of(0)])
  const row = scan({ from: META_KEY, to, limit: 1 })[0]?.value
  const leftOut = row === undefined ? [] : scan({ ...LEFT_OUT, limit: LEFT_OUT_MAX })
  if (leftOut.length === 0) return row
  const meta = readMeta({ get: () => row })
  const bytes = leftOut.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
  const { recordBytes, records } = meta
  return metaRow({ ...meta, records: records - leftOut.length, recordBytes: recordBytes - bytes })
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
