/** What members ask of one another about chunks (docs/spec/chunks.md). */
import { Type, type Static } from 'typebox'

import { KIB, SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import { Bytes, Count, Hex32, Hex64, Partition } from './shapes.ts'

/** What a chunk travels in: beats of groups come through between two such. */
export const BLOCK_BYTES = 256 * KIB
const BLOCK_TIMEOUT_MS = 10 * SECOND_MS

/** One member writes a chunk: it may have to apply much before, and its disk may be slow. */
export const TAKE_TIMEOUT_MS = 20 * SECOND_MS

const INVENTORY_TIMEOUT_MS = 10 * SECOND_MS
/** Of an inventory: 256 KiB of hashes. */
export const INVENTORY_PAGE_MAX = 8_192
/** Named in one question about chunks: they are few where all is well. */
export const NAMED_MAX = 1_000

const MEMBERS_MAX = 16

const Hashes = Type.Array(Hex64, { maxItems: NAMED_MAX })

const TakeQuestion = Type.Object({
  hash: Hex64,
  /** Applied before: the chunk's row stands, and what removed it earlier is past. */
  index: Count,
  /** Who has the bytes, likeliest first. */
  from: Type.Array(Hex32, { minItems: 1, maxItems: MEMBERS_MAX }),
  /** Is asked for it at the same time, and gives on what comes: asked before all others. */
  after: Type.Optional(Hex32),
  /** Within the budget for repair. */
  isRepair: Type.Boolean(),
})
export type TakeQuestion = Static<typeof TakeQuestion>

const TakeAnswer = Type.Object({
  /**
   * `held`: on the medium. `notMember`: not in the group's configuration, or about to leave it.
   * `behind`: that index is not applied in time. `gone`: the chunk has no row. `noSource`: nobody
   * gave the bytes. `full`: no room.
   */
  outcome: Type.Union([
    Type.Literal('held'),
    Type.Literal('notMember'),
    Type.Literal('behind'),
    Type.Literal('gone'),
    Type.Literal('noSource'),
    Type.Literal('full'),
  ]),
  /** It was not there before this question. */
  isFetched: Type.Optional(Type.Boolean()),
})
export type TakeAnswer = Static<typeof TakeAnswer>
export type TakeOutcome = TakeAnswer['outcome']

/** Have this chunk on your disk: it is fetched from who has it. */
export const takeChunk = defineMethod({
  name: 'chunk.take',
  question: TakeQuestion,
  answer: TakeAnswer,
  timeoutMs: TAKE_TIMEOUT_MS,
  idempotent: true,
})

/**
 * A piece of a chunk, as bytes alone, which cross the wire without being packed. The one that is
 * shorter than `BLOCK_BYTES` is the last; behind it there are empty ones.
 * @throws AnilloError NOT_FOUND, CHUNK_LOST where a row stands all the same
 */
export const chunkBlock = defineMethod({
  name: 'chunk.block',
  question: Type.Object({
    hash: Hex64,
    block: Count,
    /** The asked member is about to get it: it waits for that. */
    isComing: Type.Optional(Type.Boolean()),
  }),
  answer: Type.Refine(Bytes, (it) => it.length <= BLOCK_BYTES),
  timeoutMs: BLOCK_TIMEOUT_MS,
  idempotent: true,
})

/** Which chunks are on the disk: a page of those that begin with these two digits, sorted. */
export const chunkInventory = defineMethod({
  name: 'chunk.inventory',
  question: Type.Object({
    digits: Type.String({ pattern: '^[0-9a-f]{2}$' }),
    /** Applied before: what was collected up to it is gone. */
    index: Count,
    after: Type.Union([Hex64, Type.Null()]),
  }),
  answer: Type.Object({
    /** `false`: that index is not applied in time, or no replica is here. */
    isSure: Type.Boolean(),
    /** Of 32 bytes each. */
    hashes: Type.Refine(Bytes, (it) => it.length <= 32 * INVENTORY_PAGE_MAX),
    hasMore: Type.Boolean(),
  }),
  timeoutMs: INVENTORY_TIMEOUT_MS,
  idempotent: true,
})

/**
 * These are too many here: those go that have no row at this index or later, and those of which the
 * asked member finds too that others are preferred.
 */
export const dropChunks = defineMethod({
  name: 'chunk.drop',
  question: Type.Object({ group: Partition, index: Count, hashes: Hashes }),
  answer: Type.Object({ dropped: Count }),
  timeoutMs: INVENTORY_TIMEOUT_MS,
  idempotent: true,
})

/** Take no more chunks of the group for `LEAVING_MS`; answered when none is being taken. */
export const leaveChunks = defineMethod({
  name: 'chunk.leave',
  question: Type.Object({ group: Partition }),
  answer: Type.Object({}),
  timeoutMs: TAKE_TIMEOUT_MS,
  idempotent: true,
})

/**
 * From a member outside of the group that has chunks of it still, to the group's leader: which of
 * them may go? Those that are needed are fetched from it.
 */
export const strayChunks = defineMethod({
  name: 'chunk.stray',
  question: Type.Object({ group: Partition, hashes: Hashes }),
  answer: Type.Object({ spare: Hashes }),
  timeoutMs: INVENTORY_TIMEOUT_MS,
  idempotent: true,
})
