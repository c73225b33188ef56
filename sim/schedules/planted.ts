/** The bugs that the simulation of schedules is held to (planting.ts). */
import { hunterOf, noteHeld, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 6

const SCHEDULES = 'src/services/scrape/schedules'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'minute-early',
    description: 'a due time that is known to the minute alone',
    replacements: [
      {
        file: `${SCHEDULES}/schedule-keeper.ts`,
        find: 'if (due.atMs > timeMs) return due.atMs - timeMs',
        replace: 'if (due.atMs > timeMs + 59_999) return due.atMs - timeMs - 59_999',
      },
      {
        file: `${SCHEDULES}/schedule-procedures.ts`,
        find: "if (timeMs < dueMs) return { kind: 'early', timeMs }",
        replace: "if (timeMs + 59_999 < dueMs) return { kind: 'early', timeMs }",
      },
    ],
  },
  {
    name: 'next-forgotten',
    description: 'an entry that begins a crawl and puts no next time in the place of its own',
    replacements: [
      {
        file: `${SCHEDULES}/schedule-procedures.ts`,
        find: 'const row = { ...rest, ...(nextMs === undefined ? {} : { nextMs }) }',
        replace: 'const row = { ...rest }',
      },
    ],
  },
]

const HUNT = 'sim/schedules/hunt.ts'

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf(HUNT, PLANTED_SEEDS_MAX)

/** For hunts after it: the seed holds where nothing is planted. */
export function noteSeedHeld(seed: number): void {
  noteHeld(HUNT, seed)
}
