/** One reader of an event stream: what it has not read yet, up to a bound. */
import { BoundedQueue } from '../../base/bounded-queue.ts'
import { utf8 } from '../../base/bytes.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import { EVENT_LAG_GRACE_MS, UNREAD_EVENTS_MAX } from './limits.ts'

/** The last event of one that did not keep up: named, so that it is no doing of the ring. */
const LAGGING = utf8(
  'event: lagging\ndata: {"code":"BUSY","detail":"Events came faster than they were read; ' +
    'connect again for the latest."}\n\n',
)

type Controller = ReadableStreamDefaultController<Uint8Array>

export interface EventReaderOptions {
  readonly clock: Clock
  /** It is told nothing but events of its own, also where it lags. */
  readonly isBare: boolean
  /** It takes no more events. */
  readonly ended: () => void
  /** Closes the connection with all that is unsent. */
  readonly close: () => void
}

/** Frames are shared by all readers of a source: they are queued, never copied. */
export class EventReader {
  readonly stream: ReadableStream<Uint8Array>
  readonly #options: EventReaderOptions
  #unread = new BoundedQueue<Uint8Array>(UNREAD_EVENTS_MAX)
  #wanted: (() => void) | undefined
  #isOver = false
  #cut: Timer | undefined

  constructor(options: EventReaderOptions) {
    this.#options = options
    this.stream = new ReadableStream(
      { pull: (controller) => this.#pull(controller), cancel: () => this.end() },
      { highWaterMark: 0 },
    )
  }

  put(frame: Uint8Array): void {
    if (this.#isOver) return
    if (this.#unread.tryPush(frame)) this.#wake()
    else this.#lag()
  }

  /** What is unread is still sent, then the stream ends. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.ended()
    this.#wake()
  }

  /** The connection is gone. */
  gone(): void {
    this.#cut?.cancel()
    this.#unread = new BoundedQueue(1)
    this.end()
  }

  /** It may still take the last event; one that reads nothing at all loses its connection. */
  #lag(): void {
    this.#unread = new BoundedQueue(1)
    if (!this.#options.isBare) this.#unread.tryPush(LAGGING)
    this.end()
    this.#cut = this.#options.clock.after(EVENT_LAG_GRACE_MS, this.#options.close)
  }

  async #pull(controller: Controller): Promise<void> {
    while (this.#unread.size === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve
      })
    }
    const frame = this.#unread.shift()
    if (frame !== undefined) controller.enqueue(frame)
    if (this.#isOver && this.#unread.size === 0) {
      this.#cut?.cancel()
      controller.close()
    }
  }

  #wake(): void {
    this.#wanted?.()
    this.#wanted = undefined
  }
}
