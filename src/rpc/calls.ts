/** The requests of this side that are under way on one connection. */
import { utf8 } from '../base/bytes.ts'
import { AnilloError } from '../base/errors.ts'
import { readFailure } from '../wire/failure.ts'
import { FLAG, KIND, type Frame } from '../wire/frame.ts'
import { unpack } from '../wire/packed.ts'
import type { Asking } from './asking.ts'
import { IN_FLIGHT_MAX, METHODS_MAX, OUT_BUSY_BYTES } from './limits.ts'
import type { Outbox } from './outbox.ts'
import { putValue } from './sending.ts'
import type { Garbled } from './serving.ts'

/** Ids go round; one still under way is passed over. */
const ID_MAX = 2 ** 32 - 1

export class Calls {
  readonly #outbox: Outbox
  readonly #finished: () => void
  readonly #asked = new Map<number, Asking>()
  readonly #names = new Map<string, number>()
  #lastId = 0

  /** `finished` is called when a request is done with: for who waits until none is left. */
  constructor(outbox: Outbox, finished: () => void) {
    this.#outbox = outbox
    this.#finished = finished
  }

  get size(): number {
    return this.#asked.size
  }

  /**
   * Sends a request; its id, for `cancel` and `credit`.
   * @throws AnilloError BUSY, TOO_LARGE: nothing was sent
   */
  ask(asking: Asking): number {
    if (this.#asked.size >= IN_FLIGHT_MAX || this.#outbox.waitingBytes >= OUT_BUSY_BYTES) {
      throw new AnilloError('BUSY', { what: 'requests to one member' })
    }
    const { name, kind } = asking.method
    const method = this.#names.get(name) ?? this.#announce(name)
    const id = this.#nextId()
    const flags = kind === 'stream' ? FLAG.stream : 0
    const header = { kind: KIND.request, flags, method, id, value: Math.ceil(asking.timeLeftMs) }
    putValue(this.#outbox, header, asking.question)
    this.#asked.set(id, asking)
    return id
  }

  /** Sends words that have no answer; `false` where too much waits to be sent already. */
  tell(name: string, message: unknown): boolean {
    if (this.#outbox.waitingBytes >= OUT_BUSY_BYTES) return false
    const method = this.#names.get(name) ?? this.#announce(name)
    putValue(this.#outbox, { kind: KIND.notice, method }, message)
    return true
  }

  /** The answer is no longer wanted. */
  cancel(id: number): void {
    if (!this.#asked.delete(id)) return
    this.#outbox.put({ kind: KIND.cancel, id })
    this.#finished()
  }

  /** The consumer of a stream has taken so many bytes. */
  credit(id: number, bytes: number): void {
    if (this.#asked.has(id)) this.#outbox.put({ kind: KIND.credit, id, value: bytes })
  }

  /** Frames for a request that is not known are late: it was cancelled, or its time was up. */
  answer(frame: Frame): Garbled | undefined {
    const asking = this.#asked.get(frame.id)
    if (asking === undefined) return undefined
    if (asking.method.kind === 'stream') return 'an answer where items were asked for'
    this.#asked.delete(frame.id)
    asking.arrived(frame)
    this.#finished()
    return undefined
  }

  item(frame: Frame): Garbled | undefined {
    const asking = this.#asked.get(frame.id)
    if (asking === undefined) return undefined
    if (asking.method.kind === 'unary') return 'an item where one answer was asked for'
    asking.arrived(frame)
    return undefined
  }

  end(frame: Frame): Garbled | undefined {
    const asking = this.#asked.get(frame.id)
    if (asking === undefined) return undefined
    if (asking.method.kind === 'unary') return 'an end where one answer was asked for'
    this.#asked.delete(frame.id)
    asking.ended()
    this.#finished()
    return undefined
  }

  failure(frame: Frame): Garbled | undefined {
    const body = unpack(frame)
    const error = body.kind === 'value' ? readFailure(body.value) : undefined
    if (error === undefined) return 'a failure that cannot be read'
    const asking = this.#asked.get(frame.id)
    if (asking === undefined) return undefined
    this.#asked.delete(frame.id)
    asking.refused(error, (frame.flags & FLAG.notApplied) === 0)
    this.#finished()
    return undefined
  }

  /** The connection is gone: all are told. */
  lost(error: AnilloError): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const asking of asked) asking.lost(error)
  }

  #announce(name: string): number {
    const method = this.#names.size
    if (method >= METHODS_MAX) throw new AnilloError('BUSY', { what: 'names of methods' })
    this.#names.set(name, method)
    this.#outbox.put({ kind: KIND.name, method }, utf8(name))
    return method
  }

  #nextId(): number {
    do this.#lastId = this.#lastId === ID_MAX ? 1 : this.#lastId + 1
    while (this.#asked.has(this.#lastId))
    return this.#lastId
  }
}
