/** What whoever took a scheduled task asks of the other members. */
import { Type } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'

/** Read all chunks on your disk, slowly; once for each number, which only grows. */
export const beginScrub = defineMethod({
  name: 'chunks.beginScrub',
  question: Type.Object({ number: Type.Integer({ minimum: 1 }) }),
  answer: Type.Object({}),
  timeoutMs: 2 * SECOND_MS,
  idempotent: true,
})
