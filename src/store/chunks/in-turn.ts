/** Work on one thing after the other, in the order asked for; on different things at once. */
export class InTurn {
  /** The last work on each. */
  readonly #last = new Map<string, Promise<unknown>>()

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const running = (async () => {
      await before?.catch(() => undefined)
      return work()
    })()
    this.#last.set(name, running)
    try {
      return await running
    } finally {
      if (this.#last.get(name) === running) this.#last.delete(name)
    }
  }

  /** Resolves once all that was asked for so far is done, however it ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#last.values())
  }
}
