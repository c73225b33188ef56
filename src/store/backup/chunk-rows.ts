/** Which chunks the rows of a partition speak of. */
import type { DatabaseEntry } from '../../effects/database.ts'
import { CHUNKS_TABLE, decodeChunkRow, REFERENCES_TABLE } from '../chunks/rows.ts'
import { readRecordKey, SPACE } from '../partition/keys.ts'
import { readRecord } from '../partition/records.ts'

export interface ChunkInRows {
  /** SHA-256, 64 hex digits. */
  readonly hash: string
  readonly bytes: number
  readonly sinceIndex: number
  /**
   * A record refers to it. Others are of uploads under way: the bytes may be there, and the
   * reference on its way, or not.
   */
  readonly isReferred: boolean
}

export class ChunksInRows {
  readonly #referred = new Set<string>()
  readonly #chunks = new Map<string, Omit<ChunkInRows, 'hash' | 'isReferred'>>()

  add(entries: readonly DatabaseEntry[]): void {
    for (const { key, value } of entries) {
      if (key[0] !== SPACE.record) continue
      const { table, pk, sk } = readRecordKey(key)
      if (table === REFERENCES_TABLE) this.#referred.add(pk)
      if (table !== CHUNKS_TABLE) continue
      const { bytes, freeSinceMs, sinceIndex } = decodeChunkRow(readRecord(sk, value).value)
      // What nothing holds is about to be collected.
      if (freeSinceMs === undefined) this.#chunks.set(sk, { bytes, sinceIndex })
    }
  }

  chunks(): readonly ChunkInRows[] {
    return [...this.#chunks].map(([hash, row]) => ({
      hash,
      ...row,
      isReferred: this.#referred.has(hash),
    }))
  }
}
