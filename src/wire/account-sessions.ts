/** How many sessions of accounts a member has, as others ask it at a log-in. */
import { Type } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import { Count } from './shapes.ts'

/** Accounts of one question. */
export const SESSIONS_ASKED_MAX = 256

/** A log-in waits for no member longer than that. */
const ASK_MS = SECOND_MS

export const askSessions = defineMethod({
  name: 'sessions.count',
  question: Type.Object({
    nicks: Type.Array(Type.String({ maxLength: 64 }), { maxItems: SESSIONS_ASKED_MAX }),
  }),
  /** In the order of the nicks. */
  answer: Type.Object({ counts: Type.Array(Count, { maxItems: SESSIONS_ASKED_MAX }) }),
  timeoutMs: ASK_MS,
  idempotent: true,
})
