/** Long work in pieces: others have their turn in between. */
import type { Clock } from '../../effects/clock.ts'

/** Values sealed before others have their turn: some 8 us each. */
export const SEALED_A_TURN = 256

export function turnOver(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}
