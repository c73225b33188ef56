/** Events of the microblog in memory. */
import type { DweetEvent } from '../../wire/api-dweets.ts'
import { foldTag } from '../../wire/dweet-text.ts'
import type { Doing, DweetsHeld, Held } from './memory-dweets-state.test-helper.ts'
import type { EventTopic } from './types.ts'

/** What a reader may leave unread. */
const UNREAD_MAX = 100

interface Reader {
  readonly nick: string
  readonly topic: EventTopic
  unread: DweetEvent[]
  wake: () => void
}

export class MemoryStreams {
  readonly #held: DweetsHeld
  readonly #readers = new Set<Reader>()

  constructor(held: DweetsHeld) {
    this.#held = held
    held.told = (doing) => this.#tell(doing)
  }

  /** From now on: whoever calls is told from before the first event is asked for. */
  of(
    nick: string,
    signal: AbortSignal,
    topic: EventTopic = { kind: 'home' },
  ): AsyncIterable<DweetEvent> {
    const reader: Reader = { nick, topic, unread: [], wake: () => undefined }
    this.#readers.add(reader)
    signal.addEventListener('abort', () => reader.wake(), { once: true })
    return this.#read(reader, signal)
  }

  async *#read(reader: Reader, signal: AbortSignal): AsyncGenerator<DweetEvent> {
    try {
      while (!signal.aborted) {
        const next = reader.unread.shift()
        if (next !== undefined) yield next
        else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve
          })
        }
      }
    } finally {
      this.#readers.delete(reader)
    }
  }

  #tell(doing: Doing): void {
    for (const reader of this.#readers) {
      const event = this.#shown(reader, doing)
      if (event === undefined) continue
      if (reader.unread.length < UNREAD_MAX) reader.unread.push(event)
      else reader.unread = [{ kind: 'resync' }]
      reader.wake()
    }
  }

  #shown({ nick, topic }: Reader, doing: Doing): DweetEvent | undefined {
    if (doing.kind === 'notified') {
      if (topic.kind !== 'home') return undefined
      const { note } = doing
      const isQuiet = this.#held.of(nick).muted.has(note.by) || this.#held.isBetween(nick, note.by)
      if (doing.nick !== nick || isQuiet) return undefined
      return { kind: 'notified', notification: this.#held.shownNote(nick, note) }
    }
    const { kind, one } = doing
    if (!this.#isOf(topic, nick, one)) return undefined
    if (kind === 'counted') {
      const { id, likes, redweets, replies } = this.#held.shownDweet(nick, doing.one)
      return { kind, id, likes, redweets, replies }
    }
    if (kind === 'deleted') return { kind, id: one.id }
    if (kind === 'published') return { kind, publication: this.#held.shown(nick, one) }
    return one.kind === 'dweet' ? { kind, dweet: this.#held.shownDweet(nick, one) } : undefined
  }

  #isOf(topic: EventTopic, nick: string, one: Held): boolean {
    switch (topic.kind) {
      case 'home':
        return this.#isOfHome(nick, one)
      case 'local':
        return isPublic(one) && this.#held.wants(nick, one)
      case 'tag':
        return isPublic(one) && hasTag(one, topic.tag) && this.#held.wants(nick, one)
      case 'list': {
        const people = this.#held.of(nick).lists.get(topic.id)?.people
        return people?.has(one.author) === true && this.#held.wantsListed(nick, one)
      }
    }
  }

  #isOfHome(nick: string, one: Held): boolean {
    const isFollowed = this.#held.of(nick).following.has(one.author)
    return (one.author === nick || isFollowed) && this.#held.wants(nick, one)
  }
}

function isPublic(one: Held): boolean {
  return one.kind === 'dweet' && one.visibility === 'public'
}

function hasTag(one: Held, tag: string): boolean {
  return one.kind === 'dweet' && one.tags.some((of) => foldTag(of) === foldTag(tag))
}
