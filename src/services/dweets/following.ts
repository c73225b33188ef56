/** Who follows whom, and what people say of themselves. */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type {
  FollowHow,
  PeoplePage,
  Profile,
  ProfileChange,
  Relationship,
} from '../../wire/api-dweets.ts'
import { UNSEEN_WHEN_FOLLOWED } from '../../wire/dweet-limits.ts'
import { block, follow, mute, unfollow } from './follow-procedures.ts'
import { findPerson, hasOwn, type TimedParts } from './parts.ts'
import { listPeople } from './people-lists.ts'
import { describe } from './person-procedures.ts'
import { limitKey, ownPrefix, partitionOfNick, profileKey } from './places.ts'
import { findStanding } from './reports/showing.ts'
import { readProfile } from './rows.ts'
import { requireBio } from './text/fit-text.ts'
import type { Circles } from './timelines/circles.ts'
import type { Heads } from './timelines/heads.ts'
import { rowIdOf, ZERO_ROW } from './timelines/published.ts'
import type { Dweeter, PageOf } from './types.ts'

export interface FollowingParts extends TimedParts {
  readonly circles: Circles
  readonly heads: Heads
}

export class Following {
  readonly #parts: FollowingParts

  constructor(parts: FollowingParts) {
    this.#parts = parts
  }

  async follow({ nick }: Dweeter, text: string, { redweets }: FollowHow): Promise<Relationship> {
    const { nick: whom } = await findPerson(this.#parts, text)
    if (whom === nick) throw new AnilloError('DWEET_SELF_FOLLOW')
    const how = redweets === undefined ? {} : { redweets }
    const [circle, from, limit] = await Promise.all([
      this.#parts.circles.of(nick),
      this.#seenFrom(whom),
      this.#parts.store.get(limitKey(nick)),
    ])
    const row = circle.follows.get(whom)
    // Who follows already changes nothing by it; who may not is told so by the procedure.
    const isKept = row !== undefined && (redweets ?? row.redweets) === row.redweets
    const isSame = isKept && limit === undefined
    if (!isSame) {
      const input = { nick, whom, ...how, from }
      await this.#parts.store.call(partitionOfNick(nick), follow, input)
    }
    return this.#relationship(nick, whom)
  }

  async unfollow({ nick }: Dweeter, text: string): Promise<Relationship> {
    const { nick: whom } = await findPerson(this.#parts, text)
    await this.#parts.store.call(partitionOfNick(nick), unfollow, { nick, whom })
    return this.#relationship(nick, whom)
  }

  async mute({ nick }: Dweeter, text: string, isMuted: boolean): Promise<Relationship> {
    const whom = await this.#other(nick, text)
    await this.#parts.store.call(partitionOfNick(nick), mute, { nick, whom, isMuted })
    return this.#relationship(nick, whom)
  }

  async block({ nick }: Dweeter, text: string, isBlocked: boolean): Promise<Relationship> {
    const whom = await this.#other(nick, text)
    await this.#parts.store.call(partitionOfNick(nick), block, { nick, whom, isBlocked })
    return this.#relationship(nick, whom)
  }

  /** By nick. */
  async people(kind: 'er' | 'ing', text: string, page: PageOf): Promise<PeoplePage> {
    const { nick } = await findPerson(this.#parts, text)
    return listPeople(this.#parts, { nick, prefix: ownPrefix(nick, kind) }, page)
  }

  async profile({ isModerator, nick: who }: Dweeter, text: string): Promise<Profile> {
    const { joinedAtMs, name, nick } = await findPerson(this.#parts, text)
    const [record, relationship, standing] = await Promise.all([
      this.#parts.store.get(profileKey(nick)),
      nick === who ? undefined : this.#relationship(who, nick),
      nick === who || isModerator ? findStanding(this.#parts, nick) : {},
    ])
    const none = { bio: '', dweets: 0, followers: 0, following: 0 }
    const row = record === undefined ? none : readProfile(record)
    const { bio, dweets, followers, following } = row
    const counts = { dweets, following, followers }
    const told = { nick, name, bio, joinedAt: instant(joinedAtMs), ...counts, ...standing }
    return relationship === undefined ? told : { ...told, relationship }
  }

  async changeProfile(who: Dweeter, { bio }: ProfileChange): Promise<Profile> {
    const { nick } = who
    if (bio !== undefined) {
      const input = { nick, bio: requireBio(bio) }
      await this.#parts.store.call(partitionOfNick(nick), describe, input)
    }
    return this.profile(who, nick)
  }

  /** All of it stands in the partition of who asks. */
  async #relationship(nick: string, whom: string): Promise<Relationship> {
    const [circle, followedBy] = await Promise.all([
      this.#parts.circles.of(nick),
      hasOwn(this.#parts, { nick, kind: 'er', name: whom }),
    ])
    const row = circle.follows.get(whom)
    const [muted, blocked] = [circle.hasMuted(whom), circle.hasBlocked(whom)]
    const following = row !== undefined
    return { nick: whom, following, redweets: row?.redweets === true, followedBy, muted, blocked }
  }

  /** The row id behind which theirs count as not seen. */
  async #seenFrom(nick: string): Promise<string> {
    const { rows } = await this.#parts.heads.of(nick)
    const newest = rows.slice(-UNSEEN_WHEN_FOLLOWED - 1).toReversed()
    // What was brought along is old: it is read last.
    const imported = newest.findIndex(({ row }) => row.imported !== undefined)
    const first = imported === -1 ? newest[UNSEEN_WHEN_FOLLOWED] : newest[imported]
    return first === undefined ? ZERO_ROW : rowIdOf(first.place)
  }

  async #other(nick: string, text: string): Promise<string> {
    const person = await findPerson(this.#parts, text)
    if (person.nick === nick) throw new AnilloError('FORBIDDEN', { problem: OWN_ACCOUNT })
    return person.nick
  }
}

const OWN_ACCOUNT = 'this is your own account'
