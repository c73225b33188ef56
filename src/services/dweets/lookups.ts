/** Who did something with a dweet, and whom somebody does not want to see. */
import { AnilloError } from '../../base/errors.ts'
import type { RangeOptions } from '../../store/partition/procedure.ts'
import type { PeoplePage, PublicationPage } from '../../wire/api-dweets.ts'
import { LIST_RECORDS_MAX } from '../../wire/record-limits.ts'
import { USERS_TABLE, userPk } from '../../wire/users.ts'
import { personOf, type DweetParts } from './parts.ts'
import { ownPrefix, reactionPrefix } from './places.ts'
import type { SingleReads } from './single-reads.ts'
import { Circle } from './timelines/circle.ts'
import type { Timelines } from './timelines/timelines.ts'
import type { Dweeter, DweetLookups, PageOf } from './types.ts'

export interface LookupsParts {
  readonly parts: DweetParts
  readonly reads: Pick<SingleReads, 'find'>
  readonly timelines: Pick<Timelines, 'liked'>
}

export class RingLookups implements DweetLookups {
  readonly #behind: LookupsParts

  constructor(behind: LookupsParts) {
    this.#behind = behind
  }

  liked(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#behind.timelines.liked(who, page)
  }

  async reactors(
    { nick }: Dweeter,
    id: string,
    kind: 'like' | 'redweet',
    page: PageOf,
  ): Promise<PeoplePage> {
    const { place } = await this.#behind.reads.find(nick, id)
    const circle = await Circle.of(this.#behind.parts.store, nick)
    const prefix = reactionPrefix(kind === 'like' ? 'l' : 'r', place.row)
    const found = await this.#people({ pk: place.pk, prefix }, page)
    // Over a block nobody sees the other.
    return { ...found, items: found.items.filter((one) => !circle.isApartFrom(one.nick)) }
  }

  hidden({ nick }: Dweeter, kind: 'mute' | 'block', page: PageOf): Promise<PeoplePage> {
    return this.#people({ pk: userPk(nick), prefix: ownPrefix(nick, kind) }, page)
  }

  /** By nick, which stands behind the prefix. */
  async #people(
    range: Pick<RangeOptions, 'pk' | 'prefix'> & { readonly prefix: string },
    { cursor, limit }: PageOf,
  ): Promise<PeoplePage> {
    const { prefix } = range
    if (cursor !== undefined && !NICK.test(cursor)) {
      throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
    }
    const { parts } = this.#behind
    const start = cursor === undefined ? {} : { start: `${prefix}${cursor}\0` }
    const most = Math.min(limit, LIST_RECORDS_MAX)
    const page = await parts.store.list({ table: USERS_TABLE, ...range, ...start, limit: most })
    const names = page.items.map(({ sk }) => sk.slice(prefix.length))
    const items = await Promise.all(names.map((name) => personOf(parts, name)))
    const last = names.at(-1)
    return page.cursor === undefined || last === undefined ? { items } : { items, cursor: last }
  }
}

const NICK = /^[a-z0-9_]{1,30}$/
