import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import { HEADER_BYTES, type Frame } from '../wire/frame.ts'
import { STREAM_WINDOW_BYTES } from './limits.ts'
import { OutgoingCall } from './outgoing-call.ts'
import { readValue } from './sending.ts'

interface Waiter<A> {
  readonly resolve: (result: IteratorResult<A, undefined>) => void
  readonly reject: (error: AnilloError) => void
}

/** Told to the sender in portions of this size: fewer frames, and it never runs dry. */
const CREDIT_BYTES = STREAM_WINDOW_BYTES / 4

/**
 * One question, many answers. What has come and was not taken yet is held, at most
 * STREAM_WINDOW_BYTES and one frame, since the sender gets credit only for what was taken.
 */
export class StreamCall<Q, A>
  extends OutgoingCall<Q, A>
  implements AsyncIterator<A, undefined, undefined>
{
  #items: { readonly value: A; readonly bytes: number }[] = []
  /** The first of `#items` not taken yet. */
  #head = 0
  #heldBytes = 0
  #takenBytes = 0
  #waiter: Waiter<A> | undefined
  #error: AnilloError | undefined
  #begun = false

  next(): Promise<IteratorResult<A, undefined>> {
    assert(this.#waiter === undefined, 'one next() at a time')
    const item = this.#items[this.#head]
    if (item !== undefined) return Promise.resolve({ done: false, value: this.#take(item) })
    if (this.#error !== undefined) return Promise.reject(this.#takeError(this.#error))
    if (this.isDone) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
      if (this.#begun) this.waitAnew()
      else this.begin()
    })
  }

  /** The consumer has left its loop. */
  return(): Promise<IteratorResult<A, undefined>> {
    this.#items = []
    this.#head = 0
    if (this.#begun) this.cancel()
    else this.finish()
    this.#error = undefined
    return Promise.resolve(DONE)
  }

  override begin(): void {
    this.#begun = true
    super.begin()
  }

  override arrived(frame: Frame): void {
    const bytes = frame.end - frame.start + HEADER_BYTES
    const body = readValue(frame)
    const value = body.kind === 'value' ? this.method.readAnswer(body.value) : undefined
    if (value === undefined) return this.#spoilt(`its item is none of ${this.method.name}`)
    if (this.#heldBytes >= STREAM_WINDOW_BYTES) return this.#spoilt('it sends more than it may')
    const waiter = this.#waiter
    this.#waiter = undefined
    this.#heldBytes += bytes
    if (waiter === undefined) {
      this.#items.push({ value, bytes })
      return
    }
    this.around.wheel.clear(this)
    this.#credit(bytes)
    waiter.resolve({ done: false, value })
  }

  override ended(): void {
    this.around.counting.answered++
    this.finish()
    const waiter = this.#waiter
    this.#waiter = undefined
    waiter?.resolve(DONE)
  }

  /** After the first item asking again would give it a second time. */
  protected override get mayBeRepeated(): boolean {
    return this.#takenBytes === 0 && this.#heldBytes === 0
  }

  protected override fail(error: AnilloError): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter === undefined) this.#error = error
    else waiter.reject(error)
  }

  #spoilt(problem: string): void {
    const { address } = this
    this.around.counting.garbledFrames++
    this.link?.calls.cancel(this.id)
    this.settleFailed(new AnilloError('RPC_GARBLED', { address, problem }))
  }

  #take(item: { readonly value: A; readonly bytes: number }): A {
    this.#head++
    if (this.#head === this.#items.length) {
      this.#items = []
      this.#head = 0
    }
    this.#credit(item.bytes)
    return item.value
  }

  #credit(bytes: number): void {
    this.#heldBytes -= bytes
    this.#takenBytes += bytes
    if (this.#takenBytes < CREDIT_BYTES) return
    this.link?.calls.credit(this.id, this.#takenBytes)
    this.#takenBytes = 1
  }

  #takeError(error: AnilloError): AnilloError {
    this.#error = undefined
    return error
  }
}

const DONE = { done: true, value: undefined } as const
