/** How often a door refused somebody, by why: for the measurements of a member. */
import { ERRORS, type AnilloError, type ErrorCode } from '../../base/errors.ts'

/** Not known, not allowed, too often. */
const STATUSES: ReadonlySet<number> = new Set([401, 403, 429])

export class Refusals {
  readonly #counts = new Map<ErrorCode, number>()

  /** Anything that a request is answered with; what is no refusal is passed over. */
  note({ code }: AnilloError): void {
    if (!STATUSES.has(ERRORS[code].httpStatus)) return
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
  }

  get counts(): ReadonlyMap<ErrorCode, number> {
    return this.#counts
  }
}
