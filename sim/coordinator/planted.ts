/** The bugs that the simulation of coordinators is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 100

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'lower-coordinator',
    description: 'the word COORDINATOR of a lower member accepted',
    replacements: [
      {
        file: 'src/store/coordinator/bully.ts',
        find: 'if (from < moment.self) {',
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'act-without-lease',
    description: 'a coordinator that goes on planning after its lease was lost',
    replacements: [
      {
        file: 'src/store/coordinator/coordinator.ts',
        find: "if (answer.kind !== 'held') return undefined",
        replace:
          "if (answer.kind !== 'held') {\n" +
          '      this.#fence = before\n' +
          '      return before === NO_FENCE ? undefined : Infinity\n' +
          '    }',
      },
      {
        file: 'src/store/coordinator/procedures.ts',
        find: 'if (lease === undefined || !isHeldUnder(lease, fence)) return',
        replace: 'if (false) return',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/coordinator/hunt.ts', PLANTED_SEEDS_MAX)
