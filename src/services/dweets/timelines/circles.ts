/**
 * Circles of those who read here, kept by this member: read again, and made anew as they change.
 */
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { Circle } from './circle.ts'
import { CIRCLES_MAX } from './limits.ts'
import type { OwnLists, OwnRows } from './own-lists.ts'
import type { Records } from './published.ts'

const KINDS = ['ing', 'mute', 'block', 'blocked'] as const

interface Kept {
  readonly lists: readonly OwnRows[]
  readonly circle: Circle
}

export class Circles {
  readonly #store: Records
  readonly #own: OwnLists
  /** Least recently asked for first. */
  readonly #kept = new Map<string, Kept>()

  constructor(store: Records, own: OwnLists) {
    this.#store = store
    this.#own = own
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async of(nick: string): Promise<Circle> {
    const lists = await Promise.all(KINDS.map((kind) => this.#own.of(nick, kind, LIST_RECORDS_MAX)))
    // Who is blocked by more than that is read as it is.
    if (lists.some(({ isWhole }) => !isWhole)) return Circle.of(this.#store, nick)
    const kept = this.#kept.get(nick)
    const isSame = kept?.lists.every((list, i) => list === lists[i]) === true
    const circle = isSame ? kept.circle : Circle.ofRows(nick, lists)
    this.#kept.delete(nick)
    this.#kept.set(nick, { lists, circle })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > CIRCLES_MAX && oldest !== undefined) this.#kept.delete(oldest)
    return circle
  }
}
