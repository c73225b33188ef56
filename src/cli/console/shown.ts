/**
 * Short numbers of what stands on the screen: `[3]`. They go on from list to list, so that one that
 * stands further up still means the same; what is shown again keeps its own. Pure.
 */
import type { Dweet, Publication } from '../../wire/api-dweets.ts'

/** Then they begin again at 1. */
export const NUMBERS_MAX = 999

export interface Shown {
  readonly last: number
  readonly numbers: ReadonlyMap<string, number>
  readonly publications: ReadonlyMap<number, Publication>
}

export const NOTHING_SHOWN: Shown = { last: 0, numbers: new Map(), publications: new Map() }

/** With numbers for these, in their order. */
export function withShown(shown: Shown, publications: readonly Publication[]): Shown {
  let { last } = shown
  const numbers = new Map(shown.numbers)
  const kept = new Map(shown.publications)
  for (const publication of publications) {
    const known = numbers.get(publication.id)
    const number = known ?? (last % NUMBERS_MAX) + 1
    if (known === undefined) {
      const before = kept.get(number)
      if (before !== undefined) numbers.delete(before.id)
      numbers.set(publication.id, number)
      last = number
    }
    kept.set(number, publication)
  }
  return { last, numbers, publications: kept }
}

/** The dweet that is meant by `3` or `[3]`: of a redweet, the original. `null`: it was deleted. */
export function dweetAt(shown: Shown, word: string): Dweet | null | undefined {
  const publication = publicationAt(shown, word)
  return publication?.kind === 'redweet' ? publication.of : publication
}

export function publicationAt(shown: Shown, word: string): Publication | undefined {
  const [, digits] = /^\[?(\d{1,3})\]?$/.exec(word) ?? []
  return digits === undefined ? undefined : shown.publications.get(Number(digits))
}
