/**
 * What members ask of one another about groups: their state, an offer and then its blocks in order;
 * and whether they still belong to one.
 */
import { Type, type Static } from 'typebox'

import { parseMemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import type { SnapshotOffer } from './raft.ts'
import { Bytes, Count, Hex32, Hex64, Partition } from './shapes.ts'

/** A block is 256 KiB; freezing a state waits for the database. */
const SNAPSHOT_TIMEOUT_MS = 10 * SECOND_MS
/** A leader that cannot confirm in this time is asked again later. */
export const STANDING_TIMEOUT_MS = 2 * SECOND_MS

const Members = Type.Array(Hex32, { maxItems: 255 })

const Point = Type.Object({ index: Count, term: Count })

const Offer = Type.Object({
  point: Point,
  voters: Members,
  learners: Members,
  outgoing: Members,
})
export type OfferAnswer = Static<typeof Offer>

/** Freezes the group's state; `resume`: the one that blocks were taken of, where it still is. */
export const snapshotOffer = defineMethod({
  name: 'store.snapshotOffer',
  question: Type.Object({ group: Partition, resume: Type.Optional(Point) }),
  answer: Offer,
  timeoutMs: SNAPSHOT_TIMEOUT_MS,
  idempotent: true,
})

/** @throws AnilloError NOT_FOUND when it is no longer kept */
export const snapshotBlock = defineMethod({
  name: 'store.snapshotBlock',
  question: Type.Object({ group: Partition, point: Point, number: Count }),
  answer: Type.Object({
    number: Count,
    bytes: Bytes,
    hash: Hex64,
    isLast: Type.Boolean(),
  }),
  timeoutMs: SNAPSHOT_TIMEOUT_MS,
  idempotent: true,
})

const Standing = Type.Object({
  /** `unknown`: the one that was asked does not lead the group. */
  standing: Type.Union([
    Type.Literal('member'),
    Type.Literal('notMember'),
    Type.Literal('unknown'),
  ]),
  /** Last entry of the leader. */
  index: Count,
})
export type StandingAnswer = Static<typeof Standing>

export const groupStanding = defineMethod({
  name: 'store.standing',
  question: Type.Object({ group: Partition }),
  answer: Standing,
  timeoutMs: STANDING_TIMEOUT_MS,
  idempotent: true,
})

export function answerOf({ point, configuration }: SnapshotOffer): OfferAnswer {
  const { voters, learners, outgoing = [] } = configuration
  return { point, voters: [...voters], learners: [...learners], outgoing: [...outgoing] }
}

export function offerOf({ point, voters, learners, outgoing }: OfferAnswer): SnapshotOffer {
  const configuration = {
    voters: voters.map(parseMemberId),
    learners: learners.map(parseMemberId),
  }
  const joint = outgoing.map(parseMemberId)
  return {
    point,
    configuration: joint.length === 0 ? configuration : { ...configuration, outgoing: joint },
  }
}
