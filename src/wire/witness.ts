/** What a member asks of another that is to see a page with it. */
import { Type } from 'typebox'

import { defineMethod } from './method.ts'
import { Hex64 } from './shapes.ts'
import { SignedStatement, WITNESSES_MAX, WITNESSES_MIN } from './testimony.ts'

/** Nobody waits longer for one witness; the asker says how long it still waits. */
const TIMEOUT_MS = 90_000

/** Has the page downloaded there, and what was seen told, signed. Nothing is kept. */
export const askWitness = defineMethod({
  name: 'pages.witness',
  question: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2_048 }),
    /** Of the request: the same for all of its witnesses. */
    nonce: Hex64,
    witnesses: Type.Integer({ minimum: WITNESSES_MIN, maximum: WITNESSES_MAX }),
  }),
  answer: Type.Object({
    statement: SignedStatement,
    /** That signed the certificate, PEM. */
    authority: Type.String({ minLength: 1, maxLength: 2_048 }),
    /** What the site answered. */
    status: Type.Integer(),
  }),
  timeoutMs: TIMEOUT_MS,
  // The site would be asked twice.
  idempotent: false,
})
