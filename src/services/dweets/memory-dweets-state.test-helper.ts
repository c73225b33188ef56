/** What the microblog in memory keeps, and who sees what of it. */
import { assert } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type {
  Dweet,
  DweetPerson,
  Notification,
  NotificationKind,
  Publication,
  Redweet,
} from '../../wire/api-dweets.ts'
import type { Decision, ModerationNotice, ReportReason, Standing } from '../../wire/api-reports.ts'
import {
  compareIds,
  nextRowId,
  placeOfPublicId,
  publicIdOf,
  timeOfRowId,
} from '../../wire/dweet-ids.ts'
import { DWEETS_PER_PERIOD, DWEETS_PERIOD_MS, MENTIONS_TOLD_MAX } from '../../wire/dweet-limits.ts'
import { userPk } from '../../wire/users.ts'
import { namesIn } from './memory-texts.test-helper.ts'

export interface MemoryDweetsParts {
  readonly clock: Pick<Clock, 'wallMs'>
  /** Of a folded nick. */
  readonly personOf: (nick: string) => KnownPerson | undefined
}

export interface KnownPerson extends DweetPerson {
  readonly joinedAt: string
}

export interface HeldText {
  readonly text: string
  readonly warning: string | undefined
  readonly writtenAtMs: number
}

export interface HeldDweet {
  readonly kind: 'dweet'
  readonly id: string
  readonly author: string
  readonly visibility: 'public' | 'followers'
  readonly replyTo: { readonly id: string; readonly nick: string } | undefined
  /** Newest first. */
  readonly texts: HeldText[]
  mentions: readonly string[]
  tags: readonly string[]
  readonly likedBy: Set<string>
  /** The warning of moderators. */
  imposed?: string | undefined
}

export interface HeldRedweet {
  readonly kind: 'redweet'
  readonly id: string
  readonly author: string
  readonly of: { readonly id: string; readonly nick: string }
}

export type Held = HeldDweet | HeldRedweet

export interface HeldNote {
  readonly id: string
  readonly kind: NotificationKind
  readonly by: string
  readonly atMs: number
  readonly dweet: string | undefined
  readonly moderation?: ModerationNotice
}

/** Ids between which all was seen, ends included. */
export interface Bounds {
  readonly low: string
  readonly high: string
}

export interface HeldList {
  readonly id: string
  name: string
  readonly people: Set<string>
}

export interface HeldCase {
  readonly nick: string
  state: 'open' | 'closed'
  openedAtMs: number
  closedAtMs: number
  /** In its list since then. */
  listedAtMs: number
  count: number
  readonly reasons: Map<ReportReason, number>
  readonly reports: Map<string, HeldReport & { readonly note: string }>
  reported: { readonly text: string; readonly warning: string | undefined } | undefined
  readonly decisions: Decision[]
}

export interface HeldReport {
  readonly atMs: number
  readonly reason: ReportReason
}

export interface HeldLimit {
  readonly kind: Standing['kind']
  readonly untilMs: number | undefined
  readonly reason: ReportReason | undefined
  readonly message: string
}

/** What one person has. */
export class Own {
  bio = ''
  /** By nick: whether their redweets are shown, too. */
  readonly following = new Map<string, boolean>()
  readonly muted = new Set<string>()
  readonly blocked = new Set<string>()
  readonly bookmarks = new Set<string>()
  readonly seen = new Map<string, Bounds>()
  notes: HeldNote[] = []
  readonly lists = new Map<string, HeldList>()
  /** By subject. */
  readonly reported = new Map<string, HeldReport>()
  readonly reporting = { sinceMs: 0, reports: 0 }
  period = { sinceMs: 0, dweets: 0 }
}

/** Before all ids. */
export const BEFORE_ALL = ''

/** What happened, before it is shown to anybody. */
export type Doing =
  | { readonly kind: 'published' | 'edited' | 'deleted'; readonly one: Held }
  | { readonly kind: 'counted'; readonly one: HeldDweet }
  | { readonly kind: 'notified'; readonly nick: string; readonly note: HeldNote }

export class DweetsHeld {
  /** By id. */
  readonly publications = new Map<string, Held>()
  /** Authors that cannot be read now. */
  readonly unreadable = new Set<string>()
  /** Those that moderators removed. */
  readonly removed = new Map<string, HeldDweet>()
  /** By subject. */
  readonly cases = new Map<string, HeldCase>()
  readonly limits = new Map<string, HeldLimit>()
  /** Told what happens. */
  told: (doing: Doing) => void = () => undefined
  readonly #people = new Map<string, Own>()
  /** By partition key, the row id given last. */
  readonly #last = new Map<string, string>()
  readonly #parts: MemoryDweetsParts

  constructor(parts: MemoryDweetsParts) {
    this.#parts = parts
  }

  nowMs(): number {
    return this.#parts.clock.wallMs()
  }

  nextId(nick: string): string {
    const pk = userPk(nick)
    const row = nextRowId(this.nowMs(), this.#last.get(pk))
    this.#last.set(pk, row)
    return publicIdOf({ pk, row })
  }

  /** One more dweet. @throws AnilloError SLOW_DOWN */
  count(nick: string): void {
    const own = this.of(nick)
    const nowMs = this.nowMs()
    const isOver = nowMs >= own.period.sinceMs + DWEETS_PERIOD_MS
    const { dweets, sinceMs } = isOver ? { dweets: 0, sinceMs: nowMs } : own.period
    if (dweets >= DWEETS_PER_PERIOD) {
      const minutes = Math.ceil((sinceMs + DWEETS_PERIOD_MS - nowMs) / MINUTE_MS)
      throw new AnilloError('SLOW_DOWN', { minutes })
    }
    own.period = { sinceMs, dweets: dweets + 1 }
  }

  add(one: Held): void {
    this.publications.set(one.id, one)
    this.told({ kind: 'published', one })
  }

  drop(one: Held): void {
    this.publications.delete(one.id)
    const { author, id, kind } = one
    const about = kind === 'redweet' ? one.of : one.replyTo
    if (about !== undefined && this.publications.has(about.id)) {
      if (kind === 'redweet') this.takeBack(about.nick, { kind, by: author, dweet: about.id })
      else this.takeBack(about.nick, { kind: 'reply', by: author, dweet: id })
    }
    this.told({ kind: 'deleted', one })
  }

  /** Nobody is told what they did themselves, nor of those of whom they want to hear nothing. */
  note(to: string, kind: NotificationKind, by: string, dweet?: string): void {
    this.#counted(kind, dweet)
    if (to === by || this.of(to).muted.has(by) || this.isBetween(to, by)) return
    const note = { id: this.nextId(to), kind, by, atMs: this.nowMs(), dweet }
    this.of(to).notes.push(note)
    this.told({ kind: 'notified', nick: to, note })
  }

  #counted(kind: NotificationKind, dweet: string | undefined): void {
    if (kind !== 'like' && kind !== 'redweet') return
    const one = dweet === undefined ? undefined : this.publications.get(dweet)
    if (one?.kind === 'dweet') this.told({ kind: 'counted', one })
  }

  /** Of what moderators decided: whoever they mute. */
  tell(to: string, moderation: ModerationNotice, dweet?: string): void {
    const id = this.nextId(to)
    const note: HeldNote = { id, kind: 'moderated', by: to, atMs: this.nowMs(), dweet, moderation }
    this.of(to).notes.push(note)
    this.told({ kind: 'notified', nick: to, note })
  }

  newCase(nick: string): HeldCase {
    const none = { openedAtMs: 0, closedAtMs: 0, listedAtMs: 0, count: 0, reported: undefined }
    return { nick, state: 'open', reasons: new Map(), reports: new Map(), decisions: [], ...none }
  }

  limitOf(nick: string): HeldLimit | undefined {
    const limit = this.limits.get(nick)
    return limit?.untilMs !== undefined && limit.untilMs <= this.nowMs() ? undefined : limit
  }

  standingOf(nick: string): Standing | undefined {
    const limit = this.limitOf(nick)
    if (limit === undefined) return undefined
    const { kind, message, reason, untilMs } = limit
    return {
      kind,
      ...(untilMs === undefined ? {} : { until: instant(untilMs) }),
      ...(reason === undefined ? {} : { reason }),
      ...(message === '' ? {} : { message }),
    }
  }

  /** @throws AnilloError DWEETS_SUSPENDED */
  requireUnsuspended(nick: string): void {
    const limit = this.limitOf(nick)
    if (limit?.kind !== 'suspended') return
    const until = limit.untilMs === undefined ? 'it is lifted' : instant(limit.untilMs)
    throw new AnilloError('DWEETS_SUSPENDED', { until })
  }

  /** It is done no more. */
  takeBack(to: string, what: Pick<HeldNote, 'kind' | 'by' | 'dweet'>): void {
    const own = this.of(to)
    const { by, dweet, kind } = what
    this.#counted(kind, dweet)
    own.notes = own.notes.filter(
      (note) => note.kind !== kind || note.by !== by || note.dweet !== dweet,
    )
  }

  /** @param told who knows of it already */
  tellMentioned({ author, id, mentions }: HeldDweet, told: ReadonlySet<string>): void {
    for (const nick of mentions.slice(0, MENTIONS_TOLD_MAX)) {
      if (!told.has(nick)) this.note(nick, 'mention', author, id)
    }
  }

  unfollow(who: string, nick: string): void {
    const { following, seen } = this.of(who)
    if (following.delete(nick)) {
      this.takeBack(nick, { kind: 'follow', by: who, dweet: undefined })
    }
    seen.delete(nick)
  }

  mentionsIn(text: string): string[] {
    return namesIn(text).filter((nick) => this.#parts.personOf(nick) !== undefined)
  }

  of(nick: string): Own {
    const own = this.#people.get(nick) ?? new Own()
    this.#people.set(nick, own)
    return own
  }

  /** @throws AnilloError NO_USER */
  person(nick: string): KnownPerson {
    const person = this.#parts.personOf(nick)
    if (person === undefined) throw new AnilloError('NO_USER', { nick })
    return person
  }

  /** As somebody typed it. @throws AnilloError NO_USER */
  nickOf(text: string): string {
    const nick = foldNick(text)
    if (nick === undefined) throw new AnilloError('NO_USER', { nick: text })
    return this.person(nick).nick
  }

  followersOf(nick: string): string[] {
    return [...this.#people].filter(([, own]) => own.following.has(nick)).map(([who]) => who)
  }

  /** Newest first. */
  all(test: (one: Held) => boolean): Held[] {
    return [...this.publications.values()].filter(test).toSorted((a, b) => compareIds(b.id, a.id))
  }

  dweets(test: (one: HeldDweet) => boolean): HeldDweet[] {
    return this.all((one) => one.kind === 'dweet' && test(one)).filter(
      (one) => one.kind === 'dweet',
    )
  }

  /** One of the two has blocked the other. */
  isBetween(a: string, b: string): boolean {
    return this.of(a).blocked.has(b) || this.of(b).blocked.has(a)
  }

  /** Asked for by itself. */
  maySee(who: string, one: Held): boolean {
    if (this.isBetween(who, one.author)) return false
    if (one.kind === 'redweet') {
      const original = this.publications.get(one.of.id)
      return original === undefined || this.maySee(who, original)
    }
    if (one.author === who) return true
    const isFor = this.of(who).following.has(one.author) || one.mentions.includes(who)
    return one.visibility === 'public' || isFor
  }

  /** In lists of many people's. */
  wants(who: string, one: Held): boolean {
    const { following, muted } = this.of(who)
    if (muted.has(one.author) || !this.maySee(who, one)) return false
    if (one.kind === 'dweet') return true
    return one.author === who || (following.get(one.author) === true && !muted.has(one.of.nick))
  }

  /** Of people whom they need not follow. */
  wantsListed(who: string, one: Held): boolean {
    const { following, muted } = this.of(who)
    if (muted.has(one.author) || !this.maySee(who, one)) return false
    if (one.kind === 'dweet') return true
    const isApart = this.isBetween(who, one.of.nick)
    return following.get(one.author) !== false && !muted.has(one.of.nick) && !isApart
  }

  /** The dweet itself, or that of the redweet. @throws AnilloError DWEET_GONE */
  dweet(who: string, id: string): HeldDweet {
    const one = this.publications.get(id)
    const removed = this.removed.get(id)
    if (removed !== undefined && this.maySee(who, removed)) throw new AnilloError('DWEET_REMOVED')
    if (one === undefined || !this.maySee(who, one)) throw new AnilloError('DWEET_GONE')
    if (one.kind === 'dweet') return one
    return this.dweet(who, one.of.id)
  }

  /** Of one that is removed, too, nothing is said but that it is gone. @throws DWEET_GONE */
  answered(who: string, id: string): HeldDweet {
    try {
      return this.dweet(who, id)
    } catch (cause) {
      throw new AnilloError('DWEET_GONE', {}, { cause })
    }
  }

  redweetOf(who: string, id: string): HeldRedweet | undefined {
    for (const one of this.publications.values()) {
      if (one.kind === 'redweet' && one.author === who && one.of.id === id) return one
    }
    return undefined
  }

  shown(who: string, one: Held): Publication {
    if (one.kind === 'dweet') return this.shownDweet(who, one)
    const original = this.publications.get(one.of.id)
    if (original !== undefined && !this.maySee(who, original)) {
      return { ...this.shownRedweet(who, one, undefined), isHidden: true }
    }
    return this.shownRedweet(who, one, original?.kind === 'dweet' ? original : undefined)
  }

  shownRedweet(who: string, one: HeldRedweet, original: HeldDweet | undefined): Redweet {
    return {
      kind: 'redweet',
      id: one.id,
      author: this.shownPerson(one.author),
      createdAt: instantOfId(one.id),
      of: original === undefined ? null : this.shownDweet(who, original),
      ...(this.removed.has(one.of.id) ? { isRemovedByModerators: true } : {}),
    }
  }

  shownDweet(who: string, one: HeldDweet): Dweet {
    const [now] = one.texts
    assert(now !== undefined, 'a dweet has a text')
    const redweets = this.all((other) => other.kind === 'redweet' && other.of.id === one.id)
    const replies = this.dweets((other) => other.replyTo?.id === one.id)
    return {
      kind: 'dweet',
      id: one.id,
      author: this.shownPerson(one.author),
      createdAt: instantOfId(one.id),
      ...(one.texts.length === 1 ? {} : { editedAt: instant(now.writtenAtMs) }),
      text: now.text,
      ...(now.warning === undefined ? {} : { warning: now.warning }),
      ...(one.imposed === undefined ? {} : { warning: one.imposed, isWarnedByModerators: true }),
      visibility: one.visibility,
      ...(one.replyTo === undefined ? {} : { replyTo: { ...one.replyTo } }),
      mentions: [...one.mentions],
      tags: [...one.tags],
      replies: replies.length,
      redweets: redweets.length,
      likes: one.likedBy.size,
      mine: {
        liked: one.likedBy.has(who),
        redweeted: this.redweetOf(who, one.id) !== undefined,
        bookmarked: this.of(who).bookmarks.has(one.id),
      },
    }
  }

  /** Also of one whose account is gone. */
  shownPerson(nick: string): DweetPerson {
    return { nick, name: this.#parts.personOf(nick)?.name ?? nick }
  }

  shownNote(
    who: string,
    { atMs, by, dweet: id, id: note, kind, moderation }: HeldNote,
  ): Notification {
    const one = id === undefined ? undefined : this.publications.get(id)
    const isThere = one?.kind === 'dweet' && this.maySee(who, one)
    return {
      id: note,
      kind,
      at: instant(atMs),
      by: this.shownPerson(by),
      ...(isThere ? { dweet: this.shownDweet(who, one) } : {}),
      ...(moderation === undefined ? {} : { moderation }),
    }
  }
}

export function instant(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

export function instantOfId(id: string): string {
  const place = placeOfPublicId(id)
  assert(place !== undefined, 'a dweet has an id of dweets')
  return instant(timeOfRowId(place.row))
}
