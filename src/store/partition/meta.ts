/** The one row of what a partition knows about itself. Written with every entry, so it is small. */
import { assert } from '../../base/assert.ts'
import type { DatabaseWrite } from '../../effects/database.ts'
import type { StateReader } from '../state/types.ts'
import { META_KEY, SPACE, spaceRange } from './keys.ts'
import { fourBytesAt, rowBytes, setFourBytes, setSixBytes, sixBytesAt } from './row-bytes.ts'

export interface Meta {
  /** Of the last entry applied. */
  readonly index: number
  /** Logged time, ms since 1970. */
  readonly timeMs: number
  /** Raised by `recover` and `restore` alone. */
  readonly generation: number
  readonly featureLevel: number
  /** Newest backup number known here. */
  readonly backup: number
  readonly records: number
  /** Of keys and values. */
  readonly recordBytes: number
  readonly retries: number
  /** Messages refused, ever. */
  readonly refused: number
}

/** A partition before its first entry. */
const BORN: Meta = {
  index: 0,
  timeMs: 0,
  generation: 1,
  featureLevel: 1,
  backup: 0,
  records: 0,
  recordBytes: 0,
  retries: 0,
  refused: 0,
}

const VERSION = 1
/** Below 64 bytes, see `SharedBytes`. */
const ROW_BYTES = 51

export function readMeta(state: Pick<StateReader, 'get'>): Meta {
  const row = state.get(META_KEY)
  if (row === undefined) return BORN
  assert(row.length === ROW_BYTES && row[0] === VERSION, 'the row of a partition')
  return {
    index: sixBytesAt(row, 1),
    timeMs: sixBytesAt(row, 7),
    generation: fourBytesAt(row, 13),
    featureLevel: sixBytesAt(row, 17),
    backup: sixBytesAt(row, 23),
    records: sixBytesAt(row, 29),
    recordBytes: sixBytesAt(row, 35),
    retries: fourBytesAt(row, 41),
    refused: sixBytesAt(row, 45),
  }
}

export function metaRow(meta: Meta): Uint8Array {
  const row = rowBytes(ROW_BYTES)
  row[0] = VERSION
  setSixBytes(row, 1, meta.index)
  setSixBytes(row, 7, meta.timeMs)
  setFourBytes(row, 13, meta.generation)
  setSixBytes(row, 17, meta.featureLevel)
  setSixBytes(row, 23, meta.backup)
  setSixBytes(row, 29, meta.records)
  setSixBytes(row, 35, meta.recordBytes)
  setFourBytes(row, 41, meta.retries)
  setSixBytes(row, 45, meta.refused)
  return row
}

/**
 * What `recover` and `restore` write into a state that is to go on under a greater generation.
 * Sessions end: an entry that was lost may have opened one under a number that is given again.
 */
export function raiseGeneration(
  state: Pick<StateReader, 'get'>,
  generation: number,
): readonly DatabaseWrite[] {
  const meta = readMeta(state)
  assert(generation > meta.generation, 'a generation only grows')
  return [
    { kind: 'put', key: META_KEY, value: metaRow({ ...meta, generation }) },
    { kind: 'deleteRange', ...spaceRange(SPACE.session) },
    { kind: 'deleteRange', ...spaceRange(SPACE.answers) },
  ]
}
