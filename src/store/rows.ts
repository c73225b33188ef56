/** Records as they travel between members (wire/reads.ts), and back. */
import type { Row } from '../wire/reads.ts'
import type { StoredRecord } from './partition/procedure.ts'

export function rowOf({ sk, value, etag, expiresAtMs }: StoredRecord): Row {
  return [sk, value, etag.generation, etag.index, expiresAtMs ?? null]
}

export function recordOf([sk, value, generation, index, expiresAtMs]: Row): StoredRecord {
  return { sk, value, etag: { generation, index }, expiresAtMs: expiresAtMs ?? undefined }
}
