/** What stands at places, and what redweets among it show. */
import { readPublication, type DweetRow, type PublicationRow, type RedweetRow } from '../rows.ts'
import { isUnreadable, type Ref } from './merging.ts'
import { keyAt, placeOfId, type Records } from './published.ts'

export type Resolved =
  | { readonly kind: 'dweet'; readonly place: string; readonly row: DweetRow }
  | {
      readonly kind: 'redweet'
      readonly place: string
      readonly row: RedweetRow
      /** Absent: it was deleted. */
      readonly of: { readonly place: string; readonly row: DweetRow } | undefined
      /** It is there, but not for who asks. */
      readonly isHidden?: true
    }
  /** It was deleted since it was listed. */
  | { readonly kind: 'gone'; readonly place: string }
  /** It, or what it shows, cannot be read now. */
  | { readonly kind: 'unreadable'; readonly place: string }

type Read = PublicationRow | 'gone' | 'unreadable'

/** Each row is read once, and those of one partition share a confirmation. */
export async function resolve(store: Records, refs: readonly Ref[]): Promise<readonly Resolved[]> {
  const asked = new Map<string, Promise<Read>>()
  const read = (place: string): Promise<Read> => {
    const reading = asked.get(place) ?? readAt(store, place)
    asked.set(place, reading)
    return reading
  }
  const later: Promise<void>[] = []
  const all = refs.map((ref, i): Resolved => {
    const { place, row } = ref
    // Most are dweets, of which all is known.
    if (row?.kind === 'dweet') return { kind: 'dweet', place, row }
    const known = resolved(ref, read).then((one) => {
      all[i] = one
    })
    later.push(known)
    return { kind: 'unreadable', place }
  })
  await Promise.all(later)
  return all
}

async function resolved(
  { place, row }: Ref,
  read: (place: string) => Promise<Read>,
): Promise<Resolved> {
  const found = row ?? (await read(place))
  if (typeof found === 'string') return { kind: found, place }
  if (found.kind === 'dweet') return { kind: 'dweet', place, row: found }
  const original = placeOfId(found.of.id)
  const of = original === undefined ? 'gone' : await read(original)
  if (of === 'unreadable') return { kind: of, place }
  const isThere = original !== undefined && of !== 'gone' && of.kind === 'dweet'
  return {
    kind: 'redweet',
    place,
    row: found,
    of: isThere ? { place: original, row: of } : undefined,
  }
}

async function readAt(store: Records, place: string): Promise<Read> {
  try {
    const record = await store.get(keyAt(place))
    return record === undefined ? 'gone' : readPublication(record)
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return 'unreadable'
  }
}
