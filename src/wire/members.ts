/** What members ask of one another about themselves. */
import { Type } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { Member, RingEvent } from './api.ts'
import { defineMethod } from './method.ts'

/** The member as it sees itself: who it is, where it stands, what it holds and does. */
export const describeMember = defineMethod({
  name: 'member.describe',
  question: Type.Object({}),
  answer: Member,
  timeoutMs: SECOND_MS,
  idempotent: true,
})

/** Its doings: up to `recent` of the latest, then each new one. */
export const followDoings = defineMethod({
  name: 'member.doings',
  kind: 'stream',
  question: Type.Object({ recent: Type.Integer({ minimum: 0, maximum: 1_000 }) }),
  answer: RingEvent,
  // A quiet member may have nothing to tell for long; a dead one is noticed by its connection.
  timeoutMs: 24 * 3600 * SECOND_MS,
  idempotent: true,
})
