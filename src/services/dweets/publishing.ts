/** What somebody publishes, and does with what others have. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type { WriteOptions } from '../../store/types.ts'
import type { Dweet, DweetChange, Redweet } from '../../wire/api-dweets.ts'
import { placeOfPublicId, publicIdOf, timeOfRowId } from '../../wire/dweet-ids.ts'
import { ATTACHMENTS_MAX, DWEETS_PER_PERIOD } from '../../wire/dweet-limits.ts'
import { userPk } from '../../wire/users.ts'
import { gone } from './attachments/gone.ts'
import { hasOwn, personOf, type DweetParts } from './parts.ts'
import { partitionOfNick, reactionKey, reactionPrefix } from './places.ts'
import { firstLink } from './previews/first-link.ts'
import {
  editDweet,
  publishDweet,
  redweet,
  removePublication,
  unredweet,
  type Published,
  type PublishInput,
} from './publish-procedures.ts'
import { likeDweet, markDweet } from './reaction-procedures.ts'
import { decide } from './reports/decide.ts'
import type { Described, DweetRow } from './rows.ts'
import { dweetOf, mineOf, NOT_MINE, showDweet, type PlacedDweet } from './showing.ts'
import { idOf, type SingleReads } from './single-reads.ts'
import { requireDescription, requireDweetText, requireWarning } from './text/fit-text.ts'
import { mentionsIn, tagsIn } from './text/found-in-text.ts'
import type { Dweeter, DweetToPublish } from './types.ts'

export class Publishing {
  readonly #parts: DweetParts
  readonly #reads: SingleReads

  constructor(parts: DweetParts, reads: SingleReads) {
    this.#parts = parts
    this.#reads = reads
  }

  get #most(): number {
    return this.#parts.dweetsPerPeriod ?? DWEETS_PER_PERIOD
  }

  async publish({ nick }: Dweeter, dweet: DweetToPublish, options?: WriteOptions): Promise<Dweet> {
    const said = await this.#said(dweet, (dweet.attachments?.length ?? 0) > 0)
    const { replyTo, visibility = 'public' } = dweet
    const above = replyTo === undefined ? undefined : await this.#findAbove(nick, replyTo)
    const answered = above && { replyTo: { id: idOf(above), nick: above.row.author } }
    const isLost = replyTo !== undefined && above === undefined
    const { previews, store } = this.#parts
    const isShown = visibility === 'public' && dweet.preview !== false
    const linked = isShown ? await this.#linkIn(nick, said.text) : undefined
    const input = {
      nick,
      most: this.#most,
      ...said,
      visibility,
      ...answered,
      ...attachedIn(dweet),
      ...linked,
      isLost,
    }
    const { publication, row } = await this.#withRoom(nick, linked?.room, () =>
      store.call(partitionOfNick(nick), publishDweet, input, options),
    )
    if (publication.link !== undefined) previews?.soon(publication.link)
    const one = { place: { pk: userPk(nick), row }, row: publication }
    return dweetOf(one, await personOf(this.#parts, nick), NOT_MINE)
  }

  async edit(
    { nick }: Dweeter,
    id: string,
    change: DweetChange,
    options?: WriteOptions,
  ): Promise<Dweet> {
    const { place, row } = await this.#reads.find(nick, id)
    if (row.author !== nick) throw new AnilloError('FORBIDDEN', { problem: BY_AUTHOR })
    const { text = row.text, warning = row.warning ?? '' } = change
    const said = await this.#said({ text, warning }, (row.attachments ?? []).length > 0)
    const linked = await this.#linkAfter(row, said.text)
    const described = describedIn(row, change)
    const input = { nick, row: place.row, ...said, ...linked, ...described }
    const { store } = this.#parts
    const { publication } = await this.#withRoom(nick, linked?.room, () =>
      store.call(partitionOfNick(nick), editDweet, input, options),
    )
    const link = linked?.link
    if (link !== undefined && publication.preview === undefined) this.#parts.previews?.soon(link)
    return showDweet(this.#parts, nick, { place, row: publication })
  }

  /** Of a dweet that was published without previews none is shown later either. */
  async #linkAfter(row: DweetRow, text: string): Promise<Linked | undefined> {
    const link = firstLink(text)
    if (link === row.link) return link === undefined ? undefined : { link }
    const isUnwanted = row.link === undefined && firstLink(row.text) !== undefined
    if (isUnwanted || row.visibility !== 'public') return undefined
    return this.#linkIn(row.author, text)
  }

  async #linkIn(nick: string, text: string): Promise<Linked | undefined> {
    const { previews } = this.#parts
    const link = previews?.linkIn(text)
    const room = link === undefined ? undefined : await previews?.reserve(nick)
    return link === undefined || room === undefined ? undefined : { link, room }
  }

  /** What the dweet does not wait with is free again. */
  async #withRoom(
    nick: string,
    room: string | undefined,
    change: () => Promise<Published<DweetRow>>,
  ): Promise<Published<DweetRow>> {
    let taken: string | undefined
    try {
      const changed = await change()
      taken = changed.publication.room
      return changed
    } catch (thrown) {
      // Nobody knows whether it was published: then it has its room.
      if (isAnilloError(thrown, 'OUTCOME_UNKNOWN')) taken = room
      throw thrown
    } finally {
      if (room !== undefined && taken !== room) await this.#parts.previews?.free(nick, room)
    }
  }

  async remove({ isModerator, nick }: Dweeter, id: string): Promise<string | undefined> {
    const place = placeOfPublicId(id)
    const publication = await this.#reads.publication(id)
    if (place === undefined || publication === undefined) return undefined
    const { author } = publication
    if (author !== nick && !isModerator) throw new AnilloError('FORBIDDEN', { problem: BY_AUTHOR })
    if (author !== nick && publication.kind === 'dweet') {
      const what = {
        by: nick,
        subject: publicIdOf(place),
        action: 'remove',
        isUnasked: true,
      } as const
      await this.#parts.store.call(partitionOfNick(author), decide, what)
      return author
    }
    const input = { nick: author, row: place.row }
    await this.#parts.store.call(partitionOfNick(author), removePublication, input)
    return undefined
  }

  async redweet({ nick }: Dweeter, id: string): Promise<Redweet> {
    const found = await this.#reads.find(nick, id)
    const { author, visibility } = found.row
    if (visibility !== 'public') throw new AnilloError('FORBIDDEN', { problem: FOR_FOLLOWERS })
    const of = { id: idOf(found), nick: author }
    const input = { nick, most: this.#most, of }
    const { row } = await this.#parts.store.call(partitionOfNick(nick), redweet, input)
    const [person, original] = await Promise.all([
      personOf(this.#parts, nick),
      this.#settled(nick, found, 'redweets'),
    ])
    const createdAt = instant(timeOfRowId(row))
    return {
      kind: 'redweet',
      id: publicIdOf({ pk: userPk(nick), row }),
      author: person,
      createdAt,
      of: original,
    }
  }

  async unredweet({ nick }: Dweeter, id: string): Promise<boolean> {
    const publication = await this.#reads.publication(id)
    const original = publication?.kind === 'redweet' ? publication.of.id : id
    if (placeOfPublicId(original) === undefined) return false
    return this.#parts.store.call(partitionOfNick(nick), unredweet, { nick, id: original })
  }

  async like({ nick }: Dweeter, id: string, isLiked: boolean): Promise<Dweet> {
    const found = await this.#reads.find(nick, id)
    const name = idOf(found)
    // Said a thousand times, it is written once.
    if ((await hasOwn(this.#parts, { nick, kind: 'like', name })) !== isLiked) {
      const input = { nick, id: name, isLiked }
      await this.#parts.store.call(partitionOfNick(nick), likeDweet, input)
    }
    return this.#settled(nick, found, 'likes')
  }

  async bookmark({ nick }: Dweeter, id: string, isKept: boolean): Promise<Dweet> {
    const found = await this.#reads.find(nick, id)
    const input = { nick, id: idOf(found), isKept }
    await this.#parts.store.call(partitionOfNick(nick), markDweet, input)
    return showDweet(this.#parts, nick, found)
  }

  /** With what was just done, of which the author’s partition hears a moment later. */
  async #settled(
    nick: string,
    { place, row }: PlacedDweet,
    count: 'likes' | 'redweets',
  ): Promise<Dweet> {
    const prefix = reactionPrefix(count === 'likes' ? 'l' : 'r', place.row)
    const [mine, counted, author] = await Promise.all([
      mineOf(this.#parts, nick, publicIdOf(place)),
      this.#parts.store.get(reactionKey(place.pk, prefix, nick)),
      personOf(this.#parts, row.author),
    ])
    const isMine = count === 'likes' ? mine.liked : mine.redweeted
    const more = Number(isMine) - Number(counted !== undefined)
    const now: DweetRow = { ...row, [count]: Math.max(0, row[count] + more) }
    return dweetOf({ place, row: now }, author, mine)
  }

  /** What it answers; whether it is there the procedure says. */
  async #findAbove(nick: string, id: string): Promise<PlacedDweet | undefined> {
    try {
      return await this.#reads.find(nick, id)
    } catch (thrown) {
      const isGone = isAnilloError(thrown, 'DWEET_GONE') || isAnilloError(thrown, 'DWEET_REMOVED')
      if (isGone) return undefined
      throw thrown
    }
  }

  async #said(
    dweet: { readonly text: string; readonly warning?: string | undefined },
    hasMore: boolean,
  ) {
    const text = requireDweetText(dweet.text, hasMore)
    const warning = requireWarning(dweet.warning ?? '')
    const named = await Promise.all(mentionsIn(text).map((nick) => this.#parts.people.find(nick)))
    const mentions = named.flatMap((person) => person?.nick ?? [])
    return { text, ...(warning === undefined ? {} : { warning }), mentions, tags: tagsIn(text) }
  }
}

interface Linked {
  readonly link: string
  /** Absent: it is the link that was there before. */
  readonly room?: string
}

/** @throws AnilloError ATTACHMENTS_TOO_MANY, DESCRIPTION_UNFIT */
function attachedIn({ attachments = [] }: DweetToPublish): Pick<PublishInput, 'attachments'> {
  if (attachments.length === 0) return {}
  if (attachments.length > ATTACHMENTS_MAX) {
    throw new AnilloError('ATTACHMENTS_TOO_MANY', { max: ATTACHMENTS_MAX })
  }
  return {
    attachments: attachments.map(({ description, id }) => {
      const said = description === undefined ? undefined : requireDescription(description)
      return { id, ...(said === undefined ? {} : { description: said }) }
    }),
  }
}

/** @throws AnilloError ATTACHMENT_GONE: it is not shown with it; DESCRIPTION_UNFIT */
function describedIn(
  { attachments = [] }: DweetRow,
  { attachments: asked = [] }: DweetChange,
): { readonly described?: Described[] } {
  if (asked.length === 0) return {}
  const shown = new Set(attachments.map(({ id }) => id))
  return {
    described: asked.map(({ description: given, id }) => {
      if (!shown.has(id)) throw gone()
      const description = requireDescription(given)
      return { id, ...(description === undefined ? {} : { description }) }
    }),
  }
}

const BY_AUTHOR = 'it is for the author of the dweet'
const FOR_FOLLOWERS = 'it is for followers of its author only'
