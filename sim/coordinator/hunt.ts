/**
 * Tries seeds until a check fails, and prints which and by what as one line of JSON: what runs in
 * the planted copies (planted.ts). Arguments: the first and the last seed.
 */
import type { Catch } from '../planting.ts'
import { simulate } from '../world/simulate.ts'
import { simulationOf } from './scenario.ts'

const WHY_CHARACTERS_MAX = 160

export async function hunt(first: number, last: number): Promise<Catch> {
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

if (import.meta.main) {
  const caught = await hunt(Number(process.argv[2]), Number(process.argv[3]))
  process.stdout.write(`${JSON.stringify(caught)}\n`)
}
