/**
 * What this member does, for those who watch: the latest are kept, readers get each new one.
 * Telling never blocks and never fails; a reader that does not keep up loses the oldest.
 */
import { BoundedQueue } from '../base/bounded-queue.ts'
import type { Clock } from '../effects/clock.ts'
import type { MemberRef, RingEvent } from '../wire/api.ts'
import type { TellDoing } from './types.ts'

/** Kept for newcomers: some minutes of a quiet ring, 100 KiB. */
export const DOINGS_KEPT_MAX = 300

/** What one reader may leave unread, about 400 KiB. */
const UNREAD_DOINGS_MAX = 1_000

export class Doings {
  readonly #clock: Clock
  readonly #self: MemberRef
  readonly #kept: RingEvent[] = []
  readonly #readers = new Set<(event: RingEvent) => void>()

  constructor(clock: Clock, self: MemberRef) {
    this.#clock = clock
    this.#self = self
  }

  readonly tell: TellDoing = (doing) => {
    const event: RingEvent = {
      at: new Date(this.#clock.wallMs()).toISOString(),
      member: this.#self,
      ...doing,
    }
    this.#kept.push(event)
    if (this.#kept.length > DOINGS_KEPT_MAX) this.#kept.shift()
    for (const reader of this.#readers) reader(event)
  }

  /** The latest `count`, oldest first. */
  recent(count: number): readonly RingEvent[] {
    return count === 0 ? [] : this.#kept.slice(-count)
  }

  /** Up to `recent` kept ones, then each new one, until `signal` aborts. */
  async *follow(recent: number, signal: AbortSignal): AsyncGenerator<RingEvent> {
    const inbox = new Inbox<RingEvent>(UNREAD_DOINGS_MAX)
    for (const event of this.recent(recent)) inbox.put(event)
    const reader = (event: RingEvent): void => inbox.put(event)
    this.#readers.add(reader)
    try {
      yield* inbox.take(signal)
    } finally {
      this.#readers.delete(reader)
    }
  }
}

/** Hands items from many writers to one reader; when it is full the oldest makes room. */
export class Inbox<T> {
  readonly #items: BoundedQueue<T>
  #wake: () => void = () => undefined

  constructor(itemsMax: number) {
    this.#items = new BoundedQueue(itemsMax)
  }

  put(item: T): void {
    if (!this.#items.tryPush(item)) {
      this.#items.shift()
      this.#items.tryPush(item)
    }
    this.#wake()
  }

  /** Ends when `signal` aborts. */
  async *take(signal: AbortSignal): AsyncGenerator<T> {
    const aborted = (): void => this.#wake()
    signal.addEventListener('abort', aborted)
    try {
      while (!signal.aborted) {
        const item = this.#items.shift()
        if (item !== undefined) yield item
        else await this.#woken()
      }
    } finally {
      signal.removeEventListener('abort', aborted)
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
