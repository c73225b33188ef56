/** Whether what was asked may be done though the door refuses it. */
import { isAnilloError, type ErrorCode } from '../base/errors.ts'

/** A change whose answer was lost is asked for again, and then finds its own work in the way. */
export class Repeats {
  #isRepeat = false

  readonly note = (): void => {
    this.#isRepeat = true
  }

  mayBeDone(thrown: unknown, code: ErrorCode): boolean {
    return this.#isRepeat && isAnilloError(thrown, code)
  }
}
