/** Rows of dweets as the JSON that whoever asks is shown. */
import { instant } from '../../base/instant.ts'
import { attachmentKind, type Attachment } from '../../wire/api-attachments.ts'
import type { Dweet, DweetPerson, Preview } from '../../wire/api-dweets.ts'
import { publicIdOf, timeOfRowId, type DweetPlace } from '../../wire/dweet-ids.ts'
import { hasOwn, personOf, type DweetParts } from './parts.ts'
import type { OwnKind } from './places.ts'
import type { AttachmentRow, DweetRow, PreviewRow } from './rows.ts'

export interface PlacedDweet {
  readonly place: DweetPlace
  readonly row: DweetRow
}

/** What somebody did with a dweet: nothing. */
export const NOT_MINE: Dweet['mine'] = { liked: false, redweeted: false, bookmarked: false }

export async function showDweet(
  parts: DweetParts,
  nick: string,
  { place, row }: PlacedDweet,
): Promise<Dweet> {
  const [author, mine] = await Promise.all([
    personOf(parts, row.author),
    mineOf(parts, nick, publicIdOf(place)),
  ])
  return dweetOf({ place, row }, author, mine)
}

export function dweetOf(placed: PlacedDweet, author: DweetPerson, mine: Dweet['mine']): Dweet {
  return { ...toldOf(placed), author, mine }
}

type Told = Omit<Dweet, 'author' | 'mine'>

/** Of rows, as long as they are there: those that a member keeps are shown again and again. */
const toldOfRows = new WeakMap<DweetRow, Told>()

/** The same for all who ask. */
function toldOf({ place, row }: PlacedDweet): Told {
  const known = toldOfRows.get(row)
  if (known !== undefined) return known
  const { attachments, author: _nick, editedAtMs, edits: _edits, ...all } = row
  const { imported, imposed, link: _link, preview, room: _room, ...rest } = all
  const warned = imposed === undefined ? {} : { warning: imposed, isWarnedByModerators: true }
  const id = publicIdOf(place)
  const where = attachedPath(id)
  const attached = {
    ...(attachments && { attachments: attachments.map((one) => attachmentOf(one, where)) }),
    ...(preview && { preview: previewOf(preview, where) }),
  }
  const editedAt = editedAtMs === undefined ? {} : { editedAt: instant(editedAtMs) }
  const createdAt = instant(timeOfRowId(place.row))
  const importedAt = imported === undefined ? {} : { importedAt: instant(imported.atMs) }
  const times = { createdAt, ...editedAt, ...importedAt }
  const told = { ...rest, ...warned, ...attached, id, ...times }
  toldOfRows.set(row, told)
  return told
}

/** Of those shown with that dweet: behind it follow their ids. */
export function attachedPath(id: string): string {
  return `/v1/dweets/${id}/attachments`
}

/** @param where its id follows */
export function attachmentOf(row: AttachmentRow, where: string): Attachment {
  const { content: _content, ...told } = row
  return { ...told, kind: attachmentKind(told.type), url: `${where}/${told.id}` }
}

function previewOf({ picture, ...told }: PreviewRow, where: string): Preview {
  return picture === undefined ? told : { ...told, picture: attachmentOf(picture, where) }
}

export async function mineOf(
  parts: DweetParts,
  nick: string,
  name: string,
): Promise<Dweet['mine']> {
  const has = (kind: OwnKind) => hasOwn(parts, { nick, kind, name })
  const [liked, redweeted, bookmarked] = await Promise.all([has('like'), has('rd'), has('mark')])
  return { liked, redweeted, bookmarked }
}
