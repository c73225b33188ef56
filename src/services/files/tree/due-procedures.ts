/** What is due in a partition: versions go at once; who asked does the rest, and asks again. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { pkIn } from '../../../wire/partition.ts'
import { SK_BYTES_MAX } from '../../../wire/record-limits.ts'
import { dropDue, dueTime } from './due-work.ts'
import { dropVersion } from './file-work.ts'
import { entryIn, noteChange } from './folder-work.ts'
import { DUE_TABLE, FOLDER_TABLES, numberIn, SLOT_KEY, versionKey } from './places.ts'
import { readSlotRow, readVersionRow } from './rows.ts'
import { isNamedAnywhere } from './share-procedures.ts'

/** Of one entry: an answer has 16 KiB. */
const DUE_PER_ENTRY = 64

const Input = Type.Object({
  /** An earlier answer’s `last`. */
  after: Type.Optional(Type.String({ maxLength: SK_BYTES_MAX })),
})
type Input = Readonly<Static<typeof Input>>

export type Due =
  | { readonly kind: 'mark' | 'trash'; readonly folder: string; readonly key: string }
  | { readonly kind: 'grantee'; readonly grantee: string }
  | { readonly kind: 'slot' }

export interface DueTold {
  readonly dues: readonly Due[]
  /** There may be more behind it. */
  readonly last: string | null
}

/** By logged time. What is told here and done is due no more. */
export const sweepDue = defineProcedure({
  name: 'tree.sweep',
  tables: FOLDER_TABLES,
  readInput: reader(Input),
  freesRoom: () => true,
  run: (work, { after }: Input): DueTold => {
    const start = after === undefined ? {} : { start: `${after}\0` }
    const pk = pkIn(DUE_TABLE, work.partition)
    const end = dueTime(work.timeMs + 1)
    const rows = work.list({ table: DUE_TABLE, pk, ...start, end, limit: DUE_PER_ENTRY })
    const dues: Due[] = []
    for (const { sk } of rows) {
      const due = dueIn(work, sk)
      if (due === undefined) dropDue(work, sk)
      else dues.push(due)
    }
    const last = rows.length === DUE_PER_ENTRY ? (rows.at(-1)?.sk ?? null) : null
    return { dues, last }
  },
})

/** `undefined`: nothing is left to be done. */
function dueIn(work: PartitionWork, sk: string): Due | undefined {
  const [, kind, folder = '', key = '', id] = sk.split(' ')
  if (kind === 'version') {
    const [file = ''] = key.split('/')
    sweepVersion(work, folder, { id: file, number: numberIn(key) })
    return undefined
  }
  if (kind === 'slot') {
    const record = work.get(SLOT_KEY)
    return record !== undefined && readSlotRow(record).move === folder ? { kind } : undefined
  }
  if (kind === 'grantee') {
    return isNamedAnywhere(work, folder) ? { kind, grantee: folder } : undefined
  }
  const row = entryIn(work, { folder, key })
  if (kind === 'mark' && row?.leaving?.move === id) return { kind, folder, key }
  if (kind === 'trash' && row?.id === id && row?.trashed !== undefined) return { kind, folder, key }
  return undefined
}

function sweepVersion(
  work: PartitionWork,
  folder: string,
  numbered: { readonly id: string; readonly number: number },
): void {
  const record = work.get(versionKey(folder, numbered))
  if (record === undefined) return
  dropVersion(work, folder, { id: numbered.id, version: readVersionRow(record) })
  noteChange(work, folder)
}
