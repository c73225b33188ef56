/** Rows as the JSON of publications, for whoever asks. */
import { instant } from '../../../base/instant.ts'
import type { Dweet, Publication } from '../../../wire/api-dweets.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { personOf, type DweetParts } from '../parts.ts'
import { removedKey } from '../places.ts'
import type { DweetRow, RedweetRow } from '../rows.ts'
import { dweetOf } from '../showing.ts'
import { isUnreadable } from './merging.ts'
import { mineOfAll, type MineParts } from './mine.ts'
import { idOf, pkOf, rowIdOf, timeOf } from './published.ts'
import type { Resolved } from './resolving.ts'

export type Showable = Extract<Resolved, { readonly kind: 'dweet' | 'redweet' }>

/** In their order. @throws AnilloError STORE_UNAVAILABLE: rows of whoever asks */
export async function show(
  parts: MineParts,
  nick: string,
  all: readonly Showable[],
): Promise<Publication[]> {
  const subjects = all.flatMap((one) => (one.kind === 'dweet' ? [one] : (one.of ?? [])))
  const mine = await mineOfAll(
    parts,
    nick,
    subjects.map(({ place }) => idOf(place)),
  )
  const shown = async ({ place, row }: PlacedRow): Promise<Dweet> => {
    const placed = { place: { pk: pkOf(place), row: rowIdOf(place) }, row }
    return dweetOf(placed, await personOf(parts, row.author), mine(idOf(place)))
  }
  return Promise.all(
    all.map(async (one): Promise<Publication> => {
      if (one.kind === 'dweet') return shown(one)
      const isGone = one.of === undefined && one.isHidden !== true
      const isRemoved = isGone && (await wasRemoved(parts, one.row.of.id))
      return {
        kind: 'redweet',
        id: idOf(one.place),
        author: await personOf(parts, one.row.author),
        createdAt: instant(timeOf(one.place)),
        ...importedAt(one.row),
        of: one.of === undefined ? null : await shown(one.of),
        ...(one.isHidden === true ? { isHidden: true } : {}),
        ...(isRemoved ? { isRemovedByModerators: true } : {}),
      }
    }),
  )
}

function importedAt({ imported }: RedweetRow) {
  return imported === undefined ? {} : { importedAt: instant(imported.atMs) }
}

interface PlacedRow {
  readonly place: string
  readonly row: DweetRow
}

/** By a moderator; where that cannot be read now, it is not said. */
async function wasRemoved({ store }: DweetParts, id: string): Promise<boolean> {
  const place = placeOfPublicId(id)
  if (place === undefined) return false
  try {
    return (await store.get(removedKey(place.pk, place.row))) !== undefined
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return false
  }
}
