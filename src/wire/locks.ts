/** What is asked of a lock, and what is answered: inputs and answers of its procedures. */
import { Type, type Static } from 'typebox'

import { DAY_MS, SECOND_MS } from '../base/limits.ts'
import { reader } from './method.ts'
import { isName, PK_BYTES_MAX, SK_BYTES_MAX, TABLE_BYTES_MAX } from './record-limits.ts'

/** The table of `/v1/locks`: `pk` is the lock's name, `sk` is `LOCK_SK`. */
export const LOCK_TABLE = 'locks'
export const LOCK_SK = 'lock'

/** Shorter than a change of leader takes, a lease would end through no fault of its holder. */
export const LEASE_MS_MIN = SECOND_MS
export const LEASE_MS_MAX = DAY_MS

/** Chance of the holder's door; who has it may renew and release. */
const TOKEN_PATTERN = '^[0-9a-f]{32}$'

const Place = {
  /** A record of this place is the lock: in a service's own table it stands beside its records. */
  table: Type.String({ minLength: 1, maxLength: TABLE_BYTES_MAX }),
  pk: Type.String({ minLength: 1, maxLength: PK_BYTES_MAX }),
  sk: Type.String({ minLength: 1, maxLength: SK_BYTES_MAX }),
}
const Token = Type.String({ pattern: TOKEN_PATTERN })
const TtlMs = Type.Integer({ minimum: LEASE_MS_MIN, maximum: LEASE_MS_MAX })

const LockLeased = Type.Object({ ...Place, token: Token, ttlMs: TtlMs })
const LockNamed = Type.Object({ ...Place, token: Token })

/** For acquiring and renewing. */
export type LockLeased = Static<typeof LockLeased>
/** For releasing. */
export type LockNamed = Static<typeof LockNamed>

const readLeased = reader(LockLeased)
const readNamed = reader(LockNamed)

export function readLockLeased(value: unknown): LockLeased | undefined {
  const read = readLeased(value)
  return read !== undefined && isPlace(read) ? read : undefined
}

export function readLockNamed(value: unknown): LockNamed | undefined {
  const read = readNamed(value)
  return read !== undefined && isPlace(read) ? read : undefined
}

function isPlace({ table, pk, sk }: LockNamed): boolean {
  return isName(table, TABLE_BYTES_MAX) && isName(pk, PK_BYTES_MAX) && isName(sk, SK_BYTES_MAX)
}

const Held = Type.Object({
  kind: Type.Literal('held'),
  /** Only grows from holder to holder. */
  fence: Type.Integer({ minimum: 1 }),
  /** By logged time; ms since 1970. */
  expiresAtMs: Type.Integer({ minimum: 1 }),
})
/** Another has it, until then at least. */
const Taken = Type.Object({
  kind: Type.Literal('taken'),
  expiresAtMs: Type.Integer({ minimum: 1 }),
})
/** The lease ran out, or the token is not the holder's. */
const Lost = Type.Object({ kind: Type.Literal('lost') })

const AcquireAnswer = Type.Union([Held, Taken])
const RenewAnswer = Type.Union([Held, Lost])
const ReleaseAnswer = Type.Union([Type.Object({ kind: Type.Literal('released') }), Lost])

export type AcquireAnswer = Static<typeof AcquireAnswer>
export type RenewAnswer = Static<typeof RenewAnswer>
export type ReleaseAnswer = Static<typeof ReleaseAnswer>

export const readAcquireAnswer = reader(AcquireAnswer)
export const readRenewAnswer = reader(RenewAnswer)
export const readReleaseAnswer = reader(ReleaseAnswer)
