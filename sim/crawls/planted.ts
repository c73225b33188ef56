/** The bugs that the simulation of crawls is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 12

const CRAWL = 'src/services/scrape/crawl'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'begun-forgotten',
    description: 'a scheduler that does not ask what the one before it had begun',
    replacements: [
      {
        file: `${CRAWL}/crawl-here.ts`,
        find: 'this.#ready = [...(await this.#frontier.inHand(this.on))]',
        replace: 'this.#ready = []',
      },
    ],
  },
  {
    name: 'links-lost',
    description: 'links to other hosts that are not sent there',
    replacements: [
      {
        file: `${CRAWL}/frontier-procedures.ts`,
        find: 'if (others === undefined) elsewhere.set(to, [one])',
        replace:
          'if (work.timeMs % 16 === 0) continue\n' +
          '    if (others === undefined) elsewhere.set(to, [one])',
      },
    ],
  },
  {
    name: 'never-late',
    description: 'a crawl that goes on for ever in who has it in hand',
    replacements: [
      {
        file: `${CRAWL}/host-turn.ts`,
        find: "const running = this.#crawls.filter((here) => stateOf(here) === 'running')",
        replace: 'const running = this.#crawls.filter((here) => stateOf(here) !== undefined)',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/crawls/hunt.ts', PLANTED_SEEDS_MAX)
