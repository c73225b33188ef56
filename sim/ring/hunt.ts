/**
 * Tries seeds until a check fails, and prints which and by what as one line of JSON: what runs in
 * the planted copies (planted.ts). Arguments: the first and the last seed.
 */
import type { Found } from '../planting.ts'
import { runRing } from './runs.ts'
import { CheckFailed } from './tally.ts'

export function hunt(first: number, last: number): Found {
  for (let seed = first; seed <= last; seed++) {
    try {
      runRing({ seed })
    } catch (error) {
      if (error instanceof CheckFailed) return { seed, check: error.check }
      return {
        seed,
        check: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      }
    }
  }
  return {}
}

if (import.meta.main) {
  const caught = hunt(Number(process.argv[2]), Number(process.argv[3]))
  process.stdout.write(`${JSON.stringify(caught)}\n`)
}
