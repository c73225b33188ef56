/** How the process of a member ends, whatever still hangs in it. */

/** What a member tells at its end is written by then. */
const END_MS_MAX = 1_000

/**
 * A member has stopped or failed, yet something in its process may go on: a door, a timer, or the
 * system's look-up of a name, which takes 40 seconds where no name server answers. Whoever waits
 * for the process, as those who stop a container do, waits no longer than this.
 */
export function endSoon(): void {
  setTimeout(endNow, END_MS_MAX).unref()
}

/**
 * `process.exit` would wait for the threads that look names up. A kill from within is nothing to
 * the first process of a container. So another program takes the place of this one, and ends.
 */
function endNow(): void {
  const code = Number(process.exitCode ?? 0)
  try {
    process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {})
  } catch {
    // Not a thing of every system.
  }
  process.exit(code)
}
