/** What somebody brings along, item by item: checked as if it were written now. */
import { unreachable } from '../../../base/assert.ts'
import { asAnilloError, isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import type {
  ImportAnswer,
  ImportItem,
  ImportOutcome,
  ImportProblem,
  ImportStep,
} from '../../../wire/api-own-data.ts'
import { nextRowId, placeOfPublicId, publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { IMPORT_FROM_MS } from '../../../wire/dweet-limits.ts'
import { userPk } from '../../../wire/users.ts'
import { Following } from '../following.ts'
import { Lists } from '../lists/lists.ts'
import { hasOwn, type TimedParts } from '../parts.ts'
import { partitionOfNick, type OwnKind } from '../places.ts'
import { likeDweet, markDweet } from '../reaction-procedures.ts'
import type { Described } from '../rows.ts'
import { idOf, SingleReads } from '../single-reads.ts'
import { requireDescription, requireDweetText, requireWarning } from '../text/fit-text.ts'
import { tagsIn } from '../text/found-in-text.ts'
import { Circles } from '../timelines/circles.ts'
import { Heads } from '../timelines/heads.ts'
import { OwnLists } from '../timelines/own-lists.ts'
import type { Dweeter } from '../types.ts'
import {
  importPublications,
  type DweetIn,
  type PublicationIn,
  type RedweetIn,
} from './import-procedures.ts'

type DweetItem = Extract<ImportItem, { readonly kind: 'dweet' }>
type AttachedItem = NonNullable<DweetItem['attachments']>[number]
type RedweetItem = Extract<ImportItem, { readonly kind: 'redweet' }>
type MarkItem = Extract<ImportItem, { readonly kind: 'like' | 'bookmark' }>
type ListItem = Extract<ImportItem, { readonly kind: 'list' }>
type PersonItem = Extract<ImportItem, { readonly kind: 'follow' | 'mute' | 'block' }>

/** Why of what the service would say of it. */
const WHY: Partial<Record<ErrorCode, ImportProblem>> = {
  DWEET_TOO_LONG: 'tooLong',
  DWEET_EMPTY: 'empty',
  DWEET_UNFIT: 'unfit',
  WARNING_UNFIT: 'unfit',
  DESCRIPTION_UNFIT: 'unfit',
  BIO_UNFIT: 'unfit',
  DWEET_GONE: 'notHere',
  NO_USER: 'noUser',
  DWEET_SELF_FOLLOW: 'notPossible',
  FORBIDDEN: 'notPossible',
  LISTS_FULL: 'full',
  LIST_FULL: 'full',
  LIST_NAME_UNFIT: 'unfit',
  FOLLOWS_FULL: 'full',
  MUTES_FULL: 'full',
  BLOCKS_FULL: 'full',
}

/** Thrown on the way out of one item. */
class Unfit extends Error {
  readonly why: ImportProblem

  constructor(why: ImportProblem) {
    super(why)
    this.why = why
  }
}

export class Importing {
  readonly #parts: TimedParts
  readonly #reads: SingleReads
  readonly #following: Following
  readonly #lists: Lists

  constructor(parts: TimedParts) {
    this.#parts = parts
    this.#reads = new SingleReads(parts)
    const circles = new Circles(parts.store, new OwnLists(parts.store))
    this.#following = new Following({ ...parts, circles, heads: new Heads(parts.store) })
    this.#lists = new Lists(parts, NO_TIMELINES)
  }

  /** In order; publications that follow each other in one entry. */
  async import(who: Dweeter, { from, items }: ImportStep): Promise<ImportAnswer> {
    const origin = { nick: who.nick, from: from === undefined ? undefined : (foldNick(from) ?? '') }
    const outcomes: ImportOutcome[] = []
    let waiting: Promise<PublicationIn | ImportProblem>[] = []
    const flush = async (): Promise<void> => {
      outcomes.push(...(await this.#publications(who.nick, await Promise.all(waiting))))
      waiting = []
    }
    for (const item of items) {
      if (item.kind === 'dweet' || item.kind === 'redweet') {
        waiting.push(orWhy(() => this.#publication(who, origin, item)))
        continue
      }
      await flush()
      const told = await orWhy(() => this.#other(who, origin, item))
      outcomes.push(typeof told === 'string' ? skipped(told) : told)
    }
    await flush()
    return { items: outcomes }
  }

  async #publications(
    nick: string,
    all: readonly (PublicationIn | ImportProblem)[],
  ): Promise<ImportOutcome[]> {
    const fit = all.filter((one) => typeof one !== 'string')
    if (fit.length === 0) return all.map((one) => skipped(one as ImportProblem))
    const input = { nick, items: fit }
    const told = await this.#parts.store.call(partitionOfNick(nick), importPublications, input)
    let at = 0
    return all.map((one): ImportOutcome => {
      if (typeof one === 'string') return skipped(one)
      const outcome = told[at++]
      if (outcome === undefined) return skipped('full')
      if (!('row' in outcome)) return skipped(outcome.kind)
      return { outcome: outcome.kind, id: publicIdOf({ pk: userPk(nick), row: outcome.row }) }
    })
  }

  async #publication(
    who: Dweeter,
    origin: Origin,
    item: DweetItem | RedweetItem,
  ): Promise<PublicationIn> {
    return item.kind === 'dweet' ? dweetIn(origin, item) : this.#redweetIn(who, origin, item)
  }

  async #redweetIn({ nick }: Dweeter, origin: Origin, item: RedweetItem): Promise<RedweetIn> {
    const of = addressIn(origin, item.of)
    if (of === undefined) throw new Unfit('notHere')
    const { id } = item
    return {
      kind: 'redweet',
      row: rowFor(origin, item),
      id,
      of,
      isHere: await this.#isHere(nick, of),
    }
  }

  /** For everybody, as what is redweeted must be. */
  async #isHere(nick: string, { id }: { readonly id: string }): Promise<boolean> {
    try {
      return (await this.#reads.find(nick, id)).row.visibility === 'public'
    } catch (thrown) {
      if (isAnilloError(thrown, 'DWEET_GONE')) return false
      throw thrown
    }
  }

  async #other(
    who: Dweeter,
    origin: Origin,
    item: Exclude<ImportItem, DweetItem | RedweetItem>,
  ): Promise<ImportOutcome> {
    switch (item.kind) {
      case 'like':
      case 'bookmark':
        return this.#mark(who, idHere(origin, item.id), item.kind)
      case 'follow':
      case 'mute':
      case 'block':
        return this.#person(who, item)
      case 'list':
        return this.#listed(who, item)
      case 'profile':
        return this.#profile(who, item.bio)
      default:
        return unreachable(item)
    }
  }

  async #mark(
    { nick }: Dweeter,
    id: string | undefined,
    kind: MarkItem['kind'],
  ): Promise<ImportOutcome> {
    if (id === undefined) throw new Unfit('notHere')
    const found = await this.#reads.find(nick, id)
    const name = idOf(found)
    const own = kind === 'like' ? 'like' : 'mark'
    if (await hasOwn(this.#parts, { nick, kind: own, name })) return { outcome: 'there', id: name }
    const { store } = this.#parts
    if (kind === 'bookmark') {
      await store.call(partitionOfNick(nick), markDweet, { nick, id: name, isKept: true })
    } else {
      const input = { nick, id: name, isLiked: true, isQuiet: true } as const
      await store.call(partitionOfNick(nick), likeDweet, input)
    }
    return { outcome: 'imported', id: name }
  }

  async #person(who: Dweeter, item: PersonItem): Promise<ImportOutcome> {
    const name = foldNick(item.nick)
    if (name === undefined) throw new Unfit('noUser')
    const own = OWN[item.kind]
    if (await hasOwn(this.#parts, { nick: who.nick, kind: own, name })) return { outcome: 'there' }
    if (item.kind === 'mute') await this.#following.mute(who, name, true)
    else if (item.kind === 'block') await this.#following.block(who, name, true)
    else {
      const { redweets } = item
      await this.#following.follow(who, name, redweets === undefined ? {} : { redweets })
    }
    return { outcome: 'imported' }
  }

  /** A list of that name is made where there is none. */
  async #listed(who: Dweeter, { name, nick }: ListItem): Promise<ImportOutcome> {
    const { items } = await this.#lists.all(who)
    const there = items.find((one) => foldedName(one.name) === foldedName(name))
    const list = there ?? (await this.#lists.make(who, { name }))
    if (nick === undefined) return { outcome: there === undefined ? 'imported' : 'there' }
    const { people } = await this.#lists.put(who, list.id, nick, true)
    return { outcome: people > list.people ? 'imported' : 'there' }
  }

  /** What somebody says of themselves here already stays. */
  async #profile(who: Dweeter, bio: string): Promise<ImportOutcome> {
    const profile = await this.#following.profile(who, who.nick)
    if (profile.bio !== '') return { outcome: 'there' }
    await this.#following.changeProfile(who, { bio })
    return { outcome: 'imported' }
  }
}

/** Lists are written here, and not read. */
const NO_TIMELINES = { ofPeople: async () => ({ items: [], incomplete: [] }) }

/** As lists compare their names. */
function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim()
}

const OWN: Readonly<Record<PersonItem['kind'], OwnKind>> = {
  follow: 'ing',
  mute: 'mute',
  block: 'block',
}

interface Origin {
  /** Who imports. */
  readonly nick: string
  /** Who exported it from a ring; `undefined`: it is of another program. */
  readonly from: string | undefined
}

function dweetIn(origin: Origin, item: DweetItem): DweetIn {
  const { attachments = [], editedAt, history = [], id, replyTo, visibility } = item
  const hasMore = attachments.length > 0
  const text = requireDweetText(item.text, hasMore)
  const warning = requireWarning(item.warning ?? '')
  const address = replyTo === undefined ? undefined : addressIn(origin, replyTo)
  return {
    kind: 'dweet',
    row: rowFor(origin, item),
    id,
    text,
    ...(warning === undefined ? {} : { warning }),
    tags: tagsIn(text),
    visibility,
    ...(hasMore ? { attachments: attachments.map(attachedIn) } : {}),
    ...(address === undefined ? {} : { replyTo: address }),
    ...(editedAt === undefined ? {} : { editedAtMs: timeIn(editedAt) }),
    history: history.map((one) => {
      const before = requireWarning(one.warning ?? '')
      return {
        text: requireDweetText(one.text, hasMore),
        ...(before === undefined ? {} : { warning: before }),
        writtenAtMs: timeIn(one.writtenAt),
      }
    }),
  }
}

function attachedIn({ description: given = '', id }: AttachedItem): Described {
  const description = requireDescription(given)
  return { id, ...(description === undefined ? {} : { description }) }
}

/**
 * Of a ring's the row that it had there; else one of its time, and in it by its id, so that it is
 * the same whenever it is imported.
 */
function rowFor({ from, nick }: Origin, { createdAt, id }: DweetItem | RedweetItem): string {
  const place = placeOfPublicId(id)
  if (from === undefined) {
    const row = nextRowId(fitTime(timeIn(createdAt)), undefined)
    return row.slice(0, -COUNTER_DIGITS) + sha256Hex(id).slice(0, COUNTER_DIGITS)
  }
  // What was imported by who has another nick there, and brought back, is theirs here.
  const isTheirs = place?.pk === userPk(from) || place?.pk === userPk(nick)
  if (place === undefined || !isTheirs) throw new Unfit('notYours')
  fitTime(timeOfRowId(place.row))
  return place.row
}

const COUNTER_DIGITS = 4

/** @returns ms since 1970, not before it. @throws Unfit */
function timeIn(text: string): number {
  const timeMs = Date.parse(text)
  if (!Number.isSafeInteger(timeMs)) throw new Unfit('unfit')
  if (timeMs < 0) throw new Unfit('tooOld')
  if (timeMs > LAST_MS) throw new Unfit('ahead')
  return timeMs
}

/** What an id holds. */
const LAST_MS = 2 ** 47

function fitTime(timeMs: number): number {
  if (timeMs < IMPORT_FROM_MS) throw new Unfit('tooOld')
  return timeMs
}

/** The id here of what had that id there: own ones may stand under another nick. */
function idHere({ from, nick }: Origin, id: string): string | undefined {
  const place = placeOfPublicId(id)
  if (place === undefined) return undefined
  const isOwn = from !== undefined && place.pk === userPk(from)
  return isOwn ? publicIdOf({ pk: userPk(nick), row: place.row }) : id
}

/** `undefined`: no dweet of that person ever had such an id. */
function addressIn(origin: Origin, given: { readonly id: string; readonly nick: string }) {
  const theirs = foldNick(given.nick)
  const id = idHere(origin, given.id)
  if (id === undefined || theirs === undefined) return undefined
  const nick = theirs === origin.from ? origin.nick : theirs
  return placeOfPublicId(id)?.pk === userPk(nick) ? { id, nick } : undefined
}

function skipped(why: ImportProblem): ImportOutcome {
  return { outcome: 'skipped', why }
}

/** What is wrong with one item is told of it; what is wrong with the ring ends the step. */
async function orWhy<T>(work: () => Promise<T> | T): Promise<T | ImportProblem> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Unfit) return thrown.why
    const why = WHY[asAnilloError(thrown).code]
    if (why === undefined) throw thrown
    return why
  }
}
