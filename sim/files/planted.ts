/** The bugs that the simulation of files is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 6

const TREE = 'src/services/files/tree'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'stale-list',
    description: 'entries of a folder as they were when it was listed first',
    replacements: [
      {
        file: `${TREE}/listing.ts`,
        find: 'if (kept?.changes === before.changes) {',
        replace: 'if (kept !== undefined) {',
      },
    ],
  },
  {
    name: 'departed-lost',
    description: 'an entry that stays where it was, for whoever looks there',
    replacements: [
      {
        file: `${TREE}/tree-store.ts`,
        find: "return state !== 'arrived'",
        replace: "return state !== 'arrived' || leaving.atMs > 0",
      },
    ],
  },
  {
    name: 'slot-kept',
    description: 'a slot of moves that nobody takes from a dead mover',
    replacements: [
      {
        file: `${TREE}/mover.ts`,
        find: 'if (nowMs - waited.sinceMs >= SLOT_PATIENCE_MS)',
        replace: 'if (nowMs - waited.sinceMs >= 1_000 * SLOT_PATIENCE_MS)',
      },
      {
        file: `${TREE}/tree-sweeper.ts`,
        find: 'if (slot !== undefined) await rows.settleSlot(slot, options)',
        replace: 'if (slot === undefined) return',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/files/hunt.ts', PLANTED_SEEDS_MAX)
