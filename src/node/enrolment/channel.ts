/**
 * Messages of enrolment over a stranger's connection, read one at a time, each with a time limit.
 */
import type { Static, TSchema } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { ByteStream } from '../../effects/net.ts'
import { encodeEnrol, EnrolReader, type FromMember, type FromNewcomer } from '../../wire/enrol.ts'
import { addressText } from './endpoint.ts'

/** Nobody has more to say than one message before the other answers. */
const UNREAD_MAX = 4

/** Time for the last message to arrive. Who has not hung up then would hold a socket for ever. */
export const HANG_UP_MS = 5 * SECOND_MS

interface Wait<M> {
  readonly take: (message: M) => void
  readonly fail: (error: AnilloError) => void
  readonly timer: Timer
}

export class EnrolChannel<S extends TSchema> {
  readonly address: string
  readonly #stream: ByteStream
  readonly #clock: Clock
  readonly #unread: Static<S>[] = []
  #wait: Wait<Static<S>> | undefined
  #ended: AnilloError | undefined
  readonly #closed = Promise.withResolvers<AnilloError>()
  #hangUp: Timer | undefined
  #isGone = false

  /** Must be made in the turn in which the stream was given. `side`: what the other end may say. */
  constructor(stream: ByteStream, side: S, clock: Clock) {
    this.address = addressText(stream.remote)
    this.#stream = stream
    this.#clock = clock
    const reader = new EnrolReader(side)
    stream.receive({
      bytes: (bytes) => {
        const reading = reader.push(bytes)
        if (reading.kind === 'garbled') this.#breakOff(this.#garbled(reading.problem))
        else for (const message of reading.messages) this.#arrived(message)
      },
      drained: () => undefined,
      closed: (reason) => {
        this.#isGone = true
        this.#hangUp?.cancel()
        const problem = reason.kind === 'broken' ? reason.problem : 'it closed the connection'
        this.#end(new AnilloError('RPC_UNREACHABLE', { address: this.address, problem }))
      },
    })
  }

  /** Resolves when nothing more will come, with the reason. Never rejects. */
  get closed(): Promise<AnilloError> {
    return this.#closed.promise
  }

  send(message: FromNewcomer | FromMember): void {
    this.#stream.write(encodeEnrol(message))
  }

  /** The next message. @throws AnilloError RPC_TIMEOUT, RPC_UNREACHABLE, RPC_GARBLED */
  next(timeoutMs: number): Promise<Static<S>> {
    const message = this.#unread.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const { promise, resolve, reject } = Promise.withResolvers<Static<S>>()
    const late = (): void => {
      this.#wait = undefined
      reject(new AnilloError('RPC_TIMEOUT', { address: this.address, method: 'enrolment' }))
    }
    this.#wait = { take: resolve, fail: reject, timer: this.#clock.after(timeoutMs, late) }
    return promise
  }

  /** After what was sent has gone, or could have. */
  end(): void {
    this.#stream.end()
    if (!this.#isGone) this.#hangUp ??= this.#clock.after(HANG_UP_MS, () => this.#stream.destroy())
  }

  destroy(): void {
    this.#stream.destroy()
  }

  #arrived(message: Static<S>): void {
    const wait = this.#wait
    if (wait !== undefined) {
      this.#wait = undefined
      wait.timer.cancel()
      wait.take(message)
    } else if (this.#unread.length < UNREAD_MAX) {
      this.#unread.push(message)
    } else {
      this.#breakOff(this.#garbled('more messages than were asked for'))
    }
  }

  #garbled(problem: string): AnilloError {
    return new AnilloError('RPC_GARBLED', { address: this.address, problem })
  }

  #breakOff(error: AnilloError): void {
    this.#end(error)
    this.#stream.destroy()
  }

  #end(error: AnilloError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#closed.resolve(error)
    this.#wait?.timer.cancel()
    this.#wait?.fail(error)
    this.#wait = undefined
  }
}
