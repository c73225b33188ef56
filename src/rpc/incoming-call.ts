import type { MemberId } from '../base/ids.ts'
import { Deadline } from './timer-wheel.ts'
import type { CallContext } from './types.ts'

/** Who is told when a caller's time is up. */
export interface IncomingCallHome {
  expired(call: IncomingCall): void
}

/** A request of the other side while it is answered; what its handler sees of it. */
export class IncomingCall extends Deadline implements CallContext {
  readonly caller: MemberId
  readonly timeLeftMs: number
  readonly id: number
  readonly #home: IncomingCallHome
  #abort: AbortController | undefined
  #gone = false
  /** Bytes of items that may be sent; for streams. */
  credit = 0
  /** Wakes the sender of items that waits for room; for streams. */
  wake: (() => void) | undefined

  constructor(
    home: IncomingCallHome,
    request: { readonly caller: MemberId; readonly timeLeftMs: number; readonly id: number },
  ) {
    super()
    this.#home = home
    this.caller = request.caller
    this.timeLeftMs = request.timeLeftMs
    this.id = request.id
  }

  /** Nobody waits for the answer any more. */
  get isGone(): boolean {
    return this.#gone
  }

  /**
   * Made when first asked for: most handlers never do, and it costs more than the rest of a call.
   */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#gone) this.#abort.abort()
    return this.#abort.signal
  }

  abandon(): void {
    if (this.#gone) return
    this.#gone = true
    this.#abort?.abort()
    this.wake?.()
  }

  override expired(): void {
    this.#home.expired(this)
  }
}
