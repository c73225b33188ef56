/** What an account’s files take: sums that partitions of folders send their changes to. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { USAGE_TABLE, usageKey } from './places.ts'
import { Nick, readUsageRow, type UsageRow } from './rows.ts'

const Input = Type.Object({ nick: Nick, bytes: Type.Integer(), files: Type.Integer() })
type Input = Readonly<Static<typeof Input>>

export const addUsage = defineProcedure({
  name: 'usage.add',
  tables: [USAGE_TABLE],
  readInput: reader(Input),
  freesRoom: ({ bytes, files }: Input) => bytes <= 0 && files <= 0,
  run: (work, { bytes, files, nick }: Input): null => {
    const record = work.get(usageKey(nick))
    const before = record === undefined ? { bytes: 0, files: 0 } : readUsageRow(record)
    const row = { nick, bytes: before.bytes + bytes, files: before.files + files }
    work.put(usageKey(nick), rowBytes(row satisfies UsageRow))
    return null
  },
})

/** Counts for whoever made the file; files of nobody are not counted. */
export function charge(
  work: PartitionWork,
  nick: string,
  more: { readonly bytes: number; readonly files: number },
): void {
  if (nick === '' || (more.bytes === 0 && more.files === 0)) return
  const { pk, table } = usageKey(nick)
  const input = { nick, ...more } satisfies Input
  work.send({ to: partitionOf(table, pk), procedure: addUsage.name, input })
}
