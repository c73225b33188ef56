/**
 * What comes, changes and goes of a timeline, and what concerns who reads it, as it happens: from
 * the store's watch of rows. Each stream waits for its reader with so much at most; who lags
 * further is told to read again.
 */
import { unreachable } from '../../../base/assert.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { Change } from '../../../store/types.ts'
import type { DweetEvent } from '../../../wire/api-dweets.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownPrefix } from '../places.ts'
import { readNote, type DweetRow, type PublicationRow } from '../rows.ts'
import type { Dweeter, EventTopic } from '../types.ts'
import { Circle } from './circle.ts'
import { COUNTS_PAUSE_MS, EVENTS_WAITING_MAX, PLACES_KNOWN_MAX } from './limits.ts'
import type { MineParts } from './mine.ts'
import { Notifications } from './notifications.ts'
import { idOf, placeOf, publishedOf } from './published.ts'
import { resolve } from './resolving.ts'
import { show, type Showable } from './showing.ts'
import { placeOfListed } from './sources.ts'
import { topicOf, type Topic } from './topics.ts'
import { homeOf, nameOf, rowOf, type Home, type Watches } from './watches.ts'

export interface EventsParts extends MineParts {
  readonly watches: Watches
  readonly clock: Pick<Clock, 'after'>
}

type Waiting =
  | { readonly kind: 'published' | 'edited'; readonly place: string; readonly row: PublicationRow }
  | { readonly kind: 'deleted'; readonly place: string }
  /** It stands in the list of its partition, or of a tag, or does no more. */
  | { readonly kind: 'listed' | 'unlisted'; readonly place: string }
  /** Counts of some have changed. */
  | { readonly kind: 'counted' }
  | { readonly kind: 'noted'; readonly record: StoredRecord }
  /** Whom they follow, or do not want to see, is not the same any more. */
  | { readonly kind: 'circle' }
  | { readonly kind: 'resync' }

/** Whom one follows, and whom one does not want to see. */
const CIRCLE_KINDS = ['ing', 'mute', 'block', 'blocked'] as const

export async function* eventsOf(
  parts: EventsParts,
  { nick }: Dweeter,
  signal: AbortSignal,
  about: EventTopic = { kind: 'home' },
): AsyncIterable<DweetEvent> {
  const stream = new Stream(parts, nick, topicOf(parts.store, nick, about))
  const wake = (): void => stream.wake()
  signal.addEventListener('abort', wake)
  try {
    await stream.begin()
    while (!signal.aborted) {
      const waiting = stream.next()
      if (waiting === undefined) await stream.more(signal)
      else yield* await stream.told(waiting)
    }
  } finally {
    signal.removeEventListener('abort', wake)
    stream.end()
  }
}

class Stream {
  readonly #parts: EventsParts
  readonly #nick: string
  readonly #topic: Topic
  readonly #notifications: Notifications
  /** By what is watched: ends listening. */
  readonly #heard = new Map<string, () => void>()
  /** By place: edits, of which link a preview is shown, and of what moderators warn. */
  readonly #edits = new Map<string, string>()
  /** By place: counts that are not told yet. */
  readonly #counts = new Map<string, DweetRow>()
  #counting: Timer | undefined
  #waiting: Waiting[] = []
  #wake: () => void = () => undefined
  #circle: Circle | undefined
  /** Whose publications are told. */
  #authors: ReadonlySet<string> = new Set()
  /** Their partition keys. */
  #authorPks: ReadonlySet<string> = new Set()
  #isEnded = false

  constructor(parts: EventsParts, nick: string, topic: Topic) {
    this.#parts = parts
    this.#nick = nick
    this.#topic = topic
    this.#notifications = new Notifications(parts)
  }

  async begin(): Promise<void> {
    // Before it is read whom they follow, so that no change of that is missed.
    await this.#listen(homeOf(this.#nick))
    await this.#readCircle()
  }

  end(): void {
    this.#isEnded = true
    this.#counting?.cancel()
    for (const stop of this.#heard.values()) stop()
    this.#heard.clear()
  }

  wake(): void {
    this.#wake()
  }

  next(): Waiting | undefined {
    return this.#waiting.shift()
  }

  async more(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (this.#waiting.length > 0 || signal.aborted) resolve()
    })
  }

  /** None where it is not for them. */
  async told(waiting: Waiting): Promise<DweetEvent[]> {
    switch (waiting.kind) {
      case 'resync':
        return [{ kind: 'resync' }]
      case 'circle':
        // Others may have published before they are listened to.
        return (await this.#readCircle()) ? [{ kind: 'resync' }] : []
      case 'deleted':
        return [{ kind: 'deleted', id: idOf(waiting.place) }]
      case 'counted':
        return this.#counted()
      case 'noted':
        return this.#noted(waiting.record)
      case 'published':
      case 'edited':
        return this.#published(waiting)
      case 'listed':
      case 'unlisted':
        return this.#listed(waiting)
      default:
        return unreachable(waiting)
    }
  }

  async #published(waiting: Extract<Waiting, { row: PublicationRow }>): Promise<DweetEvent[]> {
    const [one] = await resolve(this.#parts.store, [waiting])
    if (one?.kind === 'unreadable') return [{ kind: 'resync' }]
    if (one === undefined || one.kind === 'gone' || !this.#isShown(one)) return []
    if (one.kind === 'redweet' && one.of === undefined) return []
    const [publication] = await show(this.#parts, this.#nick, [one])
    if (publication === undefined) return []
    if (waiting.kind === 'published') return [{ kind: 'published', publication }]
    return publication.kind === 'dweet' ? [{ kind: 'edited', dweet: publication }] : []
  }

  /** A dweet that lost a tag by an edit is still there. */
  async #listed({
    kind,
    place,
  }: Extract<Waiting, { kind: 'listed' | 'unlisted' }>): Promise<DweetEvent[]> {
    const [one] = await resolve(this.#parts.store, [{ place }])
    if (one?.kind === 'unreadable') return [{ kind: 'resync' }]
    if (kind === 'unlisted')
      return one?.kind === 'gone' ? [{ kind: 'deleted', id: idOf(place) }] : []
    if (one?.kind !== 'dweet' || one.row.imported !== undefined) return []
    return this.#published({ kind: 'published', place, row: one.row })
  }

  /** Who is not of it any more since it was heard is left out. */
  #isShown(one: Showable): boolean {
    const isOfIt = this.#topic.homes.length > 0 || this.#authors.has(one.row.author)
    return isOfIt && this.#circle !== undefined && this.#topic.shows(this.#circle, one)
  }

  #counted(): DweetEvent[] {
    this.#counting = undefined
    const counts = [...this.#counts]
    this.#counts.clear()
    return counts.flatMap(([place, row]): DweetEvent[] => {
      if (!this.#isShown({ kind: 'dweet', place, row })) return []
      const { likes, redweets, replies } = row
      return [{ kind: 'counted', id: idOf(place), replies, redweets, likes }]
    })
  }

  async #noted(record: StoredRecord): Promise<DweetEvent[]> {
    const note = readNote(record)
    if (this.#circle?.wants(note.by) !== true) return []
    const row = record.sk.slice(ownPrefix(this.#nick, 'note').length)
    const notification = await this.#notifications.show(this.#circle, { row, note })
    return [{ kind: 'notified', notification }]
  }

  /** @returns whether others are listened to than before */
  async #readCircle(): Promise<boolean> {
    const before = this.#circle
    const circle = await Circle.of(this.#parts.store, this.#nick)
    this.#circle = circle
    this.#authors = new Set(await this.#topic.authors(circle))
    const theirs = [...this.#authors].map(homeOf)
    this.#authorPks = new Set(theirs.map(({ pk }) => pk))
    const homes = [homeOf(this.#nick), ...theirs, ...this.#topic.homes]
    const wanted = new Map(homes.map((home) => [nameOf(home), home]))
    for (const [name, stop] of this.#heard) {
      if (wanted.has(name)) continue
      stop()
      this.#heard.delete(name)
    }
    const added = [...wanted.values()].filter((home) => !this.#heard.has(nameOf(home)))
    await Promise.all(added.map((home) => this.#listen(home)))
    return before !== undefined && added.length > 0
  }

  async #listen(home: Home): Promise<void> {
    const hear = home.table === USERS_TABLE ? this.#hear.bind(this) : this.#hearListed.bind(this)
    const stop = await this.#parts.watches.listen(home, {
      changed: (changes, newest) => {
        for (const change of changes) hear(home.pk, change, newest)
      },
      missed: () => this.#add({ kind: 'resync' }),
    })
    if (this.#isEnded) stop()
    else this.#heard.set(nameOf(home), stop)
  }

  #hearListed(_pk: string, change: Change): void {
    const isThere = change.kind === 'put'
    const place = placeOfListed(isThere ? change.record : change)
    this.#add({ kind: isThere ? 'listed' : 'unlisted', place })
  }

  #hear(pk: string, change: Change, newest: string): void {
    const row = rowOf(change)
    if (row === undefined) {
      if (pk === userPk(this.#nick)) this.#hearOwn(change)
    } else if (change.kind === 'delete') {
      if (this.#authorPks.has(pk)) this.#add({ kind: 'deleted', place: placeOf(pk, row) })
    } else {
      const published = publishedOf(pk, change.record)
      if (!this.#authors.has(published.row.author)) return
      if (row > newest && published.row.imported === undefined)
        this.#add({ kind: 'published', ...published })
      else if (this.#isEdited(published)) this.#add({ kind: 'edited', ...published })
      else this.#count(published)
    }
  }

  /** Likes and answers change the row of a dweet, too. */
  #isEdited({ place, row }: { readonly place: string; readonly row: PublicationRow }): boolean {
    if (row.kind !== 'dweet') return false
    const version = `${row.edits} ${row.preview?.url ?? ''} ${row.imposed ?? ''}`
    if (version === this.#edits.get(place)) return false
    keep(this.#edits, place, version)
    return row.edits > 0 || row.preview !== undefined || row.imposed !== undefined
  }

  /** A thousand likes in a second are told once. */
  #count({ place, row }: { readonly place: string; readonly row: PublicationRow }): void {
    if (row.kind !== 'dweet' || this.#isEnded) return
    keep(this.#counts, place, row)
    this.#counting ??= this.#parts.clock.after(COUNTS_PAUSE_MS, () => {
      this.#add({ kind: 'counted' })
    })
  }

  #hearOwn(change: Change): void {
    const sk = change.kind === 'put' ? change.record.sk : change.sk
    if (sk.startsWith(ownPrefix(this.#nick, 'note'))) {
      if (change.kind !== 'put' || !this.#topic.hasNotes) return
      this.#add({ kind: 'noted', record: change.record })
    } else if (this.#concerns(sk)) this.#add({ kind: 'circle' })
  }

  #concerns(sk: string): boolean {
    const { concerns } = this.#topic
    if (concerns !== undefined && sk.startsWith(concerns)) return true
    return CIRCLE_KINDS.some((kind) => sk.startsWith(ownPrefix(this.#nick, kind)))
  }

  #add(waiting: Waiting): void {
    const last = this.#waiting.at(-1)
    const isSaid = last?.kind === waiting.kind && (last.kind === 'resync' || last.kind === 'circle')
    if (isSaid) return
    if (this.#waiting.length < EVENTS_WAITING_MAX) this.#waiting.push(waiting)
    // Whom they follow may be among what is dropped.
    else this.#waiting = [{ kind: 'circle' }, { kind: 'resync' }]
    this.#wake()
  }
}

/** The latest. */
function keep<T>(map: Map<string, T>, place: string, value: T): void {
  map.delete(place)
  map.set(place, value)
  const [first] = map.keys()
  if (map.size > PLACES_KNOWN_MAX && first !== undefined) map.delete(first)
}
