/** Which webhooks are served: one short list for the whole ring, as of crawls that run. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { OPEN_HOOKS_PK, OPEN_HOOKS_TABLE } from './hook-rows.ts'

const NoteInput = Type.Object({ hook: Hex32, isOpen: Type.Boolean() })
type NoteInput = Readonly<Static<typeof NoteInput>>

/** A message from the webhook’s partition. */
export const noteOpenHook = defineProcedure({
  name: 'crawlHook.note',
  tables: [OPEN_HOOKS_TABLE],
  readInput: reader(NoteInput),
  freesRoom: ({ isOpen }: NoteInput) => !isOpen,
  run: (work, { hook, isOpen }: NoteInput): null => {
    const place = { table: OPEN_HOOKS_TABLE, pk: OPEN_HOOKS_PK, sk: hook }
    if (isOpen) work.put(place, NOTHING)
    else work.delete(place)
    return null
  },
})

/** The place says it all. */
const NOTHING = new Uint8Array(0)

export function noteHook(work: PartitionWork, hook: string, isOpen: boolean): void {
  const to = partitionOf(OPEN_HOOKS_TABLE, OPEN_HOOKS_PK)
  work.send({ to, procedure: noteOpenHook.name, input: { hook, isOpen } })
}
