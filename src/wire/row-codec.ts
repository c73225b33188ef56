/** Rows that are written seldom, as MessagePack lists. */
import { assert } from '../base/assert.ts'
import { isList, pack, unpack } from './packed.ts'

/** The caller's own. */
export function packRow(fields: readonly unknown[]): Uint8Array {
  return new Uint8Array(pack(fields))
}

/** What `packRow` wrote: the state's own rows, which are checked where they are stored. */
export function unpackRow(row: Uint8Array): readonly unknown[] {
  const unpacked = unpack({ source: row, start: 0, end: row.length })
  assert(unpacked.kind === 'value' && isList(unpacked.value), 'a row of the state')
  return unpacked.value
}

/** Lists and maps within one another; more than `most` are not counted. */
export function depthOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0
  if (most === 0) return 1
  let deepest = 0
  for (const each of Object.values(value)) {
    deepest = Math.max(deepest, depthOf(each, most - 1))
    if (deepest === most) break
  }
  return 1 + deepest
}

export function numberIn(fields: readonly unknown[], place: number): number {
  const field = fields[place]
  assert(typeof field === 'number', `field ${place} of a row is a number`)
  return field
}

export function textIn(fields: readonly unknown[], place: number): string {
  const field = fields[place]
  assert(typeof field === 'string', `field ${place} of a row is a text`)
  return field
}
