/** For work that takes long: so many at once, the others are refused at once. */
import { AnilloError } from '../../base/errors.ts'

export class Places {
  readonly #what: string
  readonly #most: number
  #taken = 0

  /** @param what for the refusal: what there is too much of */
  constructor(what: string, most: number) {
    this.#what = what
    this.#most = most
  }

  /** @throws AnilloError BUSY */
  take(): Disposable {
    if (this.#taken === this.#most) throw new AnilloError('BUSY', { what: this.#what })
    this.#taken++
    return { [Symbol.dispose]: () => void this.#taken-- }
  }
}
