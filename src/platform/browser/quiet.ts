/** When a page has settled: it is loaded, and has asked for nothing for some time. */

export class Quiet {
  readonly #quietMs: number
  readonly #timers = new Map<NodeJS.Timeout, () => void>()
  #open = 0
  #isLoaded = false
  #waiting: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(quietMs: number) {
    this.#quietMs = quietMs
  }

  loaded(): void {
    this.#isLoaded = true
    this.#look()
  }

  /** So many requests wait for their answers. */
  open(count: number): void {
    this.#open = count
    this.#look()
  }

  /** @returns whether it did within the time */
  async settles(timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const late = setTimeout(() => resolve(false), timeoutMs)
    this.#timers.set(late, () => resolve(false))
    this.#waiting = () => resolve(true)
    this.#look()
    const isSettled = await promise
    this.#waiting = undefined
    clearTimeout(this.#timer)
    clearTimeout(late)
    this.#timers.delete(late)
    return isSettled
  }

  async pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, delayMs)
    this.#timers.set(timer, resolve)
    await promise
    this.#timers.delete(timer)
  }

  /** Whoever waits goes on at once. */
  close(): void {
    clearTimeout(this.#timer)
    for (const [timer, end] of this.#timers) {
      clearTimeout(timer)
      end()
    }
  }

  #look(): void {
    clearTimeout(this.#timer)
    if (this.#waiting === undefined || !this.#isLoaded || this.#open > 0) return
    this.#timer = setTimeout(this.#waiting, this.#quietMs)
  }
}
