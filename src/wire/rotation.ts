/**
 * How a ring changes from one authority to the next, as the ring remembers it: one record, changed
 * by compare-and-set alone (docs/decisions/0014-rotation-in-two-steps.md).
 */
import { Type, type Static } from 'typebox'

import { KIB } from '../base/limits.ts'
import { RotationPhase } from './api.ts'
import { reader } from './method.ts'
import { Hex32 } from './shapes.ts'

/** A service's table: `/v1/kv` refuses it. */
export const ROTATION_TABLE = 'ring.authority'
export const ROTATION_PK = 'rotation'
export const ROTATION_SK = 'latest'

/** Of the ring's list; their ids stay within the length of a record's value. */
const MEMBERS_MAX = 1_000

export const Rotation = Type.Object({
  /** A ring that was restored finds that of the ring that was. */
  ringId: Hex32,
  /** 1 for the first rotation. */
  number: Type.Integer({ minimum: 1 }),
  phase: RotationPhase,
  /** Wall clock of the member that began it. */
  beganAtMs: Type.Number({ minimum: 0 }),
  certificatePem: Type.String({ maxLength: 4 * KIB }),
  /** Its private key, sealed under the old authority's: hex. Empty once it is done. */
  sealedKey: Type.String({ pattern: '^(?:[0-9a-f]{2})*$', maxLength: 4 * KIB }),
  /** Members that did what the phase asks for. */
  done: Type.Array(Hex32, { maxItems: MEMBERS_MAX }),
})
export type Rotation = Static<typeof Rotation>

export const readRotation = reader(Rotation)
