/**
 * Feature levels: what all members of a ring can do, as a number that only grows. A build knows a
 * range of them. The ring is at one, which stands in partition 0's table `ring`, and rises when all
 * members know the next; then an entry in each group's log switches how later entries apply
 * (architecture 5, *Upgrade*; docs/upgrade.md).
 */
import { Type, type Static } from 'typebox'

const Level = Type.Integer({ minimum: 1, maximum: 65_535 })

/** From the oldest that is still known to the newest. */
export const Levels = Type.Object({ from: Level, to: Level })
export type Levels = Readonly<Static<typeof Levels>>

/** Of a ring as it is founded, and of whoever says nothing. */
export const FIRST_LEVEL = 1
export const FIRST_LEVELS: Levels = { from: FIRST_LEVEL, to: FIRST_LEVEL }

/** Of this build. Raise `to` with what `sinceLevel` of a procedure names, never with a fix. */
export const LEVELS: Levels = { from: 1, to: 1 }
