/** The one procedure of acts: a row for many, and the oldest row goes where there are too many. */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { pkIn } from '../../../wire/partition.ts'
import { ACT_ROWS_MAX, ACTS_AT_ONCE, ACTS_KEPT_MS, ACTS_TABLE, ActShape } from './rows.ts'

const Input = Type.Object({
  acts: Type.Array(ActShape, { minItems: 1, maxItems: ACTS_AT_ONCE }),
})
type Input = Readonly<Static<typeof Input>>
export type ActInput = Readonly<Static<typeof ActShape>>

const TIME_DIGITS = 13
const NUMBER_DIGITS = 12

export const addActs = defineProcedure({
  name: 'fileActs.add',
  tables: [ACTS_TABLE],
  readInput: reader(Input),
  run: (work, { acts }: Input): null => {
    const pk = pkIn(ACTS_TABLE, work.partition)
    const range = { table: ACTS_TABLE, pk, limit: 1 }
    const [newest] = work.list({ ...range, reverse: true })
    const [oldest] = work.list(range)
    // Numbered without gaps.
    const number = newest === undefined ? 1 : numberOf(newest.sk) + 1
    if (oldest !== undefined && number - numberOf(oldest.sk) >= ACT_ROWS_MAX) {
      work.delete({ table: ACTS_TABLE, pk, sk: oldest.sk })
    }
    const time = String(work.timeMs).padStart(TIME_DIGITS, '0')
    const place = String(work.partition).padStart(2, '0')
    const sk = `${time}.${String(number).padStart(NUMBER_DIGITS, '0')}.${place}`
    const stored = acts.map((act) => ({ ...act, atMs: act.atMs ?? work.timeMs }))
    work.put({ table: ACTS_TABLE, pk, sk }, rowBytes({ acts: stored }), work.timeMs + ACTS_KEPT_MS)
    return null
  },
})

function numberOf(sk: string): number {
  return Number(sk.split('.')[1])
}
