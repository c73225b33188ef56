/**
 * How a content goes: its head with one entry, so that nobody can hold it or go on with it; the
 * rest in bounded steps, each of which sends the message for the next one. So it goes on whoever
 * dies. What nobody holds is swept when its time is over; whoever leads the partition asks for
 * that.
 */
import { Type, type Static } from 'typebox'

import { sendChunkChanges } from '../../../store/chunks/links.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { pkIn } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { askAll, heardAtMs, HEARD_PROCEDURES } from './heard.ts'
import {
  LIFE_MS,
  NAMED_WITHIN_MS,
  PARTS_PER_STEP,
  RELEASED_PER_STEP,
  SWEPT_PER_ENTRY,
} from './limits.ts'
import {
  CONTENT_TABLES,
  CONTENTS_TABLE,
  decodePart,
  deleteHead,
  headOf,
  LOOSE_TABLE,
  looseIdOf,
  looseMsOf,
  looseTime,
  PART_PREFIX,
  referenceOf,
  RELEASED_PREFIX,
  tailReferenceOf,
} from './rows.ts'

/**
 * What nobody holds and whose time is over, by logged time, the oldest first. Where holds may be on
 * their way still, all partitions are asked, and it waits for their answers.
 */
export const sweepContents = defineProcedure({
  name: 'content.sweep',
  tables: CONTENT_TABLES,
  readInput: reader(Type.Null()),
  freesRoom: () => true,
  run(work): { readonly swept: number; readonly isMore: boolean } {
    const pk = pkIn(LOOSE_TABLE, work.partition)
    // The first moment at which nothing is due yet.
    const end = looseTime(work.timeMs + 1)
    const due = work.list({ table: LOOSE_TABLE, pk, end, limit: SWEPT_PER_ENTRY })
    const heardMs = due.length === 0 ? 0 : heardAtMs(work)
    const unheld = due.filter(({ sk }) => looseMsOf(sk) - LIFE_MS + NAMED_WITHIN_MS <= heardMs)
    if (unheld.length < due.length) askAll(work)
    for (const { sk } of unheld) remove(work, looseIdOf(sk))
    return { swept: unheld.length, isMore: unheld.length === SWEPT_PER_ENTRY }
  },
})

const ContentInput = Type.Object({ content: Hex32 })
type ContentInput = Readonly<Static<typeof ContentInput>>

/**
 * Its writer wants nothing of it to stay. One that is sealed stays for its time, and one that is
 * held for good: an entry that names it may be on its way.
 */
export const discardContent = defineProcedure({
  name: 'content.discard',
  tables: CONTENT_TABLES,
  readInput: reader(ContentInput),
  freesRoom: () => true,
  run(work, { content }: ContentInput): null {
    const head = headOf(work, content)
    if (head?.sha256 === undefined && head?.holders === 0) remove(work, content)
    return null
  },
})

/** The next step of a removal; a message to itself. */
export const clearContent = defineProcedure({
  name: 'content.clear',
  tables: CONTENT_TABLES,
  readInput: reader(ContentInput),
  freesRoom: () => true,
  run(work, { content }: ContentInput): null {
    clear(work, content)
    return null
  },
})

export const REMOVAL_PROCEDURES = [sweepContents, discardContent, clearContent, ...HEARD_PROCEDURES]

function remove(work: PartitionWork, content: string): void {
  const tail = headOf(work, content)?.tail
  if (tail !== undefined) {
    const reference = tailReferenceOf(content)
    sendChunkChanges(work, { unrefer: { reference, chunks: [tail] } })
  }
  deleteHead(work, content)
  work.send({ to: work.partition, procedure: clearContent.name, input: { content } })
}

function clear(work: PartitionWork, content: string): void {
  // Its writer began it anew before this message came.
  if (headOf(work, content) !== undefined) return
  const range = { table: CONTENTS_TABLE, pk: content }
  const parts = work.list({ ...range, prefix: PART_PREFIX, limit: PARTS_PER_STEP })
  const released = work.list({ ...range, prefix: RELEASED_PREFIX, limit: RELEASED_PER_STEP })
  for (const { sk } of [...parts, ...released]) work.delete({ ...range, sk })
  const chunks = parts.flatMap(decodePart)
  sendChunkChanges(work, { unrefer: { reference: referenceOf(content), chunks } })
  if (parts.length < PARTS_PER_STEP && released.length < RELEASED_PER_STEP) return
  work.send({ to: work.partition, procedure: clearContent.name, input: { content } })
}
