/** Lists on the screen: as the ring tells them, or, where it is away, as they are kept. */
import type { NewDweets, Publication, PublicationPage } from '../../wire/api-dweets.ts'
import { foldTag } from '../../wire/dweet-text.ts'
import { harmlessLine } from './harmless.ts'
import { newestOf, type Kept } from './kept.ts'
import { offlineText } from './link.ts'
import { profileLines } from './paint.ts'
import type { List, ListPlace, Request } from './requests.ts'
import { pageSize, type Turn } from './turn.ts'

export function showPage(turn: Turn, { list }: ListPlace, page: PublicationPage): void {
  const { cursor, items } = page
  turn.learn({ publications: items })
  turn.set({ further: cursor === undefined ? undefined : { list, cursor }, furtherKept: [] })
  turn.show(items)
  tellIncomplete(turn, page.incomplete)
  if (items.length === 0) turn.say(turn.texts.nothingFound)
  if (cursor !== undefined) turn.say(turn.texts.goesOn)
}

/** Unseen ones, or older; those that are unseen count as seen from now on. */
export function showNew(turn: Turn, fresh: NewDweets): void {
  const { texts } = turn
  const { dweets } = fresh
  turn.learn({ publications: dweets })
  if (dweets.length === 0) {
    turn.say(newestOf(turn.state.kept).length === 0 ? texts.nothingNew : texts.seenAll)
  }
  if (dweets.length > 0 && fresh.unseen === 0) turn.say(texts.noneUnseen)
  turn.show(dweets)
  tellIncomplete(turn, fresh.incomplete)
  const unseen = fresh.unseen === 0 ? 0 : Math.max(0, fresh.unseen - dweets.filter(counts).length)
  turn.set({ unseen, untold: 0, counted: 0, further: undefined, furtherKept: [] })
  if (unseen > 0) turn.say(texts.moreUnseen(unseen))
  if (dweets.length > 0) turn.ask({ kind: 'acknowledge', token: fresh.token })
}

/** A redweet of what was deleted is none that anybody missed. */
function counts(publication: Publication): boolean {
  return publication.kind === 'dweet' || publication.of !== null
}

function tellIncomplete(turn: Turn, nicks: readonly string[]): void {
  if (nicks.length > 0) turn.say(turn.texts.incomplete(nicks.map(harmlessLine).join(', ')))
}

/** What is kept of what was asked for. `isTold`: that the ring is away was just said. */
export function showKept(
  turn: Turn,
  request: Request,
  { isTold = false }: { readonly isTold?: boolean } = {},
): void {
  if (!isTold) turn.say(offlineText(turn))
  const found = keptFor(turn.state.kept, request)
  if (found === undefined) return turn.refuse(turn.texts.needsRing)
  if (request.kind === 'profile') {
    const profile = turn.state.kept.profiles.get(request.nick)
    if (profile !== undefined) turn.print(profileLines(turn.canvas, profile))
  }
  if (found.length === 0) return turn.say(turn.texts.nothingKept)
  showKeptPage(turn, found)
}

export function showKeptPage(turn: Turn, found: readonly Publication[]): void {
  const size = pageSize(turn.state)
  turn.set({ further: undefined, furtherKept: found.slice(size) })
  turn.show(found.slice(0, size))
  if (found.length > size) turn.say(turn.texts.goesOn)
}

/** `undefined`: nothing that could be kept. */
function keptFor(kept: Kept, request: Request): readonly Publication[] | undefined {
  const { kind } = request
  const newest = newestOf(kept)
  if (kind === 'fresh') return newest
  if (kind === 'list') {
    // Who is in it the ring knows alone.
    return request.list.of === 'list' ? undefined : newest.filter(isIn(request.list))
  }
  if (kind === 'profile') return newest.filter(isIn({ of: 'person', nick: request.nick }))
  if (kind !== 'thread') return undefined
  return newest
    .filter((one) => one.kind === 'dweet')
    .filter(({ id, replyTo }) => id === request.id || replyTo?.id === request.id)
    .toReversed()
}

function isIn(list: List): (publication: Publication) => boolean {
  switch (list.of) {
    case 'home':
    case 'local':
    case 'list':
      return () => true
    case 'bookmarks':
      return (one) => one.kind === 'dweet' && one.mine.bookmarked
    case 'person':
      return ({ author }) => author.nick === list.nick
    case 'search': {
      const words = list.words.toLowerCase().split(/\s+/)
      return (one) => words.every((word) => textOf(one).toLowerCase().includes(word))
    }
    case 'tag':
      return (one) => tagsOf(one).some((tag) => foldTag(tag) === foldTag(list.tag))
  }
}

function textOf(publication: Publication): string {
  return publication.kind === 'dweet' ? publication.text : (publication.of?.text ?? '')
}

function tagsOf(publication: Publication): readonly string[] {
  return publication.kind === 'dweet' ? publication.tags : (publication.of?.tags ?? [])
}
