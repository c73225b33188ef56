/** Somebody who reads a stream of the microblog, event by event. */
import assert from 'node:assert/strict'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import type { DweetEvent } from '../../../wire/api-dweets.ts'
import { EVA } from '../dweet-world.test-helper.ts'
import type { EventTopic } from '../types.ts'
import { eventsOf } from './events.ts'
import type { World } from './timelines-world.test-helper.ts'
import { Watches } from './watches.ts'

/** A reader who takes what comes one by one. */
export class Reader {
  readonly clock = new ManualClock()
  readonly #ended = new AbortController()
  readonly #events: AsyncIterator<DweetEvent>
  #first: Promise<IteratorResult<DweetEvent>> | undefined

  constructor(world: World, topic?: EventTopic) {
    const watches = new Watches({ store: world.store, clock: this.clock })
    const { own, people, store } = world
    const events = eventsOf(
      { own, people, store, watches, clock: this.clock },
      EVA,
      this.#ended.signal,
      topic,
    )
    this.#events = events[Symbol.asyncIterator]()
  }

  /** Listens from then on. */
  async begin(): Promise<void> {
    this.#first = this.#events.next()
    await settled()
  }

  async next(): Promise<DweetEvent> {
    const asked = this.#first ?? this.#events.next()
    this.#first = undefined
    const { done, value } = await asked
    assert(done !== true)
    return value
  }

  /** Without what is said of it, as text. */
  async told(): Promise<string> {
    const event = await this.next()
    if (event.kind === 'published') {
      const { publication: one } = event
      const text = one.kind === 'dweet' ? one.text : `redweet of ${one.of?.text}`
      return `${one.author.nick}: ${text}`
    }
    if (event.kind === 'edited') return `edited: ${event.dweet.text}`
    if (event.kind === 'notified') return `notified: ${event.notification.kind}`
    return event.kind
  }

  async end(): Promise<boolean> {
    this.#ended.abort()
    return (await (this.#first ?? this.#events.next())).done === true
  }
}

/** All that goes by itself has gone. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}
