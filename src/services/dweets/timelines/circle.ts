/** Whom somebody follows, and whom they do not want to see, or may not. */
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownPrefix, type OwnKind } from '../places.ts'
import { readFollow, type DweetRow, type FollowRow } from '../rows.ts'
import { maySee } from '../who-sees.ts'
import type { OwnRows } from './own-lists.ts'
import type { Records } from './published.ts'
import type { Showable } from './showing.ts'

export class Circle {
  readonly nick: string
  readonly follows: ReadonlyMap<string, FollowRow>
  readonly #muted: ReadonlySet<string>
  readonly #blocked: ReadonlySet<string>
  /** Those whom they blocked, and those who blocked them. */
  readonly #apart: ReadonlySet<string>
  #followed: readonly string[] | undefined

  private constructor(circle: {
    readonly nick: string
    readonly follows: ReadonlyMap<string, FollowRow>
    readonly muted: ReadonlySet<string>
    readonly blocked: ReadonlySet<string>
    readonly apart: ReadonlySet<string>
  }) {
    this.nick = circle.nick
    this.follows = circle.follows
    this.#muted = circle.muted
    this.#blocked = circle.blocked
    this.#apart = circle.apart
  }

  /** As it is in the store. @throws AnilloError STORE_UNAVAILABLE */
  static async of(store: Records, nick: string): Promise<Circle> {
    const [follows, muted, blocked, blocking] = await Promise.all([
      listOwn(store, nick, 'ing'),
      listOwn(store, nick, 'mute'),
      listOwn(store, nick, 'block'),
      listOwn(store, nick, 'blocked'),
    ])
    return Circle.#of(nick, { follows, muted, blocked, blocking })
  }

  /** Of all their follows, mutes and blocks, and of who has blocked them. */
  static ofRows(nick: string, lists: readonly OwnRows[]): Circle {
    const [ing, mute, block, blockedBy] = lists
    return Circle.#of(nick, {
      follows: byName(nick, 'ing', ing?.rows ?? []),
      muted: byName(nick, 'mute', mute?.rows ?? []),
      blocked: byName(nick, 'block', block?.rows ?? []),
      blocking: byName(nick, 'blocked', blockedBy?.rows ?? []),
    })
  }

  static #of(
    nick: string,
    lists: Readonly<Record<'follows' | 'muted' | 'blocked' | 'blocking', Own>>,
  ): Circle {
    const { blocked, blocking, follows, muted } = lists
    return new Circle({
      nick,
      follows: new Map([...follows].map(([other, record]) => [other, readFollow(record)])),
      muted: new Set(muted.keys()),
      blocked: new Set(blocked.keys()),
      apart: new Set([...blocked.keys(), ...blocking.keys()]),
    })
  }

  /** Those whose publications stand at home: whom they follow and want to see, and themselves. */
  get authors(): readonly string[] {
    return [this.nick, ...this.followed]
  }

  /** Without those who are muted, or blocked either way. */
  get followed(): readonly string[] {
    this.#followed ??= [...this.follows.keys()].filter((nick) => this.wants(nick))
    return this.#followed
  }

  hasMuted(nick: string): boolean {
    return this.#muted.has(nick)
  }

  hasBlocked(nick: string): boolean {
    return this.#blocked.has(nick)
  }

  /** Not muted, and not blocked either way. */
  wants(nick: string): boolean {
    return !this.#muted.has(nick) && !this.#apart.has(nick)
  }

  /** One of the two has blocked the other. */
  isApartFrom(nick: string): boolean {
    return this.#apart.has(nick)
  }

  /** In what they ask for by itself: also of those whom they muted. */
  maySeeShown(one: Showable): boolean {
    if (this.#apart.has(one.row.author)) return false
    if (one.kind === 'dweet') return this.maySee(one.row)
    return one.of === undefined || this.maySee(one.of.row)
  }

  /** In lists of many people's. */
  wantsShown(one: Showable): boolean {
    return this.#wantsBoth(one) && (one.kind === 'dweet' || this.#wantsRedweetsOf(one.row.author))
  }

  /** Of people whom they need not follow: what those redweet, too, unless they said no to it. */
  wantsListed(one: Showable): boolean {
    if (!this.#wantsBoth(one)) return false
    return one.kind === 'dweet' || this.follows.get(one.row.author)?.redweets !== false
  }

  /** Whose it is, and whom it shows. */
  #wantsBoth(one: Showable): boolean {
    if (!this.wants(one.row.author) || !this.maySeeShown(one)) return false
    return one.kind === 'dweet' || this.wants(one.row.of.nick)
  }

  /** Asked for by itself. */
  maySee(row: DweetRow): boolean {
    const { author } = row
    const isApart = this.#apart.has(author)
    return maySee(this.nick, row, { isApart, isFollowing: this.follows.has(author) })
  }

  #wantsRedweetsOf(nick: string): boolean {
    return nick === this.nick || this.follows.get(nick)?.redweets === true
  }
}

type Own = ReadonlyMap<string, StoredRecord>

function byName(nick: string, kind: OwnKind, rows: readonly StoredRecord[]): Own {
  const from = ownPrefix(nick, kind).length
  return new Map(rows.map((record) => [record.sk.slice(from), record]))
}

async function listOwn(store: Records, nick: string, kind: OwnKind): Promise<Own> {
  const prefix = ownPrefix(nick, kind)
  const rows = new Map<string, StoredRecord>()
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: LIST_RECORDS_MAX }
  for (let start: string | undefined; ;) {
    const page = await store.list(start === undefined ? range : { ...range, start })
    for (const record of page.items) rows.set(record.sk.slice(prefix.length), record)
    const last = page.items.at(-1)
    if (page.cursor === undefined || last === undefined) return rows
    start = `${last.sk}\0`
  }
}
