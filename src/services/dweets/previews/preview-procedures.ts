/**
 * How a link gets its preview: the dweet asks the partition of the address, by a message; a member
 * takes it up there, asks the site, and says what came of it; that is told to the dweets that wait.
 * What is known is told again for a day, so that a site is asked once, however many link to it. A
 * member that dies is followed by another.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { placeOfPublicId, publicIdOf, type DweetPlace } from '../../../wire/dweet-ids.ts'
import {
  PREVIEW_KNOWN_MS,
  PREVIEW_LEASE_MS,
  PREVIEW_PICTURE_KNOWN_MS,
  PREVIEW_TRIES_MAX,
  PREVIEW_URL_CHARS_MAX,
  PREVIEWS_WAITING_MAX,
} from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Bytes, Hex32 } from '../../../wire/shapes.ts'
import { dropPreview, takePreviewPicture } from '../attachments/attach-procedures.ts'
import { partitionOfPk, publicationKey } from '../places.ts'
import { dweetIn } from '../reaction-procedures.ts'
import { PreviewRow, type DweetRow } from '../rows.ts'
import { DWEET_TABLES, PublicId, touchHead } from '../work.ts'
import {
  dueKey,
  linkHash,
  linkKey,
  partitionOfLink,
  PREVIEW_TABLES,
  PREVIEWS_TABLE,
  readAsked,
  readKnown,
  WANT_PREFIX,
  type AskedRow,
  type KnownRow,
} from './preview-rows.ts'

const Url = Type.String({ maxLength: PREVIEW_URL_CHARS_MAX })

const WantInput = Type.Object({ url: Url, id: PublicId })
type WantInput = Readonly<Static<typeof WantInput>>

/** To be sent where a dweet has a link of which none is shown yet. */
export function sendWant(work: PartitionWork, url: string, place: DweetPlace): void {
  const input: WantInput = { url, id: publicIdOf(place) }
  work.send({ to: partitionOfLink(linkHash(url)), procedure: wantPreview.name, input })
}

/** A message of a dweet. Told at once where it is known; else it waits, with so many others. */
export const wantPreview = defineProcedure({
  name: 'dweets.wantPreview',
  tables: PREVIEW_TABLES,
  readInput: reader(WantInput),
  run: (work, { id, url }: WantInput): null => {
    const hash = linkHash(url)
    const record = work.get(linkKey(hash, 'known'))
    if (record !== undefined) {
      tell(work, url, id, readKnown(record))
      return null
    }
    const waiting = work.list(waitingRange(hash))
    if (waiting.length < PREVIEWS_WAITING_MAX) work.put(linkKey(hash, WANT_PREFIX + id), NOTHING)
    else tell(work, url, id, { atMs: work.timeMs })
    if (!work.has(linkKey(hash, 'asked'))) {
      putAsked(work, hash, { url, tries: 0, dueMs: work.timeMs })
    }
    return null
  },
})

const TakeInput = Type.Object({ hash: Hex32 })

export type Taken =
  | { readonly kind: 'take'; readonly url: string }
  /** Somebody else asks already. */
  | { readonly kind: 'later' }
  /** Nobody waits for it. */
  | { readonly kind: 'none' }

/** To ask the site: nobody else does for so long. */
export const takePreview = defineProcedure({
  name: 'dweets.takePreview',
  tables: PREVIEW_TABLES,
  readInput: reader(TakeInput),
  run: (work, { hash }: Static<typeof TakeInput>): Taken => {
    const record = work.get(linkKey(hash, 'asked'))
    if (record === undefined) return { kind: 'none' }
    const asked = readAsked(record)
    if (asked.dueMs > work.timeMs) return { kind: 'later' }
    if (asked.tries >= PREVIEW_TRIES_MAX) {
      settle(work, hash, { atMs: work.timeMs })
      return { kind: 'none' }
    }
    const dueMs = work.timeMs + PREVIEW_LEASE_MS
    putAsked(work, hash, { ...asked, tries: asked.tries + 1, dueMs })
    return { kind: 'take', url: asked.url }
  },
})

const SettleInput = Type.Object({
  hash: Hex32,
  preview: Type.Optional(PreviewRow),
  here: Type.Optional(Bytes),
})
type SettleInput = Readonly<Static<typeof SettleInput>>

/** The site was asked. Without `preview` there is none for a day. */
export const settlePreview = defineProcedure({
  name: 'dweets.settlePreview',
  tables: PREVIEW_TABLES,
  readInput: reader(SettleInput),
  run: (work, { hash, ...told }: SettleInput): null => {
    if (work.has(linkKey(hash, 'asked'))) settle(work, hash, { ...told, atMs: work.timeMs })
    return null
  },
})

const ShowInput = Type.Object({
  id: PublicId,
  url: Url,
  /** Absent: there is none. */
  preview: Type.Optional(PreviewRow),
  here: Type.Optional(Bytes),
})
type ShowInput = Readonly<Static<typeof ShowInput>>

/**
 * A message to a dweet: what its link leads to, or that nobody knows. Not where it links to
 * something else by now.
 */
export const showPreview = defineProcedure({
  name: 'dweets.showPreview',
  tables: DWEET_TABLES,
  readInput: reader(ShowInput),
  run: (work, { here, id, preview, url }: ShowInput): null => {
    const place = placeOfPublicId(id)
    const before = place === undefined ? undefined : dweetIn(work, place)
    if (place === undefined || before === undefined || before.link !== url) return null
    if (preview === undefined && before.room === undefined) return null
    const owner = { nick: before.author, place }
    const { room, ...waiting } = before
    if (preview !== undefined) dropPreview(work, owner, waiting)
    takePreviewPicture(work, owner, { preview, here, room })
    const dweet: DweetRow = { ...waiting, ...(preview === undefined ? {} : { preview }) }
    work.put(publicationKey(place.pk, place.row), rowBytes(dweet))
    if (preview !== undefined) touchHead(work, before.author)
    return null
  },
})

function putAsked(work: PartitionWork, hash: string, asked: AskedRow): void {
  dropDue(work, hash)
  work.put(linkKey(hash, 'asked'), rowBytes(asked))
  work.put(dueKey(work.partition, asked.dueMs, hash), NOTHING)
}

function dropDue(work: PartitionWork, hash: string): string | undefined {
  const record = work.get(linkKey(hash, 'asked'))
  if (record === undefined) return undefined
  const { dueMs, url } = readAsked(record)
  work.delete(dueKey(work.partition, dueMs, hash))
  return url
}

function settle(work: PartitionWork, hash: string, known: KnownRow): void {
  const url = dropDue(work, hash)
  work.delete(linkKey(hash, 'asked'))
  work.put(linkKey(hash, 'known'), rowBytes(known), work.timeMs + PREVIEW_KNOWN_MS)
  for (const { sk } of work.list(waitingRange(hash))) {
    work.delete(linkKey(hash, sk))
    if (url !== undefined) tell(work, url, sk.slice(WANT_PREFIX.length), known)
  }
}

/**
 * A picture that nobody holds goes a day after it came: with it in its last hours, none is shown.
 */
function tell(work: PartitionWork, url: string, id: string, known: KnownRow): void {
  const place = placeOfPublicId(id)
  const { atMs, here, preview } = known
  if (place === undefined) return
  const isFresh = work.timeMs - atMs < PREVIEW_PICTURE_KNOWN_MS
  const input: ShowInput = { id, url, ...(preview && shownOf({ preview, here }, isFresh)) }
  work.send({ to: partitionOfPk(place.pk), procedure: showPreview.name, input })
}

function shownOf(
  { here, preview }: { readonly preview: PreviewRow; readonly here: Uint8Array | undefined },
  isFresh: boolean,
): Pick<ShowInput, 'here' | 'preview'> {
  if (isFresh) return { preview, ...(here === undefined ? {} : { here }) }
  const { picture: _, ...bare } = preview
  return { preview: bare }
}

function waitingRange(hash: string) {
  return { table: PREVIEWS_TABLE, pk: hash, prefix: WANT_PREFIX, limit: PREVIEWS_WAITING_MAX }
}

const NOTHING = new Uint8Array(0)

export const PREVIEW_PROCEDURES = [wantPreview, takePreview, settlePreview, showPreview]
