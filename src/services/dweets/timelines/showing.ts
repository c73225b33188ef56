/** Rows as the JSON of publications, for whoever asks. */
import { instant } from '../../../base/instant.ts'
import type { Publication } from '../../../wire/api-dweets.ts'
import { personOf, type DweetParts } from '../parts.ts'
import type { DweetRow } from '../rows.ts'
import { showDweet, type PlacedDweet } from '../showing.ts'
import { idOf, pkOf, rowIdOf, timeOf } from './published.ts'
import type { Resolved } from './resolving.ts'

export type Showable = Extract<Resolved, { readonly kind: 'dweet' | 'redweet' }>

/** In their order. @throws AnilloError STORE_UNAVAILABLE: rows of whoever asks */
export function show(
  parts: DweetParts,
  nick: string,
  all: readonly Showable[],
): Promise<Publication[]> {
  return Promise.all(
    all.map(async (one): Promise<Publication> => {
      if (one.kind === 'dweet') return showDweet(parts, nick, placed(one))
      return {
        kind: 'redweet',
        id: idOf(one.place),
        author: await personOf(parts, one.row.author),
        createdAt: instant(timeOf(one.place)),
        of: one.of === undefined ? null : await showDweet(parts, nick, placed(one.of)),
      }
    }),
  )
}

function placed({ place, row }: { readonly place: string; readonly row: DweetRow }): PlacedDweet {
  return { place: { pk: pkOf(place), row: rowIdOf(place) }, row }
}
