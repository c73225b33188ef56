/**
 * The microblog in memory: the model of how `Dweets` behaves, for trying doors without a ring. All
 * that a ring tells a moment later (likes, followers, notifications) is there at once.
 *
 * What the contract leaves open is so here: an id of a redweet stands for its original, but in
 * `remove` and `unredweet`; who is muted is shown where one asks for them alone (`dweet`,
 * `publicationsOf`); between two of whom one has blocked the other nothing is shown, and neither
 * can follow the other; a redweet of what was deleted is shown without it, and is nothing new.
 */
import { AnilloError } from '../../base/errors.ts'
import type { WriteOptions } from '../../store/types.ts'
import type {
  Dweet,
  DweetChange,
  DweetEvent,
  DweetHistory,
  DweetThread,
  FollowHow,
  NewDweets,
  NotificationPage,
  PeoplePage,
  Profile,
  ProfileChange,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../wire/api-dweets.ts'
import { compareIds } from '../../wire/dweet-ids.ts'
import {
  BLOCKS_MAX,
  EDITS_MAX,
  FOLLOWS_MAX,
  MUTES_MAX,
  PAGE_DEFAULT,
} from '../../wire/dweet-limits.ts'
import { foldTag } from '../../wire/dweet-text.ts'
import {
  BEFORE_ALL,
  DweetsHeld,
  instant,
  type Held,
  type HeldDweet,
  type HeldRedweet,
  type MemoryDweetsParts,
} from './memory-dweets-state.test-helper.ts'
import { MemoryLists } from './memory-lists.test-helper.ts'
import { MemoryLookups, MemoryNotices, type PageBy } from './memory-lookups.test-helper.ts'
import {
  boundsIn,
  boundsOfToken,
  cursorOf,
  isOlder,
  peoplePage,
  publicationPage,
  requireId,
  tokenOf,
} from './memory-pages.test-helper.ts'
import { MemoryReports } from './memory-reports.test-helper.ts'
import { MemoryStreams } from './memory-streams.test-helper.ts'
import { fitDweet, hasTag, searching, tagsIn } from './memory-texts.test-helper.ts'
import { threadOf } from './memory-thread.test-helper.ts'
import { requireBio } from './text/fit-text.ts'
import type { Dweeter, Dweets, DweetToPublish, EventTopic, PageOf, SearchPageOf } from './types.ts'

export class MemoryDweets implements Dweets {
  readonly lookups: MemoryLookups
  readonly notices: MemoryNotices
  /** Each call waits for it, and fails as it does. */
  before: (method: keyof Dweets) => Promise<void> = async () => undefined
  readonly lists: MemoryLists
  readonly reports: MemoryReports
  readonly #held: DweetsHeld
  readonly #streams: MemoryStreams
  /** By key of a repeated request. */
  readonly #answered = new Map<string, { readonly request: string; readonly id: string }>()

  constructor(parts: MemoryDweetsParts) {
    this.#held = new DweetsHeld(parts)
    this.#streams = new MemoryStreams(this.#held)
    const page: PageBy = (...asked) => this.#page(...asked)
    this.lookups = new MemoryLookups(this.#held, page)
    this.notices = new MemoryNotices(this.#held)
    this.lists = new MemoryLists(this.#held)
    this.reports = new MemoryReports(this.#held)
  }

  /** Authors that cannot be read now. */
  get unreadable(): Set<string> {
    return this.#held.unreadable
  }

  async publish(who: Dweeter, dweet: DweetToPublish, options?: WriteOptions): Promise<Dweet> {
    await this.before('publish')
    return this.#once(who, options, () => {
      const { text, warning } = fitDweet(dweet)
      this.#held.requireUnsuspended(who.nick)
      const isLimited = this.#held.limitOf(who.nick) !== undefined
      const above = dweet.replyTo && this.#held.answered(who.nick, dweet.replyTo)
      this.#held.count(who.nick)
      const one: HeldDweet = {
        kind: 'dweet',
        id: this.#held.nextId(who.nick),
        author: who.nick,
        visibility: isLimited ? 'followers' : (dweet.visibility ?? 'public'),
        replyTo: above ? { id: above.id, nick: above.author } : undefined,
        texts: [{ text, warning, writtenAtMs: this.#held.nowMs() }],
        mentions: isLimited ? [] : this.#held.mentionsIn(text),
        tags: tagsIn(text),
        likedBy: new Set(),
      }
      this.#held.add(one)
      if (above && !isLimited) this.#held.note(above.author, 'reply', who.nick, one.id)
      const told = new Set(above ? [above.author] : [])
      this.#held.tellMentioned(one, told)
      return one
    })
  }

  async dweet(who: Dweeter, id: string): Promise<Dweet> {
    await this.before('dweet')
    return this.#shown(who, id)
  }

  async edit(
    who: Dweeter,
    id: string,
    change: DweetChange,
    options?: WriteOptions,
  ): Promise<Dweet> {
    await this.before('edit')
    return this.#once(who, options, () => {
      const one = this.#held.dweet(who.nick, id)
      if (one.author !== who.nick) {
        throw new AnilloError('FORBIDDEN', { problem: 'it is for the author of the dweet' })
      }
      if (change.attachments?.[0]) throw new AnilloError('ATTACHMENT_GONE', { hours: 12 })
      const [before] = one.texts
      const { text, warning } = fitDweet({
        text: change.text ?? before?.text ?? '',
        warning: change.warning ?? before?.warning ?? '',
      })
      this.#held.requireUnsuspended(who.nick)
      if (text === before?.text && warning === before.warning) return one
      if (one.texts.length > EDITS_MAX) throw new AnilloError('EDITS_FULL', { max: EDITS_MAX })
      const told = new Set([...one.mentions, ...(one.replyTo ? [one.replyTo.nick] : [])])
      one.texts.unshift({ text, warning, writtenAtMs: this.#held.nowMs() })
      const isLimited = this.#held.limitOf(who.nick) !== undefined
      one.mentions = isLimited ? [] : this.#held.mentionsIn(text)
      one.tags = tagsIn(text)
      this.#held.tellMentioned(one, told)
      this.#held.told({ kind: 'edited', one })
      return one
    })
  }

  async remove(who: Dweeter, id: string): Promise<string | undefined> {
    await this.before('remove')
    const one = this.#held.publications.get(id)
    if (one === undefined) return undefined
    if (one.author !== who.nick && !who.isModerator) {
      throw new AnilloError('FORBIDDEN', { problem: 'it is for the author of the dweet' })
    }
    if (one.author !== who.nick && one.kind === 'dweet') return this.reports.remove(who, one)
    this.#held.drop(one)
    return undefined
  }

  async history(who: Dweeter, id: string): Promise<DweetHistory> {
    await this.before('history')
    const { texts } = this.#held.dweet(who.nick, id)
    const items = texts.map(({ text, warning, writtenAtMs }) => ({
      text,
      ...(warning === undefined ? {} : { warning }),
      writtenAt: instant(writtenAtMs),
    }))
    return { items }
  }

  async thread(who: Dweeter, id: string): Promise<DweetThread> {
    await this.before('thread')
    return threadOf(this.#held, who.nick, id)
  }

  async redweet(who: Dweeter, id: string): Promise<Redweet> {
    await this.before('redweet')
    const { author, id: original, visibility } = this.#held.dweet(who.nick, id)
    if (visibility !== 'public') {
      throw new AnilloError('FORBIDDEN', { problem: 'it is for followers of its author only' })
    }
    this.#held.requireUnsuspended(who.nick)
    const known = this.#held.redweetOf(who.nick, original)
    if (known !== undefined) return this.#shownRedweet(who, known)
    const of = { id: original, nick: author }
    const one: HeldRedweet = {
      kind: 'redweet',
      id: this.#held.nextId(who.nick),
      author: who.nick,
      of,
    }
    this.#held.add(one)
    this.#held.note(author, 'redweet', who.nick, original)
    return this.#shownRedweet(who, one)
  }

  async unredweet(who: Dweeter, id: string): Promise<boolean> {
    await this.before('unredweet')
    const one = this.#held.publications.get(id)
    const original = one?.kind === 'redweet' ? one.of.id : id
    const mine = this.#held.redweetOf(who.nick, original)
    if (mine !== undefined) this.#held.drop(mine)
    return mine !== undefined
  }

  async like(who: Dweeter, id: string, isLiked: boolean): Promise<Dweet> {
    await this.before('like')
    const one = this.#held.dweet(who.nick, id)
    if (isLiked && !one.likedBy.has(who.nick)) {
      this.#held.requireUnsuspended(who.nick)
      this.#held.note(one.author, 'like', who.nick, one.id)
    }
    if (isLiked) one.likedBy.add(who.nick)
    else if (one.likedBy.delete(who.nick)) {
      this.#held.takeBack(one.author, { kind: 'like', by: who.nick, dweet: one.id })
    }
    return this.#held.shownDweet(who.nick, one)
  }

  async bookmark(who: Dweeter, id: string, isKept: boolean): Promise<Dweet> {
    await this.before('bookmark')
    const one = this.#held.dweet(who.nick, id)
    const { bookmarks } = this.#held.of(who.nick)
    if (isKept) bookmarks.add(one.id)
    else bookmarks.delete(one.id)
    return this.#held.shownDweet(who.nick, one)
  }

  async bookmarks(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    await this.before('bookmarks')
    const { bookmarks } = this.#held.of(who.nick)
    return this.#page(who, page, (one) => bookmarks.has(one.id) && this.#held.maySee(who.nick, one))
  }

  async follow(who: Dweeter, text: string, { redweets }: FollowHow): Promise<Relationship> {
    await this.before('follow')
    const nick = this.#nick(text)
    if (nick === who.nick) throw new AnilloError('DWEET_SELF_FOLLOW')
    this.#held.requireUnsuspended(who.nick)
    if (this.#held.isBetween(who.nick, nick)) {
      throw new AnilloError('FORBIDDEN', { problem: 'one of you has blocked the other' })
    }
    const { following, seen } = this.#held.of(who.nick)
    if (!following.has(nick)) {
      if (following.size >= FOLLOWS_MAX) throw new AnilloError('FOLLOWS_FULL', { max: FOLLOWS_MAX })
      const id = this.#held.all(({ author }) => author === nick)[PAGE_DEFAULT]?.id ?? BEFORE_ALL
      seen.set(nick, { low: id, high: id })
      this.#held.note(nick, 'follow', who.nick)
    }
    following.set(nick, redweets ?? following.get(nick) ?? true)
    return this.#relationship(who, nick)
  }

  async unfollow(who: Dweeter, text: string): Promise<Relationship> {
    await this.before('unfollow')
    const nick = this.#nick(text)
    this.#held.unfollow(who.nick, nick)
    return this.#relationship(who, nick)
  }

  async mute(who: Dweeter, text: string, isMuted: boolean): Promise<Relationship> {
    await this.before('mute')
    const nick = this.#other(who, text)
    const { muted } = this.#held.of(who.nick)
    if (isMuted && !muted.has(nick) && muted.size >= MUTES_MAX) {
      throw new AnilloError('MUTES_FULL', { max: MUTES_MAX })
    }
    if (isMuted) muted.add(nick)
    else muted.delete(nick)
    return this.#relationship(who, nick)
  }

  async block(who: Dweeter, text: string, isBlocked: boolean): Promise<Relationship> {
    await this.before('block')
    const nick = this.#other(who, text)
    const { blocked } = this.#held.of(who.nick)
    if (isBlocked) {
      if (!blocked.has(nick) && blocked.size >= BLOCKS_MAX) {
        throw new AnilloError('BLOCKS_FULL', { max: BLOCKS_MAX })
      }
      blocked.add(nick)
      this.#held.unfollow(who.nick, nick)
      this.#held.unfollow(nick, who.nick)
    } else blocked.delete(nick)
    return this.#relationship(who, nick)
  }

  async followers(_who: Dweeter, text: string, page: PageOf): Promise<PeoplePage> {
    await this.before('followers')
    return this.#people(this.#held.followersOf(this.#nick(text)), page)
  }

  async following(_who: Dweeter, text: string, page: PageOf): Promise<PeoplePage> {
    await this.before('following')
    return this.#people([...this.#held.of(this.#nick(text)).following.keys()], page)
  }

  async profile(who: Dweeter, text: string): Promise<Profile> {
    await this.before('profile')
    const nick = this.#nick(text)
    const { bio, following } = this.#held.of(nick)
    const isTold = nick === who.nick || who.isModerator
    const standing = isTold ? this.#held.standingOf(nick) : undefined
    return {
      ...this.#held.person(nick),
      bio,
      dweets: this.#held.all(({ author }) => author === nick).length,
      following: following.size,
      followers: this.#held.followersOf(nick).length,
      ...(nick === who.nick ? {} : { relationship: this.#relationship(who, nick) }),
      ...(standing === undefined ? {} : { standing }),
    }
  }

  async changeProfile(who: Dweeter, { bio }: ProfileChange): Promise<Profile> {
    await this.before('changeProfile')
    if (bio !== undefined) {
      const fit = requireBio(bio)
      this.#held.requireUnsuspended(who.nick)
      this.#held.of(who.nick).bio = fit
    }
    return this.profile(who, who.nick)
  }

  async publicationsOf(who: Dweeter, text: string, page: PageOf): Promise<PublicationPage> {
    await this.before('publicationsOf')
    const nick = this.#nick(text)
    const isOwn = nick === who.nick
    const isShown = (one: Held) => isOwn || this.#held.maySee(who.nick, one)
    return this.#page(who, page, (one) => one.author === nick && isShown(one))
  }

  async home(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    await this.before('home')
    return this.#page(who, page, (one) => this.#isHome(who, one) && this.#wants(who, one))
  }

  async local(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    await this.before('local')
    return this.#page(who, page, (one) => this.#isPublic(one) && this.#wants(who, one))
  }

  async tagged(who: Dweeter, tag: string, page: PageOf): Promise<PublicationPage> {
    await this.before('tagged')
    const wanted = foldTag(tag)
    return this.#page(who, page, (one) => {
      if (one.kind !== 'dweet' || wanted === undefined || !hasTag(one.tags, wanted)) return false
      return this.#isPublic(one) && this.#wants(who, one)
    })
  }

  async search(who: Dweeter, words: string, page: SearchPageOf): Promise<PublicationPage> {
    await this.before('search')
    const isFound = searching(words)
    return this.#page(who, page, (one) => {
      if (one.kind !== 'dweet' || !this.#wants(who, one)) return false
      if (page.among !== 'everybody' && !this.#isHome(who, one)) return false
      return isFound(one.texts[0]?.text)
    })
  }

  async fresh(who: Dweeter, limit: number): Promise<NewDweets> {
    await this.before('fresh')
    const { following, seen } = this.#held.of(who.nick)
    const all = this.#held.all((one) => following.has(one.author) && this.#isNews(who, one))
    const unseen = all.filter(({ author, id }) => compareIds(id, boundsIn(seen, author).high) > 0)
    const older = all.filter(({ author, id }) => compareIds(id, boundsIn(seen, author).low) < 0)
    const page = unseen.length > 0 ? unseen.toReversed() : older
    const shown = page.slice(0, limit)
    return {
      dweets: shown.map((one) => this.#held.shown(who.nick, one)),
      unseen: unseen.length,
      token: tokenOf(shown),
      incomplete: [...following.keys()].filter((nick) => this.unreadable.has(nick)).toSorted(),
    }
  }

  async acknowledge(who: Dweeter, token: string): Promise<void> {
    await this.before('acknowledge')
    const { seen } = this.#held.of(who.nick)
    for (const [nick, { high, low }] of boundsOfToken(token)) {
      const now = seen.get(nick)
      if (now === undefined) continue
      seen.set(nick, {
        low: compareIds(low, now.low) < 0 ? low : now.low,
        high: compareIds(high, now.high) > 0 ? high : now.high,
      })
    }
  }

  async catchUp(who: Dweeter): Promise<void> {
    await this.before('catchUp')
    const { following, seen } = this.#held.of(who.nick)
    for (const nick of following.keys()) {
      const [newest] = this.#held.all(({ author }) => author === nick)
      const { high, low } = boundsIn(seen, nick)
      seen.set(nick, { low, high: newest?.id ?? high })
    }
  }

  async notifications(who: Dweeter, { cursor, limit }: PageOf): Promise<NotificationPage> {
    await this.before('notifications')
    const { muted, notes } = this.#held.of(who.nick)
    const isShown = (by: string) => !muted.has(by) && !this.#held.isBetween(who.nick, by)
    const before = requireId(cursor)
    const rest = notes
      .filter(({ by, id }) => isShown(by) && isOlder(id, before))
      .toSorted((a, b) => compareIds(b.id, a.id))
    const page = rest.slice(0, limit)
    const items = page.map((note) => this.#held.shownNote(who.nick, note))
    return { items, ...cursorOf(page, rest.length) }
  }

  async clearNotifications(who: Dweeter): Promise<void> {
    await this.before('clearNotifications')
    this.#held.of(who.nick).notes = []
  }

  events(who: Dweeter, signal: AbortSignal, topic?: EventTopic): AsyncIterable<DweetEvent> {
    return this.#streams.of(who.nick, signal, topic)
  }

  /** Sent again under its key it is answered as before. */
  #once(who: Dweeter, options: WriteOptions | undefined, run: () => HeldDweet): Dweet {
    const { retry } = options ?? {}
    const answered = retry && this.#answered.get(retry.key)
    if (answered !== undefined && answered.request !== retry?.request) {
      throw new AnilloError('RETRY_MISMATCH')
    }
    if (answered !== undefined) return this.#shown(who, answered.id)
    const one = run()
    if (retry !== undefined) this.#answered.set(retry.key, { request: retry.request, id: one.id })
    return this.#held.shownDweet(who.nick, one)
  }

  #shown(who: Dweeter, id: string): Dweet {
    return this.#held.shownDweet(who.nick, this.#held.dweet(who.nick, id))
  }

  #shownRedweet(who: Dweeter, one: HeldRedweet): Redweet {
    const original = this.#held.dweet(who.nick, one.of.id)
    return this.#held.shownRedweet(who.nick, one, original)
  }

  #wants(who: Dweeter, one: Held): boolean {
    return !this.unreadable.has(one.author) && this.#held.wants(who.nick, one)
  }

  #isHome(who: Dweeter, { author }: Held): boolean {
    return author === who.nick || this.#held.of(who.nick).following.has(author)
  }

  #isPublic(one: Held): boolean {
    return one.kind === 'dweet' && one.visibility === 'public'
  }

  #isNews(who: Dweeter, one: Held): boolean {
    const isThere = one.kind === 'dweet' || this.#held.publications.has(one.of.id)
    return isThere && this.#wants(who, one)
  }

  #nick(text: string): string {
    return this.#held.nickOf(text)
  }

  #other(who: Dweeter, text: string): string {
    const nick = this.#nick(text)
    if (nick !== who.nick) return nick
    throw new AnilloError('FORBIDDEN', { problem: 'this is your own account' })
  }

  #relationship(who: Dweeter, nick: string): Relationship {
    const { blocked, following, muted } = this.#held.of(who.nick)
    return {
      nick,
      following: following.has(nick),
      redweets: following.get(nick) ?? false,
      followedBy: this.#held.of(nick).following.has(who.nick),
      muted: muted.has(nick),
      blocked: blocked.has(nick),
    }
  }

  #page(who: Dweeter, page: PageOf, test: (one: Held) => boolean): PublicationPage {
    return publicationPage(this.#held, who.nick, page, test)
  }

  #people(nicks: readonly string[], page: PageOf): PeoplePage {
    return peoplePage(this.#held, nicks, page)
  }
}
