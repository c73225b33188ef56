/**
 * A door before it closes. A listening socket that closes resets connections that nobody took yet,
 * and their clients cannot tell whether what they asked for was done. So first whoever asks is
 * told that nothing was done, and to go elsewhere; the door closes once nobody comes any more.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Guard } from './guards.ts'

/** Nobody has come for so long: those who know of other doors ask there. */
export const LEAVING_QUIET_MS = 100
/** Some never stop. */
export const LEAVING_MS_MAX = 1_000

export class Leaving {
  readonly #clock: Pick<Clock, 'after'>
  #quiet: Timer | undefined
  #isOver: (() => void) | undefined

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  readonly guard: Guard = (_request, reply) => {
    if (this.#isOver === undefined) return undefined
    this.#wait(this.#isOver)
    reply.setHeader('connection', 'close')
    return new AnilloError('MEMBER_ENDS')
  }

  /** Resolves when the door may close. */
  async begin(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#isOver = resolve
    const latest = this.#clock.after(LEAVING_MS_MAX, resolve)
    this.#wait(resolve)
    await promise
    latest.cancel()
    this.#quiet?.cancel()
  }

  #wait(over: () => void): void {
    this.#quiet?.cancel()
    this.#quiet = this.#clock.after(LEAVING_QUIET_MS, over)
  }
}
