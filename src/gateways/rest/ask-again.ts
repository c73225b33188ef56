/** Whether who reads what happens, for as long as it happens, still may. */
import { asAnilloError, ERRORS } from '../../base/errors.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import { ASK_AGAIN_MS } from './limits.ts'

/** Ends what was allowed once it is refused; that nobody can tell just then is no refusal. */
export function askAgain(
  clock: Pick<Clock, 'after'>,
  mayStill: () => Promise<unknown>,
  end: () => void,
): Timer {
  let timer: Timer | undefined
  let isOver = false
  const next = (): void => {
    if (!isOver) timer = clock.after(ASK_AGAIN_MS, () => void ask())
  }
  const ask = async (): Promise<void> => {
    try {
      await mayStill()
    } catch (thrown) {
      if (REFUSED.has(ERRORS[asAnilloError(thrown).code].httpStatus)) return end()
    }
    next()
  }
  next()
  return {
    cancel() {
      isOver = true
      timer?.cancel()
    },
  }
}

const REFUSED: ReadonlySet<number> = new Set([401, 403])
