/**
 * What the tasks of the simulation bring about: each tick is noted by the message that is sent with
 * its end, in another partition, where it is counted how often it came.
 */
import { utf8 } from '../../src/base/bytes.ts'
import { defineProcedure } from '../../src/store/partition/procedures.ts'
import { jsonOf } from '../../src/store/roster/rows.ts'
import type { RecordMessage } from '../../src/store/types.ts'
import { partitionOf } from '../../src/wire/partition.ts'

const TABLE = 'ticks'
const PK = 'all'
export const TICKS_HOME = { table: TABLE, pk: PK } as const
export const TICKS_PARTITION = partitionOf(TABLE, PK)
const NUMBER_DIGITS = 8

export const noteTick = defineProcedure<{ readonly number: number }, number>({
  name: 'simulation.tick',
  tables: [TABLE],
  readInput: (value) => {
    const number =
      typeof value === 'object' && value !== null && 'number' in value ? value.number : undefined
    return typeof number === 'number' ? { number } : undefined
  },
  run: (work, { number }) => {
    const key = { ...TICKS_HOME, sk: String(number).padStart(NUMBER_DIGITS, '0') }
    const before = work.get(key)
    const times = before === undefined ? 1 : timesIn(before.value) + 1
    work.put(key, utf8(String(times)))
    return times
  },
})

export function tickMessage(number: number): RecordMessage {
  return { to: TICKS_HOME, procedure: noteTick.name, input: { number } }
}

/** How often a tick was noted, as its row says. */
export function timesIn(value: Uint8Array): number {
  return Number(jsonOf(value))
}
