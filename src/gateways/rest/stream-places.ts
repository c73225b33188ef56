/** How many streams of what happens one account has at a door, by whatever way. */
import { AnilloError } from '../../base/errors.ts'
import { EVENT_STREAMS_MAX, EVENT_STREAMS_OF_ONE_MAX } from './limits.ts'

export class StreamPlaces {
  readonly #ofNick = new Map<string, number>()
  #taken = 0

  /** Each is given back once. @throws AnilloError BUSY */
  take(nick: string): Disposable {
    const own = this.#ofNick.get(nick) ?? 0
    if (this.#taken >= EVENT_STREAMS_MAX || own >= EVENT_STREAMS_OF_ONE_MAX) {
      throw new AnilloError('BUSY', { what: 'event streams' })
    }
    this.#taken++
    this.#ofNick.set(nick, own + 1)
    return { [Symbol.dispose]: () => this.#give(nick) }
  }

  #give(nick: string): void {
    this.#taken--
    const left = (this.#ofNick.get(nick) ?? 1) - 1
    if (left === 0) this.#ofNick.delete(nick)
    else this.#ofNick.set(nick, left)
  }
}
