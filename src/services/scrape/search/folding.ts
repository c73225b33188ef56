/** Results that are nearly the same as one before them, under it. */
import { distanceOf, NEAR_BITS, type Print } from './simhash.ts'

/**
 * Each group begins with its best; groups are in the order of those. Who has no print is alone.
 * @param items best first
 */
export function foldedBy<T>(
  items: readonly T[],
  printOf: (item: T) => Print | undefined,
): readonly (readonly T[])[] {
  const groups: { readonly print: Print | undefined; readonly items: T[] }[] = []
  for (const item of items) {
    const print = printOf(item)
    const group =
      print === undefined
        ? undefined
        : groups.find((known) => known.print !== undefined && isNear(known.print, print))
    if (group === undefined) groups.push({ print, items: [item] })
    else group.items.push(item)
  }
  return groups.map((group) => group.items)
}

export function isNear(a: Print, b: Print): boolean {
  return distanceOf(a, b) <= NEAR_BITS
}
