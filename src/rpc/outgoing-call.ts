/**
 * A request of this member on its way: which address it is tried at, when it is tried at the next,
 * and when it is given up.
 */
import { AnilloError, asAnilloError, isAnilloError } from '../base/errors.ts'
import type { Clock } from '../effects/clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { Method } from '../wire/method.ts'
import type { Asking } from './asking.ts'
import type { Counting } from './counters.ts'
import { EXTRA_TRIES } from './limits.ts'
import type { Link } from './link.ts'
import type { Pool } from './pool.ts'
import { Deadline, type TimerWheel } from './timer-wheel.ts'
import type { CallOptions, Target } from './types.ts'

export interface CallSurroundings {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly pool: Pool
  readonly counting: Counting
}

export abstract class OutgoingCall<Q, A> extends Deadline implements Asking {
  readonly method: Method<Q, A>
  readonly question: Q
  protected readonly around: CallSurroundings
  protected timeoutMs: number
  protected link: Link | undefined
  protected id = 0
  protected isDone = false
  readonly #target: Target
  readonly #signal: AbortSignal | undefined
  #endMs: number
  #triesLeft: number
  /** How many tries were begun; tells a late connection that its try is over. */
  #tries = 0

  constructor(
    ask: { readonly target: Target; readonly method: Method<Q, A>; readonly question: Q },
    options: CallOptions | undefined,
    around: CallSurroundings,
  ) {
    super()
    this.method = ask.method
    this.question = ask.question
    this.around = around
    this.timeoutMs = options?.timeoutMs ?? ask.method.timeoutMs
    this.#target = ask.target
    this.#signal = options?.signal
    this.#endMs = around.clock.nowMs() + this.timeoutMs
    this.#triesLeft = ask.target.addresses.length + EXTRA_TRIES
  }

  get timeLeftMs(): number {
    return Math.max(1, this.#endMs - this.around.clock.nowMs())
  }

  /** Begins with the first address. */
  begin(): void {
    this.around.counting.requests++
    if (this.#signal?.aborted === true) {
      this.cancel()
      return
    }
    this.#signal?.addEventListener('abort', this)
    this.#tryNext(undefined)
  }

  abstract arrived(frame: Frame): void
  abstract ended(): void
  protected abstract fail(error: AnilloError): void

  /** Of the caller's AbortSignal. */
  handleEvent(): void {
    this.cancel()
  }

  /** Nobody wants the answer any more. */
  cancel(): void {
    if (this.isDone) return
    this.#takeBack()
    this.settleFailed(new AnilloError('RPC_CANCELLED', { method: this.method.name }))
  }

  lost(error: AnilloError): void {
    this.link = undefined
    if (this.method.idempotent && this.mayBeRepeated) this.#tryNext(error)
    else this.settleFailed(error)
  }

  refused(error: AnilloError, applied: boolean): void {
    this.link = undefined
    const elsewhere = this.#target.id === undefined && this.#target.addresses.length > 1
    if (!applied && elsewhere && this.mayBeRepeated) this.#tryNext(error)
    else this.settleFailed(error)
  }

  override expired(): void {
    this.link?.doubt()
    this.#takeBack()
    const { clock, counting } = this.around
    const address = this.#address
    const error = new AnilloError('RPC_TIMEOUT', { address, method: this.method.name })
    if (clock.nowMs() < this.#endMs && this.mayBeRepeated) {
      this.#tryNext(error)
      return
    }
    counting.timedOut++
    this.settleFailed(error)
  }

  /** Nothing of the answer was given to the caller. */
  protected get mayBeRepeated(): boolean {
    return true
  }

  /** The wait goes on until so long from now. */
  protected waitAnew(): void {
    this.#endMs = this.around.clock.nowMs() + this.timeoutMs
    this.around.wheel.set(this, this.#endMs)
  }

  protected get address(): string {
    return this.#address
  }

  protected settleFailed(error: AnilloError): void {
    if (this.isDone) return
    this.around.counting.failed++
    this.finish()
    this.fail(error)
  }

  /** No try is begun any more, no deadline runs. */
  protected finish(): void {
    this.isDone = true
    this.link = undefined
    this.around.wheel.clear(this)
    this.#signal?.removeEventListener('abort', this)
  }

  get #address(): string {
    const { addresses } = this.#target
    return addresses[Math.max(0, this.#tries - 1) % addresses.length] ?? ''
  }

  /** `error` is what the last try ended with. */
  #tryNext(error: AnilloError | undefined): void {
    if (this.isDone) return
    if (this.#triesLeft === 0 || (error !== undefined && this.timeLeftMs <= 1)) {
      this.settleFailed(error ?? this.#noAddress())
      return
    }
    this.#tries++
    this.#triesLeft--
    const { pool, wheel } = this.around
    wheel.set(this, this.#tryEndMs())
    const link = pool.ready(this.#address, this.#target.id)
    if (link === undefined) this.#connect()
    else this.#askOn(link)
  }

  #connect(): void {
    const started = this.#tries
    const isOver = (): boolean => this.isDone || this.#tries !== started
    this.around.pool.obtain(this.#address, this.#target.id).then(
      (link) => {
        if (!isOver()) this.#askOn(link)
      },
      (thrown: unknown) => {
        if (!isOver()) this.#notReached(asAnilloError(thrown))
      },
    )
  }

  /**
   * The one extra try is for connections that broke under a request, not for members out of reach.
   */
  #notReached(error: AnilloError): void {
    if (this.#tries >= this.#target.addresses.length) this.settleFailed(error)
    else this.#tryNext(error)
  }

  #askOn(link: Link): void {
    if (!link.isUsable) {
      this.#notReached(link.whyNot)
      return
    }
    try {
      this.id = link.ask(this)
      this.link = link
    } catch (thrown) {
      if (isAnilloError(thrown)) this.refused(thrown, thrown.code !== 'BUSY')
      else {
        this.finish()
        throw thrown
      }
      return
    }
    if (!this.#mayMove) this.around.wheel.set(this, this.#endMs)
  }

  /** While it is under way at one member it may be asked of another. */
  get #mayMove(): boolean {
    return this.method.idempotent && this.#target.id === undefined && this.method.kind === 'unary'
  }

  /** With further addresses to try, one gets its share of the time that is left. */
  #tryEndMs(): number {
    const further = this.#target.addresses.length - this.#tries
    if (further <= 0) return this.#endMs
    const nowMs = this.around.clock.nowMs()
    return nowMs + (this.#endMs - nowMs) / (further + 1)
  }

  #takeBack(): void {
    this.link?.calls.cancel(this.id)
    this.link = undefined
  }

  #noAddress(): AnilloError {
    return new AnilloError('RPC_UNREACHABLE', { address: '?', problem: 'no address is known' })
  }
}
