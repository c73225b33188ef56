/**
 * Before a partition takes away what nobody holds, it has heard from all others since the last
 * moment at which somebody could have named it. Messages between two partitions come in order, so
 * a hold that was on its way, however long, has come before the answer. Whom it asked answers once
 * it can: it is not asked again before that.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { ALL_PARTITIONS, partitionIdOf, PARTITIONS, pkIn } from '../../../wire/partition.ts'
import { Count } from '../../../wire/shapes.ts'
import { ASKED_AGAIN_MS } from './limits.ts'
import { CONTENT_TABLES, HEARD_TABLE } from './rows.ts'

const PartitionNumber = Type.Integer({ minimum: 0, maximum: PARTITIONS - 1 })
/** Logged time of who asks. */
const TimeRow = Type.Object({ atMs: Count })
const readTime = rowReader(TimeRow)

const ASKED = 'asked'
const FROM_PREFIX = 'from/'

const AskInput = Type.Object({ by: PartitionNumber, atMs: Count })
type AskInput = Readonly<Static<typeof AskInput>>

/** A message from who wants to know that it has heard all. */
export const askContent = defineProcedure({
  name: 'content.ask',
  tables: CONTENT_TABLES,
  readInput: reader(AskInput),
  freesRoom: () => true,
  run(work, { atMs, by }: AskInput): null {
    const input = { from: work.partition, atMs }
    work.send({ to: partitionIdOf(by), procedure: heardContent.name, input })
    return null
  },
})

const HeardInput = Type.Object({ from: PartitionNumber, atMs: Count })
type HeardInput = Readonly<Static<typeof HeardInput>>

/** The answer, behind all that was sent before it. */
export const heardContent = defineProcedure({
  name: 'content.heard',
  tables: CONTENT_TABLES,
  readInput: reader(HeardInput),
  freesRoom: () => true,
  run(work, { atMs, from }: HeardInput): null {
    work.put(keyOf(work, `${FROM_PREFIX}${from}`), rowBytes({ atMs }))
    return null
  },
})

export const HEARD_PROCEDURES = [askContent, heardContent]

/** All others had answered what was asked at this logged time; 0: never. */
export function heardAtMs(work: PartitionWork): number {
  const range = { ...keyOf(work, ''), prefix: FROM_PREFIX, limit: PARTITIONS }
  const rows = work.list(range)
  if (rows.length < PARTITIONS) return 0
  return Math.min(...rows.map((row) => readTime(row).atMs))
}

/** Unless the answers to the last question are awaited still. */
export function askAll(work: PartitionWork): void {
  const row = work.get(keyOf(work, ASKED))
  const askedAtMs = row === undefined ? 0 : readTime(row).atMs
  const isAwaited = heardAtMs(work) < askedAtMs && work.timeMs - askedAtMs < ASKED_AGAIN_MS
  if (isAwaited) return
  const atMs = work.timeMs
  work.put(keyOf(work, ASKED), rowBytes({ atMs }))
  for (const to of ALL_PARTITIONS) {
    work.send({ to, procedure: askContent.name, input: { by: work.partition, atMs } })
  }
}

function keyOf({ partition }: PartitionWork, sk: string) {
  return { table: HEARD_TABLE, pk: pkIn(HEARD_TABLE, partition), sk }
}
