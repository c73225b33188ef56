/** Shapes of the ring's list of members, and of the orders that change it. They stand in logs. */
import { Type, type Static } from 'typebox'

import { HOUR_MS } from '../base/limits.ts'
import { Role } from './api.ts'
import { Levels } from './levels.ts'
import { Hex32 } from './shapes.ts'

const HOST_LABEL_MAX = 300
const ADDRESS_MAX = 300
const NAME_MAX = 63

/** A member as it was enrolled. */
export const MemberRow = Type.Object({
  id: Hex32,
  name: Type.String({ minLength: 1, maxLength: NAME_MAX }),
  address: Type.String({ minLength: 1, maxLength: ADDRESS_MAX }),
  host: Type.String({ minLength: 1, maxLength: HOST_LABEL_MAX }),
  roles: Type.Array(Role, { maxItems: 3 }),
  state: Type.Union([
    Type.Literal('active'),
    Type.Literal('draining'),
    Type.Literal('gone'),
    Type.Literal('removed'),
  ]),
  isLeaving: Type.Optional(Type.Boolean()),
  /** Feature levels that it knows; who says nothing knows the first alone. */
  levels: Type.Optional(Levels),
})

export const EnrolInput = Type.Object({
  member: Type.Omit(MemberRow, ['state', 'isLeaving']),
  /** The join token that it came with; a person's admission and `up` have none. */
  token: Type.Optional(Type.Object({ id: Hex32, expiresAtMs: Type.Number() })),
})
export type EnrolInput = Static<typeof EnrolInput>

export const UpdateInput = Type.Object({
  id: Hex32,
  address: MemberRow.properties.address,
  name: MemberRow.properties.name,
  levels: MemberRow.properties.levels,
})
export type UpdateInput = Static<typeof UpdateInput>

export const StateInput = Type.Object({
  id: Hex32,
  /**
   * `drain`, and `undrain`; `leave`: drain, then be removed; `remove`: out at once, or when empty.
   */
  order: Type.Union([
    Type.Literal('drain'),
    Type.Literal('undrain'),
    Type.Literal('leave'),
    Type.Literal('remove'),
  ]),
})
export type StateInput = Static<typeof StateInput>
export type MemberOrder = StateInput['order']

/** The ring is to be at this level from now on. */
export const LevelInput = Type.Object({ level: Levels.properties.to })
export type LevelInput = Static<typeof LevelInput>

export const SettingInput = Type.Object({
  name: Type.String({ maxLength: 64 }),
  /** `null`: the default. */
  value: Type.Union([Type.Number(), Type.Null()]),
})
export type SettingInput = Static<typeof SettingInput>

/** The next backup's number is to be greater than this one, too. */
export const BackupInput = Type.Object({ above: Type.Integer({ minimum: 0 }) })
export type BackupInput = Static<typeof BackupInput>

/** A copier that is gone holds up nobody for long. */
export const HOLD_MS_MAX = HOUR_MS

/** While somebody copies chunks none is collected, for so long; 0 ends it. */
export const HoldInput = Type.Object({
  holder: Hex32,
  forMs: Type.Integer({ minimum: 0, maximum: HOLD_MS_MAX }),
})
export type HoldInput = Static<typeof HoldInput>
