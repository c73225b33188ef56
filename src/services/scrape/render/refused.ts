/** A request of a page that is not made, or whose answer the page does not get. */
import type { RefusedWhy } from '../../../wire/api-render.ts'

export class Refused extends Error {
  readonly why: RefusedWhy

  constructor(why: RefusedWhy) {
    super(`refused: ${why}`)
    this.why = why
  }
}
