/** Under which tags public dweets are found: lists in the tags' partitions, told by messages. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import type { DweetPlace } from '../../wire/dweet-ids.ts'
import { TAGS_MAX } from '../../wire/dweet-limits.ts'
import { foldTag } from '../../wire/dweet-text.ts'
import { reader } from '../../wire/method.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import { partitionOf } from '../../wire/partition.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { localKey, taggedKey, tagPk, TAGS_TABLE } from './places.ts'
import { RowId, type DweetRow, type ListedRow } from './rows.ts'
import { DWEET_TABLES, Nick, Pk } from './work.ts'

const ListInput = Type.Object({
  /** Of the tag. */
  key: Hex32,
  pk: Pk,
  row: RowId,
  by: Nick,
  isThere: Type.Boolean(),
})
type ListInput = Readonly<Static<typeof ListInput>>

/** A message: from one author's partition they come in order, so that the last one holds. */
export const listTagged = defineProcedure({
  name: 'dweets.tagged',
  tables: DWEET_TABLES,
  readInput: reader(ListInput),
  freesRoom: ({ isThere }: ListInput) => !isThere,
  run: (work, { by, isThere, key, ...place }: ListInput): null => {
    if (isThere) work.put(taggedKey(key, place), rowBytes({ by } satisfies ListedRow))
    else work.delete(taggedKey(key, place))
    return null
  },
})

interface Listed {
  readonly place: DweetPlace
  readonly before: DweetRow | undefined
  readonly now: DweetRow | undefined
}

/** Brings all lists from what the dweet was to what it is. */
export function relist(work: PartitionWork, { before, now, place }: Listed): void {
  const by = (now ?? before)?.author
  if (by === undefined) return
  if (isListed(now)) {
    if (!isListed(before)) work.put(localKey(work.partition, place), rowBytes({ by }))
  } else work.delete(localKey(work.partition, place))
  const [was, is] = [keysOf(before), keysOf(now)]
  for (const key of was.difference(is)) tell(work, { key, ...place, by, isThere: false })
  for (const key of is.difference(was)) tell(work, { key, ...place, by, isThere: true })
}

function isListed(dweet: DweetRow | undefined): boolean {
  return dweet?.visibility === 'public'
}

function keysOf(dweet: DweetRow | undefined): Set<string> {
  if (dweet === undefined || !isListed(dweet)) return new Set()
  const tags = new Set(dweet.tags.flatMap((tag) => foldTag(tag) ?? []))
  return new Set([...tags].slice(0, TAGS_MAX).map(tagPk))
}

function tell(work: PartitionWork, input: ListInput): void {
  work.send({ to: partitionOf(TAGS_TABLE, input.key), procedure: listTagged.name, input })
}
