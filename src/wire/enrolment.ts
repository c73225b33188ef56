/** What members ask of one another about letting others in. */
import { Type } from 'typebox'

import { KIB, SECOND_MS } from '../base/limits.ts'
import { Role, Waiting } from './api.ts'
import { defineMethod } from './method.ts'
import { Hex64 } from './shapes.ts'

const Pem = Type.String({ maxLength: 8 * KIB })
const ANSWER_TIMEOUT_MS = 3 * SECOND_MS

export const SIX_DIGITS = '^[0-9]{6}$'

/** Of a holder of the authority's key: the asking member's next certificate. */
export const renewCertificate = defineMethod({
  name: 'enrol.renew',
  question: Type.Object({ requestPem: Pem }),
  answer: Type.Object({ certificatePem: Pem, certificateUntilMs: Type.Number() }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** Of a holder: the authority's key itself, for a member whose warrant says that it stores data. */
export const copyAuthority = defineMethod({
  name: 'enrol.authority',
  question: Type.Object({
    roles: Type.Array(Role, { maxItems: 3 }),
    warrant: Hex64,
  }),
  answer: Type.Object({ privateKeyPem: Pem, certificatePem: Pem }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** Who waits at that member. */
export const listWaiting = defineMethod({
  name: 'enrol.waiting',
  question: Type.Object({}),
  answer: Type.Object({ waiting: Type.Array(Waiting, { maxItems: 64 }) }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** Lets in the one that waits at that member with this code; `false` where it is gone. */
export const admitWaiting = defineMethod({
  name: 'enrol.admit',
  question: Type.Object({ code: Type.String({ pattern: SIX_DIGITS }) }),
  answer: Type.Object({ admitted: Type.Boolean() }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** Does a person let that member admit its local network, and is this host in it? */
export const admitsLocally = defineMethod({
  name: 'enrol.local',
  question: Type.Object({ host: Type.String({ maxLength: 300 }) }),
  answer: Type.Object({ admits: Type.Boolean() }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})
