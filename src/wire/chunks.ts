/** What a chunk's partition is told of it, in logs and messages (docs/spec/chunks.md). */
import { Type, type Static } from 'typebox'

import { MIB } from '../base/limits.ts'
import { reader } from './method.ts'
import { isName, SK_BYTES_MAX } from './record-limits.ts'
import { Hex32, Hex64, Partition } from './shapes.ts'

/** One chunk is held in memory whole while it is sealed, sent and checked. */
export const CHUNK_BYTES_MAX = 4 * MIB

/** What refers to a chunk: names a record and what of it. It is a sort key. */
export const REFERENCE_BYTES_MAX = SK_BYTES_MAX

/** In one message: some five rows each, and a message that was refused would lose them. */
export const CHUNKS_PER_MESSAGE_MAX = 256

/** Of one transaction: 16 GiB; larger content has lists of chunks of its own. */
export const CHUNKS_PER_TRANSACTION_MAX = 4_096

const Bytes = Type.Integer({ minimum: 1, maximum: CHUNK_BYTES_MAX })
const DurationMs = Type.Integer({ minimum: 0 })
const Reference = Type.Refine(Type.String(), (it) => isName(it, REFERENCE_BYTES_MAX))

/** An upload is about to have the chunk written; its record's partition settles the pin. */
export const ChunkPin = Type.Object({
  hash: Hex64,
  bytes: Bytes,
  upload: Hex32,
  partition: Partition,
})
export type ChunkPin = Static<typeof ChunkPin>

const MANY = { minItems: 1, maxItems: CHUNKS_PER_MESSAGE_MAX }

/** A record refers to chunks; the pins of the upload that brought them have done their work. */
export const ChunkRefer = Type.Object({
  chunks: Type.Array(Type.Object({ hash: Hex64, bytes: Bytes }), MANY),
  reference: Reference,
  upload: Type.Optional(Hex32),
})
export type ChunkRefer = Static<typeof ChunkRefer>

export const ChunkUnrefer = Type.Object({ hashes: Type.Array(Hex64, MANY), reference: Reference })
export type ChunkUnrefer = Static<typeof ChunkUnrefer>

export const ChunkUnpin = Type.Object({ hash: Hex64, upload: Hex32 })
export type ChunkUnpin = Static<typeof ChunkUnpin>

export const ChunkCollect = Type.Object({ hash: Hex64, graceMs: DurationMs })
export type ChunkCollect = Static<typeof ChunkCollect>

/** Asked of the record's partition: will this upload ever refer to the chunk? */
export const UploadSettle = Type.Object({ upload: Hex32, hash: Hex64 })
export type UploadSettle = Static<typeof UploadSettle>

export const readChunkPin = reader(ChunkPin)
export const readChunkRefer = reader(ChunkRefer)
export const readChunkUnrefer = reader(ChunkUnrefer)
export const readChunkUnpin = reader(ChunkUnpin)
export const readChunkCollect = reader(ChunkCollect)
export const readUploadSettle = reader(UploadSettle)

export function isChunkHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

export function isUploadId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}
