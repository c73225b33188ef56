/** One dweet, and what hangs on it: each only for whom it is. */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type { CallOptions } from '../../store/types.ts'
import type { Dweet, DweetHistory, DweetThread } from '../../wire/api-dweets.ts'
import {
  compareIds,
  placeOfPublicId,
  publicIdOf,
  timeOfRowId,
  type DweetPlace,
} from '../../wire/dweet-ids.ts'
import { EDITS_MAX, THREAD_ABOVE_MAX, THREAD_BELOW_MAX } from '../../wire/dweet-limits.ts'
import { USERS_TABLE } from '../../wire/users.ts'
import { areApart, hasOwn, type DweetParts } from './parts.ts'
import { editPrefix, publicationKey, reactionPrefix, removedKey } from './places.ts'
import {
  describedAs,
  readEdit,
  readPublication,
  readRemoved,
  type AttachmentRow,
  type Described,
  type DweetRow,
  type EditRow,
  type PublicationRow,
  type RemovedRow,
} from './rows.ts'
import { attachedPath, attachmentOf, showDweet, type PlacedDweet } from './showing.ts'
import { Circle } from './timelines/circle.ts'
import type { Dweeter } from './types.ts'
import { maySee } from './who-sees.ts'

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
    const publication = await this.publication(id, options)
    if (publication?.kind === 'redweet') {
      const { author, of } = publication
      const isApart = author !== nick && (await areApart(this.#parts, nick, author, options))
      if (!isApart) return this.find(nick, of.id, options)
    }
    const place = placeOfPublicId(id)
    if (place !== undefined && publication?.kind === 'dweet') {
      if (await this.#maySee(nick, publication, options)) return { place, row: publication }
    }
    if (place !== undefined && publication === undefined) await this.#checkRemoved(nick, place)
    throw new AnilloError('DWEET_GONE')
  }

  /** Those for whom it was are told who removed it. @throws AnilloError DWEET_REMOVED */
  async #checkRemoved(nick: string, { pk, row }: DweetPlace): Promise<void> {
    const record = await this.#parts.store.get(removedKey(pk, row))
    if (record === undefined) return
    if (await this.#maySee(nick, readRemoved(record))) throw new AnilloError('DWEET_REMOVED')
  }

  /** Newest first. */
  async history(who: Dweeter, id: string): Promise<DweetHistory> {
    const { place, row } = await this.find(who.nick, id)
    const prefix = editPrefix(place.row)
    const range = { table: USERS_TABLE, pk: place.pk, prefix, reverse: true, limit: EDITS_MAX }
    const { items } = await this.#parts.store.list(range)
    const { editedAtMs: writtenAtMs = timeOfRowId(place.row), text, warning } = row
    const now: EditRow = { text, ...(warning === undefined ? {} : { warning }), writtenAtMs }
    const where = attachedPath(publicIdOf(place))
    let { attachments } = row
    return {
      items: [now, ...items.map(readEdit)].map((one) => {
        attachments = withDescribed(attachments, one.described)
        return {
          text: one.text,
          ...(one.warning === undefined ? {} : { warning: one.warning }),
          writtenAt: instant(one.writtenAtMs),
          ...(attachments && { attachments: attachments.map((its) => attachmentOf(its, where)) }),
        }
      }),
    }
  }

  async thread(who: Dweeter, id: string): Promise<DweetThread> {
    const { nick } = who
    const [found, circle] = await Promise.all([
      this.find(nick, id),
      Circle.of(this.#parts.store, nick),
    ])
    const show = (one: PlacedDweet): Promise<Dweet> => showDweet(this.#parts, nick, one)
    const showAny = async (one: PlacedDweet | null): Promise<Dweet | null> => one && show(one)
    const [above, below] = await Promise.all([
      this.#above(circle, found),
      this.#below(circle, found),
    ])
    return {
      above: await Promise.all(above.map(showAny)),
      dweet: await show(found),
      below: await Promise.all(below.map(show)),
    }
  }

  /** From the first one on. Behind one that is gone, nobody knows what it answered. */
  async #above(circle: Circle, { row }: PlacedDweet): Promise<(PlacedDweet | null)[]> {
    const above: (PlacedDweet | null)[] = []
    let next = row.replyTo
    while (next !== undefined && above.length < THREAD_ABOVE_MAX) {
      const found = await this.#seen(circle, next.id)
      above.unshift(found ?? null)
      next = found?.row.replyTo
    }
    return above
  }

  /** Level by level, so that where there are too many, those far down are left out. */
  async #below(circle: Circle, top: PlacedDweet): Promise<PlacedDweet[]> {
    const answers = new Map<PlacedDweet, readonly PlacedDweet[]>()
    let left = THREAD_BELOW_MAX
    for (let level = [top]; level.length > 0 && left > 0;) {
      const lists = await Promise.all(
        level.map(async (upper) => ({ upper, all: await this.#answers(circle, upper) })),
      )
      for (const { all, upper } of lists) {
        answers.set(upper, all.slice(0, left))
        left = Math.max(0, left - all.length)
      }
      level = level.flatMap((upper) => answers.get(upper) ?? [])
    }
    const behind = (upper: PlacedDweet): PlacedDweet[] =>
      (answers.get(upper) ?? []).flatMap((lower) => [lower, ...behind(lower)])
    return behind(top)
  }

  /** Those that may be seen, oldest first. */
  async #answers(circle: Circle, { place, row }: PlacedDweet): Promise<PlacedDweet[]> {
    if (row.replies === 0) return []
    const prefix = reactionPrefix('a', place.row)
    const range = { table: USERS_TABLE, pk: place.pk, prefix, limit: THREAD_BELOW_MAX }
    const { items } = await this.#parts.store.list(range)
    const ids = items.map(({ sk }) => sk.slice(prefix.length)).toSorted(compareIds)
    const found = await Promise.all(ids.map((id) => this.#seen(circle, id)))
    return found.filter((one) => one !== undefined)
  }

  async #seen(circle: Circle, id: string): Promise<PlacedDweet | undefined> {
    const place = placeOfPublicId(id)
    const row = await this.publication(id)
    const isSeen = place !== undefined && row?.kind === 'dweet' && circle.maySee(row)
    return isSeen ? { place, row } : undefined
  }

  /** Whatever it is, and whoever may see it. */
  async publication(id: string, options?: CallOptions): Promise<PublicationRow | undefined> {
    const place = placeOfPublicId(id)
    if (place === undefined) return undefined
    const record = await this.#parts.store.get(publicationKey(place.pk, place.row), options)
    return record === undefined ? undefined : readPublication(record)
  }

  async #maySee(nick: string, row: RemovedRow, options?: CallOptions): Promise<boolean> {
    const name = row.author
    if (name === nick) return true
    const [isApart, isFollowing] = await Promise.all([
      areApart(this.#parts, nick, name, options),
      hasOwn(this.#parts, { nick, kind: 'ing', name }, options),
    ])
    return maySee(nick, row, { isApart, isFollowing })
  }
}

/** As they were before something else was said of these. */
function withDescribed(
  attachments: readonly AttachmentRow[] | undefined,
  described: readonly Described[] = [],
): DweetRow['attachments'] {
  const said = new Map(described.map(({ description, id }) => [id, description]))
  return attachments?.map((one) => (said.has(one.id) ? describedAs(one, said.get(one.id)) : one))
}

export function idOf({ place }: PlacedDweet): string {
  return publicIdOf(place)
}
