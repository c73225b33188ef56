/**
 * What was done to files, packed: many acts a row.
 *
 *     files.acts  one pk a partition  sk TIME.NUMBER.PARTITION, in that order
 */
import { Type, type Static } from 'typebox'

import { DAY_MS, KIB } from '../../../base/limits.ts'
import type { FileActName } from '../../../wire/file-acts.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { Count } from '../../../wire/shapes.ts'

export const ACTS_TABLE = 'files.acts'

/** In one entry of a log. */
export const ACTS_AT_ONCE = 256
export const ACTS_BYTES_AT_ONCE = 16 * KIB
/** Of a path; a longer one is cut. */
export const ACT_TEXT_BYTES_MAX = KIB

export const ACTS_KEPT_MS = 30 * DAY_MS
/**
 * Of one partition; beyond them the oldest go. 64 partitions: 32,768 acts at least, and 512 MiB of
 * full rows at most.
 */
export const ACT_ROWS_MAX = 512

const TEXT_CHARS_MAX = ACT_TEXT_BYTES_MAX
const Text = Type.String({ maxLength: TEXT_CHARS_MAX })

export const ActShape = Type.Object({
  /** Nick, folded; `null`: a guest. */
  by: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  what: Type.Unsafe<FileActName>(Type.String({ maxLength: 64 })),
  path: Text,
  /** Where it went, or what came of it. */
  to: Type.Optional(Text),
  bytes: Type.Optional(Count),
  /** `FTP`, `HTTP`. */
  door: Type.String({ maxLength: 16 }),
  address: Type.Optional(Type.String({ maxLength: 64 })),
  /** As the member’s clock had it. */
  atMs: Type.Optional(Count),
})

const StoredAct = Type.Object({ ...ActShape.properties, atMs: Count })
export type ActRow = Readonly<Static<typeof StoredAct>>

export const ActsRow = Type.Object({ acts: Type.Array(StoredAct, { maxItems: ACTS_AT_ONCE }) })
export const readActsRow = rowReader(ActsRow)
