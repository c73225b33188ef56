/** What members ask of one another about letting others in. */
import { Type, type Static } from 'typebox'

import { KIB, SECOND_MS } from '../base/limits.ts'
import { Role, Waiting } from './api.ts'
import { defineMethod } from './method.ts'
import { Hex64 } from './shapes.ts'

const Pem = Type.String({ maxLength: 8 * KIB })
const ANSWER_TIMEOUT_MS = 3 * SECOND_MS

export const SIX_DIGITS = '^[0-9]{6}$'

const RenewQuestion = Type.Object({
  requestPem: Pem,
  roles: Type.Optional(Type.Array(Role, { maxItems: 3 })),
  warrant: Type.Optional(Hex64),
})
export type RenewQuestion = Static<typeof RenewQuestion>

/**
 * Of a holder of the authority's key: the asking member's next certificate. Whoever shows its
 * warrant gets it again under the authority that issues now.
 */
export const renewCertificate = defineMethod({
  name: 'enrol.renew',
  question: RenewQuestion,
  answer: Type.Object({
    certificatePem: Pem,
    certificateUntilMs: Type.Number(),
    /** That signed it; absent: the one that the asking member has. */
    authorityPem: Type.Optional(Pem),
    warrant: Type.Optional(Hex64),
  }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** A name of the domain name system, or an IP address as text. */
export const DOOR_NAME = '^[0-9A-Za-z](?:[0-9A-Za-z._:-]{0,251}[0-9A-Za-z:])?$'
/** As many as a person gives to one door. */
export const DOOR_NAMES_MAX = 16

/** Of a holder: a certificate for the asking member's door for clients. */
export const certifyDoor = defineMethod({
  name: 'enrol.door',
  question: Type.Object({
    requestPem: Pem,
    names: Type.Array(Type.String({ pattern: DOOR_NAME }), {
      minItems: 1,
      maxItems: DOOR_NAMES_MAX,
    }),
  }),
  answer: Type.Object({
    certificatePem: Pem,
    /** Of the authority that signed it. */
    authorityPem: Pem,
    certificateUntilMs: Type.Number(),
  }),
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
  answer: Type.Object({
    privateKeyPem: Pem,
    certificatePem: Pem,
    /** Of the rotation that made it. */
    number: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  timeoutMs: ANSWER_TIMEOUT_MS,
  idempotent: true,
})

/** Of a holder: to begin changing to another authority, where that is not under way. */
export const rotateAuthority = defineMethod({
  name: 'enrol.rotate',
  question: Type.Object({}),
  answer: Type.Object({}),
  timeoutMs: 3 * ANSWER_TIMEOUT_MS,
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
