/** Names that what is shared with somebody has in `/.shared`: by whose it is. Pure. */
import { withSuffix } from '../tree/paths.ts'
import type { SharedEntry } from '../types.ts'

const ID_SHOWN_DIGITS = 8

export interface NamedShare {
  /** Whose it is. */
  readonly owner: string
  readonly name: string
  readonly share: SharedEntry
}

/**
 * Of two that are called the same, and are the same person’s, that which was shared first has the
 * name; others have their id in it.
 * @param shared those shared first first
 */
export function namedShares(shared: readonly SharedEntry[]): readonly NamedShare[] {
  const taken = new Set<string>()
  return shared.map((share) => {
    const { name, owner } = share.entry
    const place = `${owner}/${name.normalize('NFC')}`
    const isTaken = taken.has(place)
    taken.add(place)
    return { owner, name: isTaken ? nameWithId(share) : name, share }
  })
}

/** A name with the id in it stays right when the other one goes. */
export function isNamed({ name, share }: NamedShare, asked: string): boolean {
  const wanted = asked.normalize('NFC')
  return name.normalize('NFC') === wanted || nameWithId(share).normalize('NFC') === wanted
}

function nameWithId({ entry }: Pick<SharedEntry, 'entry'>): string {
  return withSuffix(entry.name, `.${entry.id.slice(0, ID_SHOWN_DIGITS)}`)
}
