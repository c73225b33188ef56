/** Time, as everything above the platform sees it. */

export interface Timer {
  /** Afterwards `run` is not called; a second cancel does nothing. */
  cancel(): void
}

export interface Clock {
  /**
   * Milliseconds since some start of this process or machine; never goes back, may stand still in a
   * pause.
   */
  nowMs(): number
  /**
   * Milliseconds since 1970 as the machine believes; may jump either way. For people and for
   * records, never for order.
   */
  wallMs(): number
  /** Calls `run` once, `delayMs` or more from now. It keeps no process alive by itself. */
  after(delayMs: number, run: () => void): Timer
  /**
   * Calls `run` once, after what has arrived by then was taken in and before more is waited for: so
   * what arrives together is handled together.
   */
  soon(run: () => void): void
}
