/** The JSON of `/v1/kv` and `/v1/locks`: schemas for the gateway and OpenAPI, types for clients. */
import { Type, type Static } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { LEASE_MS_MAX, LEASE_MS_MIN } from './locks.ts'
import { CONDITIONS_MAX, EXPIRES_IN_MS_MAX, LIST_RECORDS_MAX, WRITES_MAX } from './record-limits.ts'

const Base64 = Type.String({ description: 'base64 (RFC 4648, 4), with padding' })
const EtagText = Type.String({ description: 'ETag, quotes included', examples: ['"1-42"'] })
const Sk = Type.String({ minLength: 1, description: 'sort key' })
const Pk = Type.Optional(
  Type.String({ minLength: 1, description: 'another partition key that begins alike up to “/”' }),
)

/** Longest life that may be asked for, in seconds. */
export const RECORD_TTL_SECONDS_MAX = EXPIRES_IN_MS_MAX / SECOND_MS

export const TtlSeconds = Type.Integer({
  minimum: 1,
  maximum: RECORD_TTL_SECONDS_MAX,
  description: 'the record is gone after so many seconds',
})

export const RecordItem = Type.Object({
  sk: Sk,
  etag: EtagText,
  value: Base64,
  expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
})
export type RecordItem = Static<typeof RecordItem>

export const RecordList = Type.Object({
  items: Type.Array(RecordItem),
  cursor: Type.Optional(
    Type.String({ description: 'there is more: give it with the same question to go on' }),
  ),
})
export type RecordList = Static<typeof RecordList>

export const LIST_LIMIT_DEFAULT = 100

export const ListQuestion = Type.Object({
  prefix: Type.Optional(Type.String({ description: 'sort keys that begin so' })),
  start: Type.Optional(Type.String({ description: 'first sort key, itself included' })),
  end: Type.Optional(Type.String({ description: 'where to stop, itself not included' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIST_RECORDS_MAX, default: LIST_LIMIT_DEFAULT }),
  ),
  reverse: Type.Optional(Type.Boolean({ description: 'from the last to the first' })),
  cursor: Type.Optional(Type.String({ description: 'from the page before' })),
})

const BatchCondition = Type.Object(
  {
    sk: Sk,
    pk: Pk,
    is: Type.Union([
      Type.Literal('absent'),
      Type.Literal('present'),
      Type.Object({ etag: EtagText }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
)
const BatchPut = Type.Object(
  { kind: Type.Literal('put'), sk: Sk, pk: Pk, value: Base64, ttl: Type.Optional(TtlSeconds) },
  { additionalProperties: false },
)
const BatchDelete = Type.Object(
  { kind: Type.Literal('delete'), sk: Sk, pk: Pk },
  { additionalProperties: false },
)

export const Batch = Type.Object(
  {
    conditions: Type.Optional(Type.Array(BatchCondition, { maxItems: CONDITIONS_MAX })),
    // A batch that writes nothing would cost an entry of the log all the same; reading is `GET`.
    writes: Type.Array(Type.Union([BatchPut, BatchDelete]), { minItems: 1, maxItems: WRITES_MAX }),
  },
  {
    additionalProperties: false,
    examples: [
      {
        conditions: [{ sk: 'to', is: 'absent' }],
        writes: [
          { kind: 'put', sk: 'to', value: 'bW92ZWQ=' },
          { kind: 'delete', sk: 'from' },
        ],
      },
    ],
  },
)
export type Batch = Static<typeof Batch>

export const BatchDone = Type.Object({
  etag: EtagText,
  existed: Type.Array(Type.Boolean(), {
    description: 'for each write, in order: there was a record before',
  }),
})
export type BatchDone = Static<typeof BatchDone>

/** Longest lease of a lock, in seconds. */
export const LEASE_SECONDS_MAX = LEASE_MS_MAX / SECOND_MS

const TtlOfLock = Type.Number({
  minimum: LEASE_MS_MIN / SECOND_MS,
  maximum: LEASE_SECONDS_MAX,
  description: 'seconds that it is held unless renewed',
})

/** Longest that a request for a lock is held open, in seconds. */
export const LOCK_WAIT_SECONDS_MAX = 30

export const LockRequest = Type.Object(
  {
    ttl: TtlOfLock,
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: LOCK_WAIT_SECONDS_MAX,
        description: 'seconds to wait while another holds it',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ ttl: 30 }] },
)
export type LockRequest = Static<typeof LockRequest>

const Token = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'known to the holder alone' })

export const LockRenewal = Type.Object(
  { ttl: TtlOfLock, token: Token },
  { additionalProperties: false },
)
export type LockRenewal = Static<typeof LockRenewal>

export const LockRelease = Type.Object({ token: Token })

export const LockHeld = Type.Object({
  token: Token,
  fence: Type.Integer({ minimum: 1, description: 'greater than that of every holder before' }),
  expiresAt: Type.String({ format: 'date-time' }),
})
export type LockHeld = Static<typeof LockHeld>

export const LockSeen = Type.Object({
  fence: Type.Integer({ minimum: 1 }),
  expiresAt: Type.String({ format: 'date-time' }),
})
export type LockSeen = Static<typeof LockSeen>
