/** Long work in pieces: others have their turn in between. */
import type { Clock } from '../../effects/clock.ts'

export function turnOver(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}
