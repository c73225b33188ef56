/** In which order the entries of a folder are shown. Pure. */
import type { FileEntry } from '../../../src/wire/api-files.ts'

export const SORT_FIELDS = ['name', 'bytes', 'modifiedAt'] as const
export type SortField = (typeof SORT_FIELDS)[number]

export interface Order {
  readonly field: SortField
  readonly isReversed: boolean
}

export const BY_NAME: Order = { field: 'name', isReversed: false }

/** The same field again turns the order round; sizes and times begin with the largest, the last. */
export function orderBy(before: Order, field: SortField): Order {
  if (before.field === field) return { field, isReversed: !before.isReversed }
  return { field, isReversed: field !== 'name' }
}

/** Folders first, whatever the order; what is equal stands by name. `img2` is before `img10`. */
export function sorted(
  entries: readonly FileEntry[],
  { field, isReversed }: Order,
  language: string,
): readonly FileEntry[] {
  const { compare } = new Intl.Collator(language, { numeric: true, sensitivity: 'base' })
  const byName = (a: FileEntry, b: FileEntry): number =>
    compare(a.name, b.name) || Number(a.name > b.name) - Number(a.name < b.name)
  const byField = {
    name: byName,
    bytes: (a: FileEntry, b: FileEntry): number => a.bytes - b.bytes,
    modifiedAt: (a: FileEntry, b: FileEntry): number =>
      Date.parse(a.modifiedAt) - Date.parse(b.modifiedAt),
  }[field]
  const sign = isReversed ? -1 : 1
  return entries.toSorted(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
      sign * byField(a, b) ||
      byName(a, b),
  )
}
