/** The one row of what a partition knows about itself. Written with every entry, so it is small. */
import { assert } from '../../base/assert.ts'
import type { DatabaseWrite } from '../../effects/database.ts'
import type { StateReader } from '../state/types.ts'
import { META_KEY, SPACE, spaceRange } from './keys.ts'

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
const FIELDS = 9
const FIELD_BYTES = 8
const ROW_BYTES = 1 + FIELDS * FIELD_BYTES

export function readMeta(state: StateReader): Meta {
  const row = state.get(META_KEY)
  if (row === undefined) return BORN
  assert(row.length === ROW_BYTES && row[0] === VERSION, 'the row of a partition')
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength)
  const field = (place: number): number => view.getFloat64(1 + place * FIELD_BYTES)
  return {
    index: field(0),
    timeMs: field(1),
    generation: field(2),
    featureLevel: field(3),
    backup: field(4),
    records: field(5),
    recordBytes: field(6),
    retries: field(7),
    refused: field(8),
  }
}

export function metaRow(meta: Meta): Uint8Array {
  const row = new Uint8Array(ROW_BYTES)
  row[0] = VERSION
  const view = new DataView(row.buffer)
  view.setFloat64(1, meta.index)
  view.setFloat64(1 + FIELD_BYTES, meta.timeMs)
  view.setFloat64(1 + 2 * FIELD_BYTES, meta.generation)
  view.setFloat64(1 + 3 * FIELD_BYTES, meta.featureLevel)
  view.setFloat64(1 + 4 * FIELD_BYTES, meta.backup)
  view.setFloat64(1 + 5 * FIELD_BYTES, meta.records)
  view.setFloat64(1 + 6 * FIELD_BYTES, meta.recordBytes)
  view.setFloat64(1 + 7 * FIELD_BYTES, meta.retries)
  view.setFloat64(1 + 8 * FIELD_BYTES, meta.refused)
  return row
}

/**
 * What `recover` and `restore` write into a state that is to go on under a greater generation.
 * Sessions end: an entry that was lost may have opened one under a number that is given again.
 */
export function raiseGeneration(state: StateReader, generation: number): readonly DatabaseWrite[] {
  const meta = readMeta(state)
  assert(generation > meta.generation, 'a generation only grows')
  return [
    { kind: 'put', key: META_KEY, value: metaRow({ ...meta, generation }) },
    { kind: 'deleteRange', ...spaceRange(SPACE.session) },
    { kind: 'deleteRange', ...spaceRange(SPACE.answers) },
  ]
}
