/** Shapes that many messages have in common. */
import { Type } from 'typebox'

import { PARTITIONS } from './partition.ts'

export const Bytes = Type.Refine(
  Type.Unsafe<Uint8Array>(Type.Unknown()),
  (value) => value instanceof Uint8Array,
)

/** Ids of members, rings, uploads: of 16 bytes. */
export const Hex32 = Type.String({ pattern: '^[0-9a-f]{32}$' })
/** Hashes and positions: of 32 bytes. */
export const Hex64 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** Of things, or an index. */
export const Count = Type.Integer({ minimum: 0 })

export const Partition = Type.Integer({ minimum: 0, maximum: PARTITIONS - 1 })
