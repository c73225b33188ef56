/** Notices that nothing moves any more: a member that was frozen keeps its connections open. */

export class StallWatch implements Disposable {
  readonly #abort = new AbortController()
  readonly #stallMs: number
  #hasMoved = true
  #isOver = false

  /** @param stallMs after one to two such spans without a move `signal` is aborted */
  constructor(stallMs: number) {
    this.#stallMs = stallMs
    this.#arm()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  moved(): void {
    this.#hasMoved = true
  }

  [Symbol.dispose](): void {
    this.#isOver = true
  }

  #arm(): void {
    this.#hasMoved = false
    const due = AbortSignal.timeout(this.#stallMs)
    due.addEventListener('abort', () => {
      if (this.#isOver) return
      if (this.#hasMoved) this.#arm()
      else this.#abort.abort(due.reason)
    })
  }
}
