/** Rows of a service’s tables, packed, and read again as the shape that its procedures wrote. */
import type { Static, TSchema } from 'typebox'

import { assert } from '../base/assert.ts'
import { reader } from './method.ts'
import { pack, unpack } from './packed.ts'

/** A record, as far as its row goes. */
interface Packed {
  readonly sk: string
  readonly value: Uint8Array
}

/** The caller’s to keep. */
export function rowBytes(row: object): Uint8Array {
  return new Uint8Array(pack(row))
}

/** Procedures alone write these tables: what is there is of the shape. */
export function rowReader<S extends TSchema>(schema: S): (record: Packed) => Static<S> {
  const read = reader(schema)
  return ({ sk, value: source }) => {
    const unpacked = unpack({ source, start: 0, end: source.length })
    const row = unpacked.kind === 'value' ? read(unpacked.value) : undefined
    assert(row !== undefined, `the row ${sk} is of its shape`)
    return row
  }
}
