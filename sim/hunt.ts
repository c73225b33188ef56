/**
 * Tries seeds until a check fails, and prints which and by what as one line of JSON: what runs in
 * the planted copies (planting.ts).
 */
import type { Catch } from './planting.ts'
import { simulate, type Simulation } from './world/simulate.ts'

const WHY_CHARACTERS_MAX = 160

interface Hunt {
  readonly first: number
  readonly last: number
  readonly simulationOf: (seed: number) => Simulation
}

export async function hunt({ first, last, simulationOf }: Hunt): Promise<Catch> {
  for (let seed = first; seed <= last; seed++) {
    try {
      await simulate(simulationOf(seed))
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
  const caught = await hunt({ first: first ?? 1, last: last ?? 1, simulationOf })
  process.stdout.write(`${JSON.stringify(caught)}\n`)
}
