/**
 * Tries seeds until a check fails: what runs in the planted copies (planting.ts). It prints lines
 * of JSON: the number of each seed that held, then an object with the seed and the check that
 * failed, or an empty one.
 */
import type { Found } from './planting.ts'
import { simulate, type Simulation } from './world/simulate.ts'

const WHY_CHARACTERS_MAX = 160

interface Hunt {
  readonly first: number
  readonly last: number
  readonly simulationOf: (seed: number) => Simulation
  readonly onHeld?: (seed: number) => void
}

export async function hunt({ first, last, simulationOf, onHeld }: Hunt): Promise<Found> {
  for (let seed = first; seed <= last; seed++) {
    try {
      await simulate(simulationOf(seed))
      onHeld?.(seed)
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      const [check = ''] = String(cause).split('\n')
      return { seed, check: check.slice(0, WHY_CHARACTERS_MAX) }
    }
  }
  return {}
}

/** As a program of its own; arguments: the first and the last seed. */
export async function huntCommand(simulationOf: Hunt['simulationOf']): Promise<void> {
  const [first, last] = process.argv.slice(2).map(Number)
  const tell = (told: unknown): void => void process.stdout.write(`${JSON.stringify(told)}\n`)
  tell(await hunt({ first: first ?? 1, last: last ?? 1, simulationOf, onHeld: tell }))
}
