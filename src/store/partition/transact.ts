/** Procedure `transact`: conditions, then writes and messages; all of it or nothing. */
import { partitionOf } from '../../wire/partition.ts'
import { sendChunkChanges } from '../chunks/links.ts'
import { isHeldUnder } from '../locks/lock-value.ts'
import type { Condition, TransactOutcome, TransactRequest } from '../types.ts'
import type { PartitionWork, RecordKey, StoredRecord } from './procedure.ts'
import { defineProcedure } from './procedures.ts'
import { listOfOutcome, readTransact } from './transact-codec.ts'

/** Its input is `packTransact`'s, its answer is read by `readTransactOutcome`. */
export const transact = defineProcedure({
  name: 'transact',
  tables: [],
  readInput: readTransact,
  freesRoom: ({ writes, chunks }) =>
    chunks?.refer === undefined && writes.every(({ kind }) => kind === 'delete'),
  run: (work, request: TransactRequest): readonly unknown[] => listOfOutcome(run(work, request)),
})

function run(work: PartitionWork, request: TransactRequest): TransactOutcome {
  const { table, pk, conditions, writes, messages = [], chunks } = request
  for (let place = 0; place < conditions.length; place++) {
    const condition = conditions[place]
    if (condition === undefined) break
    const found = work.get({ table, pk: condition.pk ?? pk, sk: condition.sk })
    if (!holds(condition, found)) return { kind: 'conflict', condition: place, etag: found?.etag }
  }
  const existed: boolean[] = []
  for (const write of writes) {
    const key: RecordKey = { table, pk: write.pk ?? pk, sk: write.sk }
    existed.push(work.has(key))
    if (write.kind === 'delete') work.delete(key)
    else work.put(key, write.value, expiryOf(work, write.expiresInMs))
  }
  for (const { to, procedure, input } of messages) {
    work.send({ to: partitionOf(to.table, to.pk), procedure, input })
  }
  if (chunks !== undefined) sendChunkChanges(work, chunks)
  const etag = { generation: work.generation, index: work.index }
  return { kind: 'done', etag, existed }
}

function expiryOf(work: PartitionWork, expiresInMs: number | undefined): number | undefined {
  return expiresInMs === undefined ? undefined : work.timeMs + expiresInMs
}

function holds({ is }: Condition, found: StoredRecord | undefined): boolean {
  if (is === 'absent') return found === undefined
  if (found === undefined) return false
  if (is === 'present') return true
  if ('fence' in is) return isHeldUnder(found, is.fence)
  return found.etag.generation === is.generation && found.etag.index === is.index
}
