/** The clock of the operating system. */
import type { Clock, Timer } from '../effects/clock.ts'

/**
 * The longest delay of `setTimeout`, a signed 32-bit number of ms; longer waits are made of
 * several.
 */
const TIMEOUT_MS_MAX = 2 ** 31 - 1

export function platformClock(): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    after: (delayMs, run) => startTimer(performance.now() + Math.max(0, delayMs), run),
    soon: (run) => void setImmediate(run),
  }
}

/** `setTimeout` may fire up to a millisecond early: what is left is then waited for again. */
function startTimer(dueMs: number, run: () => void): Timer {
  const arm = (): NodeJS.Timeout => {
    const leftMs = Math.ceil(dueMs - performance.now())
    return setTimeout(fired, Math.min(Math.max(leftMs, 0), TIMEOUT_MS_MAX)).unref()
  }
  const fired = (): void => {
    if (performance.now() < dueMs) timeout = arm()
    else run()
  }
  let timeout = arm()
  return { cancel: () => clearTimeout(timeout) }
}
