/**
 * A member hands its leaderships over where its loop was late. In the virtual world a loop is late
 * where its machine was paused, and nowhere else: whoever says so without is wrong about itself.
 */
import { present } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { World } from '../world/world.ts'

export const HAND_OVER_CHECK = 'check: who was not held up leads on'

/** From the end of a pause to the last alarm that it made late. */
const NOTICED_WITHIN_MS = SECOND_MS

/** Fails the run at once; that it held throughout is counted at the run's end. */
export function checkHandOvers({ log, machines, scheduler }: World): void {
  log.onLogged(({ machine: name, event, fields }) => {
    if (event !== 'groups.handedOver' || fields['what'] !== 'loop') return
    const machine = present(
      machines.find((one) => one.name === name),
      'the machine that says it',
    )
    const { resumedAtMs } = machine
    const wasPaused = resumedAtMs > 0 && scheduler.nowMs - resumedAtMs <= NOTICED_WITHIN_MS
    if (!wasPaused) scheduler.fail(new Error(`${name} hands over: nothing held up its loop`))
  })
}
