/**
 * Server-sent events (WHATWG HTML, 9.2): the ring's doings to any number of readers, up to a bound.
 */
import type { FastifyReply } from 'fastify'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import type { Timer } from '../../effects/clock.ts'
import type { GatewayOptions } from './door.ts'
import { EVENT_BEAT_MS, EVENT_STREAMS_MAX, EVENTS_RECENT_MAX } from './limits.ts'

/**
 * What a reader may leave unread before its stream is cut: it reconnects and gets the recent ones.
 */
const UNREAD_EVENTS_MAX = 1_000

export class EventStreams {
  readonly #options: Pick<GatewayOptions, 'ring' | 'clock'>
  readonly #open = new Set<AbortController>()

  constructor(options: Pick<GatewayOptions, 'ring' | 'clock'>) {
    this.#options = options
  }

  open(reply: FastifyReply, recent = EVENTS_RECENT_MAX): FastifyReply {
    if (this.#open.size >= EVENT_STREAMS_MAX)
      throw new AnilloError('BUSY', { what: 'event streams' })
    const stop = new AbortController()
    this.#open.add(stop)
    reply.raw.once('close', () => stop.abort())
    stop.signal.addEventListener('abort', () => this.#open.delete(stop))
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(this.#stream(Math.min(recent, EVENTS_RECENT_MAX), stop))
  }

  /** Ends all streams, so that the door can close; their readers go on at another member. */
  close(): void {
    for (const stop of this.#open) stop.abort()
  }

  #stream(recent: number, stop: AbortController): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        start: (controller) => {
          controller.enqueue(utf8('retry: 500\n\n'))
          void this.#pump(controller, recent, stop)
        },
        cancel: () => stop.abort(),
      },
      { highWaterMark: UNREAD_EVENTS_MAX },
    )
  }

  async #pump(
    controller: ReadableStreamDefaultController<Uint8Array>,
    recent: number,
    stop: AbortController,
  ): Promise<void> {
    const beat = new Beat(this.#options, () => controller.enqueue(utf8(': beat\n\n')))
    try {
      for await (const event of this.#options.ring.events(recent, stop.signal)) {
        // Closed, it would hold what is unread for as long as nobody reads it.
        if ((controller.desiredSize ?? 0) <= 0) throw new AnilloError('BUSY', { what: 'reader' })
        controller.enqueue(utf8(`data: ${JSON.stringify(event)}\n\n`))
        beat.restart()
      }
      beat.stop()
      if (!stop.signal.aborted || controller.desiredSize !== null) controller.close()
    } catch (thrown) {
      beat.stop()
      if (!stop.signal.aborted) controller.error(thrown)
    } finally {
      stop.abort()
    }
  }
}

/** Calls `beat` whenever nothing else happened for a while. */
class Beat {
  readonly #clock: GatewayOptions['clock']
  readonly #beat: () => void
  #timer: Timer

  constructor(options: Pick<GatewayOptions, 'clock'>, beat: () => void) {
    this.#clock = options.clock
    this.#beat = beat
    this.#timer = this.#next()
  }

  restart(): void {
    this.#timer.cancel()
    this.#timer = this.#next()
  }

  stop(): void {
    this.#timer.cancel()
  }

  #next(): Timer {
    return this.#clock.after(EVENT_BEAT_MS, () => {
      this.#beat()
      this.#timer = this.#next()
    })
  }
}
