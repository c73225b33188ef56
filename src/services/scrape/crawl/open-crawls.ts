/**
 * Which crawls run: one short list for the whole ring. A ring that crawls nothing learns so by one
 * read, and needs not look for hosts under each of their heads.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'

export const OPEN_TABLE = 'crawls.open'
export const OPEN_PK = 'all'

const NoteInput = Type.Object({ crawl: Hex32, isOpen: Type.Boolean() })

/** A message from the crawl’s partition, in the order in which it went on and stopped. */
export const noteOpenCrawl = defineProcedure({
  name: 'crawl.note',
  tables: [OPEN_TABLE],
  readInput: reader(NoteInput),
  run: (work, { crawl, isOpen }: Readonly<Static<typeof NoteInput>>): null => {
    if (isOpen) work.put(openKey(crawl), NOTHING)
    else work.delete(openKey(crawl))
    return null
  },
})

export function tellOpen(work: PartitionWork, crawl: string, isOpen: boolean): void {
  const to = partitionOf(OPEN_TABLE, OPEN_PK)
  work.send({ to, procedure: noteOpenCrawl.name, input: { crawl, isOpen } })
}

/** The place says it all. */
const NOTHING = new Uint8Array(0)

function openKey(crawl: string): RecordKey {
  return { table: OPEN_TABLE, pk: OPEN_PK, sk: crawl }
}
