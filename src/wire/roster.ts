/** What members ask of one another about who is enrolled, and about replicas on their way. */
import { Type, type Static } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { ChunkCare, ReplicaMove } from './api.ts'
import { defineMethod } from './method.ts'
import { PARTITIONS } from './partition.ts'
import { Hex32, Partition } from './shapes.ts'

const ANSWER_TIMEOUT_MS = 2 * SECOND_MS

/** The list that the asked member has, where it is newer than the asker's. */
export const fetchRoster = defineMethod({
  name: 'ring.roster',
  question: Type.Object({ index: Type.Number({ minimum: 0 }) }),
  answer: Type.Object({
    /** `Roster`, checked row by row: a later version's rows may be of another shape. */
    roster: Type.Optional(
      Type.Object({
        index: Type.Number({ minimum: 0 }),
        members: Type.Array(Type.Unknown(), { maxItems: 2_000 }),
        settings: Type.Record(Type.String(), Type.Unknown()),
        level: Type.Optional(Type.Number({ minimum: 1 })),
      }),
    ),
  }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

const PlaceQuestion = Type.Object({
  group: Partition,
  /**
   * `look`: so little is to be copied that it takes no place; does the member answer at all?
   * `begin`: may a copy of the group begin? `goOn`: it goes on, say so before the place is given to
   * another. `end`: it is there, or not wanted any more.
   */
  phase: Type.Union([
    Type.Literal('look'),
    Type.Literal('begin'),
    Type.Literal('goOn'),
    Type.Literal('end'),
  ]),
  /** Index of the ring's list that the leader has: a newer one is asked for. */
  roster: Type.Number({ minimum: 0 }),
})
export type PlaceQuestion = Static<typeof PlaceQuestion>

/** From a group's leader to the member that is to hold it: few copies come in at once. */
export const askPlace = defineMethod({
  name: 'placement.place',
  question: PlaceQuestion,
  answer: Type.Object({ isGranted: Type.Boolean() }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

const Ids = Type.Array(Hex32, { maxItems: 16 })

/** A group as its leader sees it. */
export const LedReport = Type.Object({
  group: Partition,
  term: Type.Number({ minimum: 0 }),
  voters: Ids,
  learners: Ids,
  outgoing: Type.Optional(Ids),
  /** Members that do not answer this leader. */
  down: Ids,
  moves: Type.Array(ReplicaMove, { maxItems: 32 }),
  /** Of the chunk that has the fewest. */
  chunkCopies: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type LedReport = Static<typeof LedReport>

/** What a member leads, and what it fetches from others. */
export const describeLed = defineMethod({
  name: 'placement.describe',
  question: Type.Object({}),
  answer: Type.Object({
    leads: Type.Array(LedReport, { maxItems: PARTITIONS }),
    incoming: Type.Array(
      Type.Object({
        group: Partition,
        bytes: Type.Number({ minimum: 0 }),
      }),
      { maxItems: PARTITIONS },
    ),
    /** Its disk is nearly full. */
    isDiskFull: Type.Optional(Type.Boolean()),
    chunks: Type.Optional(ChunkCare),
    /** Its clock, ms since 1970. */
    wallMs: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  timeoutMs: SECOND_MS,
  idempotent: true,
})
