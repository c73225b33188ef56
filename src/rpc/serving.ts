/** The requests that came in over one connection, and their answers. */
import { AssertionError } from '../base/assert.ts'
import { tryText } from '../base/bytes.ts'
import { AnilloError, asAnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Clock } from '../effects/clock.ts'
import type { Log } from '../effects/log.ts'
import { failureBody } from '../wire/failure.ts'
import { FLAG, HEADER_BYTES, KIND, type Frame } from '../wire/frame.ts'
import type { AnsweringHandler, Handler, Handlers } from './handlers.ts'
import { IncomingCall, type IncomingCallHome } from './incoming-call.ts'
import {
  IN_FLIGHT_MAX,
  METHOD_NAME_BYTES_MAX,
  METHODS_MAX,
  OUT_BUSY_BYTES,
  RUNNING_MAX,
  RUNNING_PER_MEMBER_MAX,
  STREAM_STALL_MS,
  STREAM_WINDOW_BYTES,
} from './limits.ts'
import type { Outbox } from './outbox.ts'
import { putValue, readValue } from './sending.ts'
import { Alarm, type TimerWheel } from './timer-wheel.ts'

/** Handlers that run, counted: of one member, or of all. */
export interface Running {
  count: number
}

export interface ServingOptions {
  readonly caller: MemberId
  /** This member's own advertised address, for what it says of itself. */
  readonly address: string
  readonly handlers: Handlers
  readonly outbox: Outbox
  readonly wheel: TimerWheel
  readonly clock: Clock
  readonly log: Log
  readonly runningOfMember: Running
  readonly runningOfAll: Running
  /** Whether the caller's papers are good for it. */
  readonly mayAsk: (method: string) => boolean
  /** A request was done with: for who waits until none is left. */
  readonly finished: () => void
}

/** What is wrong with a frame; the connection cannot go on. */
export type Garbled = string

export class Serving implements IncomingCallHome {
  readonly #options: ServingOptions
  readonly #methods = new Map<number, string>()
  readonly #known = new Map<number, Handler>()
  readonly #calls = new Map<number, IncomingCall>()
  /** Set when this member stops: what still comes is told to go elsewhere. */
  refusesAll = false

  constructor(options: ServingOptions) {
    this.#options = options
  }

  /** Requests whose answer is still awaited. */
  get size(): number {
    return this.#calls.size
  }

  /** The other side announces a method under a number. */
  name(frame: Frame): Garbled | undefined {
    const { source, start, end, method } = frame
    if (end - start > METHOD_NAME_BYTES_MAX || this.#methods.size >= METHODS_MAX) {
      return 'too many or too long names'
    }
    const name = tryText(source.subarray(start, end))
    if (name === undefined || this.#methods.has(method)) return 'a name that cannot be'
    this.#methods.set(method, name)
    return undefined
  }

  /** Looked up again as long as there is none: it may be added after the name was announced. */
  #handler(method: number): Handler | undefined {
    const known = this.#known.get(method)
    if (known !== undefined) return known
    const handler = this.#options.handlers.find(this.#methods.get(method) ?? '')
    if (handler !== undefined) this.#known.set(method, handler)
    return handler
  }

  request(frame: Frame): Garbled | undefined {
    const { id } = frame
    if (this.#calls.has(id)) return 'a request id twice'
    const refusal = this.#refusal(frame)
    if (refusal !== undefined) {
      this.#putFailure(id, refusal, FLAG.notApplied)
      return undefined
    }
    const handler = this.#handler(frame.method)
    if (handler === undefined || handler.kind === 'notice') return 'a method that was not announced'
    const question = readValue(frame)
    if (question.kind === 'garbled') return 'a question that cannot be read'
    const { caller } = this.#options
    const call = new IncomingCall(this, { caller, id, timeLeftMs: frame.value })
    this.#calls.set(id, call)
    this.#options.runningOfMember.count++
    this.#options.runningOfAll.count++
    if (handler.kind === 'unary') {
      const { clock, wheel } = this.#options
      wheel.set(call, clock.nowMs() + frame.value)
      this.#answer(call, handler.run, question.value)
    } else {
      call.credit = STREAM_WINDOW_BYTES
      void this.#sendItems(call, () => handler.run(question.value, call))
    }
    return undefined
  }

  cancel(id: number): void {
    const call = this.#calls.get(id)
    if (call !== undefined) this.#abandon(call)
  }

  credit(id: number, bytes: number): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    call.credit = Math.min(call.credit + bytes, STREAM_WINDOW_BYTES)
    call.wake?.()
  }

  /** The connection takes more again. */
  drained(): void {
    for (const call of this.#calls.values()) call.wake?.()
  }

  expired(call: IncomingCall): void {
    this.#abandon(call)
  }

  closed(): void {
    for (const call of this.#calls.values()) this.#abandon(call)
  }

  /** Why a request is not taken at all. */
  #refusal(frame: Frame): AnilloError | undefined {
    const { address, outbox, runningOfAll, runningOfMember } = this.#options
    if (this.refusesAll) {
      return new AnilloError('RPC_UNREACHABLE', { address, problem: 'it is stopping' })
    }
    const busy =
      this.#calls.size >= IN_FLIGHT_MAX ||
      runningOfMember.count >= RUNNING_PER_MEMBER_MAX ||
      runningOfAll.count >= RUNNING_MAX ||
      outbox.waitingBytes >= OUT_BUSY_BYTES
    if (busy) return new AnilloError('BUSY', { what: `requests at ${address}` })
    const name = this.#methods.get(frame.method)
    const known = this.#handler(frame.method)
    if (name === undefined) return undefined
    const asksStream = (frame.flags & FLAG.stream) !== 0
    if (!this.#options.mayAsk(name)) return new AnilloError('CERTIFICATE_EXPIRED', { address })
    if (known?.kind === (asksStream ? 'stream' : 'unary')) return undefined
    return new AnilloError('RPC_UNKNOWN_METHOD', { address, method: name })
  }

  /** Words without an answer; those that nobody here hears are passed over. */
  notice(frame: Frame): Garbled | undefined {
    const handler = this.#handler(frame.method)
    if (handler?.kind !== 'notice') return undefined
    const message = readValue(frame)
    if (message.kind === 'garbled') return 'a notice that cannot be read'
    const isOfShape = handler.take(message.value, this.#options.caller)
    return isOfShape ? undefined : `that is no ${handler.name}`
  }

  #answer(call: IncomingCall, run: UnaryRun, question: unknown): void {
    let answer: unknown
    try {
      answer = run(question, call)
    } catch (thrown) {
      this.#fail(call, thrown)
      return
    }
    if (answer instanceof Promise) {
      answer.then(
        (value) => this.#succeed(call, value),
        (thrown: unknown) => this.#fail(call, thrown),
      )
    } else this.#succeed(call, answer)
  }

  #succeed(call: IncomingCall, value: unknown): void {
    if (!this.#finish(call)) return
    try {
      putValue(this.#options.outbox, { kind: KIND.answer, id: call.id }, value)
    } catch (thrown) {
      this.#putFailure(call.id, this.#told(thrown))
    }
    this.#options.finished()
  }

  #fail(call: IncomingCall, thrown: unknown): void {
    const wanted = this.#finish(call)
    const error = this.#told(thrown)
    if (!wanted) return
    this.#putFailure(call.id, error)
    this.#options.finished()
  }

  /** What the caller is told. A bug ends the process; what else is unforeseen stands in the log. */
  #told(thrown: unknown): AnilloError {
    if (thrown instanceof AssertionError) throw thrown
    const error = asAnilloError(thrown)
    if (error.code === 'INTERNAL') this.#options.log.error('rpc.handler.failed', { error: thrown })
    return error
  }

  async #sendItems(call: IncomingCall, run: () => AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const item of run()) {
        await this.#roomFor(call)
        if (call.isGone) break
        const header = { kind: KIND.item, id: call.id }
        call.credit -= putValue(this.#options.outbox, header, item) + HEADER_BYTES
      }
    } catch (thrown) {
      this.#fail(call, thrown)
      return
    }
    if (!this.#finish(call)) return
    this.#options.outbox.put({ kind: KIND.end, id: call.id })
    this.#options.finished()
  }

  /** Waits for credit of the consumer and room in the connection, or until nobody waits. */
  async #roomFor(call: IncomingCall): Promise<void> {
    const { outbox, wheel, clock } = this.#options
    if (call.credit > 0 && !outbox.isFull) return
    const stalled = new Alarm(() => this.#stall(call))
    while (!call.isGone && (call.credit <= 0 || outbox.isFull)) {
      wheel.set(stalled, clock.nowMs() + STREAM_STALL_MS)
      const { promise, resolve } = Promise.withResolvers<void>()
      call.wake = resolve
      await promise
    }
    call.wake = undefined
    wheel.clear(stalled)
  }

  #stall(call: IncomingCall): void {
    this.#putFailure(
      call.id,
      new AnilloError('BUSY', { what: 'a stream whose items nobody takes' }),
    )
    this.#abandon(call)
  }

  #putFailure(id: number, error: AnilloError, flags = 0): void {
    putValue(this.#options.outbox, { kind: KIND.failure, id, flags }, failureBody(error))
  }

  /** The handler is done; answers whether its answer is still awaited. */
  #finish(call: IncomingCall): boolean {
    this.#options.runningOfMember.count--
    this.#options.runningOfAll.count--
    if (call.isGone) return false
    this.#options.wheel.clear(call)
    this.#calls.delete(call.id)
    return true
  }

  /** Nobody waits for the answer; the handler is told, and counts as running until it ends. */
  #abandon(call: IncomingCall): void {
    this.#options.wheel.clear(call)
    this.#calls.delete(call.id)
    call.abandon()
    this.#options.finished()
  }
}

type UnaryRun = Extract<AnsweringHandler, { readonly kind: 'unary' }>['run']
