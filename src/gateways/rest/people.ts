/** What requests about people have in common. */
import { Type, type Static } from 'typebox'

import type { Dweets } from '../../services/dweets/types.ts'
import type { Entrance } from './door.ts'
import type { Gate } from './gate.ts'
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from './limits.ts'
import type { Turns } from './turns.ts'

/** What the doors of accounts share. */
export interface AccountDoor {
  readonly entrance: Entrance
  /** Absent: nobody has a profile. */
  readonly dweets: Pick<Dweets, 'profile'> | undefined
  readonly gate: Gate
  /** For what costs as much as a password does. */
  readonly passwords: Turns
}

/** Longer than any nick, so that there simply is no such user. */
const NICK_CHARS_MAX = 120
const CURSOR_CHARS_MAX = 512

export const NickParams = Type.Object({
  nick: Type.String({ minLength: 1, maxLength: NICK_CHARS_MAX }),
})

export interface Named {
  readonly Params: Static<typeof NickParams>
}

export const PageQuestion = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ROWS_MAX })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: CURSOR_CHARS_MAX })),
})
export type PageQuestion = Static<typeof PageQuestion>

export function pageOf({ cursor, limit = PAGE_ROWS_DEFAULT }: PageQuestion) {
  return cursor === undefined ? { limit } : { limit, cursor }
}
