/** One dweet, and what hangs on it: each only for whom it is. */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type { CallOptions } from '../../store/types.ts'
import type { Dweet, DweetHistory, DweetThread } from '../../wire/api-dweets.ts'
import { compareIds, placeOfPublicId, publicIdOf, timeOfRowId } from '../../wire/dweet-ids.ts'
import { EDITS_MAX, THREAD_ABOVE_MAX, THREAD_BELOW_MAX } from '../../wire/dweet-limits.ts'
import { USERS_TABLE } from '../../wire/users.ts'
import { areApart, hasOwn, type DweetParts } from './parts.ts'
import { editPrefix, publicationKey, reactionPrefix } from './places.ts'
import { readEdit, readPublication, type DweetRow, type PublicationRow } from './rows.ts'
import { showDweet, type PlacedDweet } from './showing.ts'
import type { Dweeter } from './types.ts'

export class SingleReads {
  readonly #parts: DweetParts

  constructor(parts: DweetParts) {
    this.#parts = parts
  }

  async dweet(who: Dweeter, id: string, options?: CallOptions): Promise<Dweet> {
    return showDweet(this.#parts, who.nick, await this.find(who.nick, id, options))
  }

  /** The dweet itself, or that of the redweet. @throws AnilloError DWEET_GONE */
  async find(nick: string, id: string, options?: CallOptions): Promise<PlacedDweet> {
    const found = await this.#seen(nick, id, options)
    if (found === undefined) throw new AnilloError('DWEET_GONE')
    return found
  }

  /** Newest first. */
  async history(who: Dweeter, id: string): Promise<DweetHistory> {
    const { place, row } = await this.find(who.nick, id)
    const prefix = editPrefix(place.row)
    const range = { table: USERS_TABLE, pk: place.pk, prefix, reverse: true, limit: EDITS_MAX }
    const { items } = await this.#parts.store.list(range)
    const { editedAtMs: writtenAtMs = timeOfRowId(place.row), text, warning } = row
    const texts = [{ text, warning, writtenAtMs }, ...items.map(readEdit)]
    return {
      items: texts.map((one) => ({
        text: one.text,
        ...(one.warning === undefined ? {} : { warning: one.warning }),
        writtenAt: instant(one.writtenAtMs),
      })),
    }
  }

  async thread(who: Dweeter, id: string): Promise<DweetThread> {
    const { nick } = who
    const found = await this.find(nick, id)
    const show = (one: PlacedDweet): Promise<Dweet> => showDweet(this.#parts, nick, one)
    const showAny = async (one: PlacedDweet | null): Promise<Dweet | null> => one && show(one)
    const [above, below] = await Promise.all([this.#above(nick, found), this.#below(nick, found)])
    return {
      above: await Promise.all(above.map(showAny)),
      dweet: await show(found),
      below: await Promise.all(below.map(show)),
    }
  }

  /** From the first one on. Behind one that is gone, nobody knows what it answered. */
  async #above(nick: string, { row }: PlacedDweet): Promise<(PlacedDweet | null)[]> {
    const above: (PlacedDweet | null)[] = []
    let next = row.replyTo
    while (next !== undefined && above.length < THREAD_ABOVE_MAX) {
      const found = await this.#seen(nick, next.id)
      above.unshift(found ?? null)
      next = found?.row.replyTo
    }
    return above
  }

  /** Level by level, so that where there are too many, those far down are left out. */
  async #below(nick: string, top: PlacedDweet): Promise<PlacedDweet[]> {
    const answers = new Map<PlacedDweet, readonly PlacedDweet[]>()
    let count = 0
    for (let level = [top]; level.length > 0 && count < THREAD_BELOW_MAX;) {
      const lists = await Promise.all(level.map((one) => this.#answers(nick, one)))
      for (const [i, list] of lists.entries()) {
        const upper = level[i]
        if (upper === undefined) continue
        const kept = list.slice(0, THREAD_BELOW_MAX - count)
        answers.set(upper, kept)
        count += kept.length
      }
      level = level.flatMap((one) => answers.get(one) ?? [])
    }
    const behind = (one: PlacedDweet): PlacedDweet[] =>
      (answers.get(one) ?? []).flatMap((lower) => [lower, ...behind(lower)])
    return behind(top)
  }

  /** Those that may be seen, oldest first. */
  async #answers(nick: string, { place, row }: PlacedDweet): Promise<PlacedDweet[]> {
    if (row.replies === 0) return []
    const prefix = reactionPrefix('a', place.row)
    const range = { table: USERS_TABLE, pk: place.pk, prefix, limit: THREAD_BELOW_MAX }
    const { items } = await this.#parts.store.list(range)
    const ids = items.map(({ sk }) => sk.slice(prefix.length)).toSorted(compareIds)
    const found = await Promise.all(ids.map((id) => this.#seen(nick, id)))
    return found.filter((one) => one !== undefined)
  }

  async #seen(nick: string, id: string, options?: CallOptions): Promise<PlacedDweet | undefined> {
    const place = placeOfPublicId(id)
    const row = place && (await this.#read(place, options))
    if (place === undefined || row === undefined) return undefined
    if (row.kind === 'dweet') {
      return (await this.#maySee(nick, row, options)) ? { place, row } : undefined
    }
    const isHidden = row.author !== nick && (await areApart(this.#parts, nick, row.author, options))
    return isHidden ? undefined : this.#seen(nick, row.of.id, options)
  }

  /** Whatever it is, and whoever may see it. */
  async publication(id: string): Promise<PublicationRow | undefined> {
    const place = placeOfPublicId(id)
    return place && this.#read(place)
  }

  async #read(
    { pk, row }: PlacedDweet['place'],
    options?: CallOptions,
  ): Promise<PublicationRow | undefined> {
    const record = await this.#parts.store.get(publicationKey(pk, row), options)
    return record === undefined ? undefined : readPublication(record)
  }

  async #maySee(
    nick: string,
    { author, mentions, visibility }: DweetRow,
    options?: CallOptions,
  ): Promise<boolean> {
    if (author === nick) return true
    if (await areApart(this.#parts, nick, author, options)) return false
    if (visibility === 'public' || mentions.includes(nick)) return true
    return hasOwn(this.#parts, { nick, kind: 'ing', name: author }, options)
  }
}

export function idOf({ place }: PlacedDweet): string {
  return publicIdOf(place)
}
