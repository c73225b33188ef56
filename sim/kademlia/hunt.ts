/**
 * Tries seeds until a check fails: what runs in the planted copies (planted.ts). Arguments: the
 * first and the last seed.
 */
import type { Found } from '../planting.ts'
import { CheckFailed } from '../ring/tally.ts'
import { runOpenNetwork } from './runs.ts'

export function hunt(first: number, last: number): Found {
  for (let seed = first; seed <= last; seed++) {
    try {
      runOpenNetwork(seed)
    } catch (error) {
      const check = error instanceof CheckFailed ? error.check : String(error)
      return { seed, check }
    }
  }
  return {}
}

if (import.meta.main) {
  const found = hunt(Number(process.argv[2]), Number(process.argv[3]))
  process.stdout.write(`${JSON.stringify(found)}\n`)
}
