/** What the set-up step says: on standard error, so that the output of a command stays its own. */

/** How often the seconds move on a terminal, in ms. */
const TICK_MS = 1000

/** A failure with a sentence that says what to do; shown without a stack. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError'
}

/** @param {string} text */
export function tell(text) {
  process.stderr.write(`anillo: ${text}\n`)
}

/**
 * Says what is under way, how long it has taken so far (on a terminal), and when it is done.
 * @template T
 * @param {string} text
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(text, work) {
  const startedMs = Date.now()
  const seconds = () => Math.round((Date.now() - startedMs) / 1000)
  const live = process.stderr.isTTY
  process.stderr.write(`anillo: ${text} …${live ? '' : '\n'}`)
  const timer = setInterval(() => {
    if (live) process.stderr.write(`\r\u001b[Kanillo: ${text} … ${seconds()} s`)
  }, TICK_MS)
  try {
    const result = await work()
    process.stderr.write(`${live ? '\r\u001b[K' : ''}anillo: ${text}: done in ${seconds()} s\n`)
    return result
  } catch (problem) {
    if (live) process.stderr.write('\n')
    throw problem
  } finally {
    clearInterval(timer)
  }
}
