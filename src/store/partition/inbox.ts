/** How far the messages of each source were taken, and the latest that had no effect. */
import type { MessageNumber } from '../../wire/command.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { numberIn, packRow, textIn, unpackRow } from '../../wire/row-codec.ts'
import type { StateReader } from '../state/types.ts'
import { markKey, refusedKey, SPACE, spaceRange } from './keys.ts'
import type { Layer } from './layer.ts'
import type { RefusedMessage } from './types.ts'

/** Kept for a person to look into: the latest. */
export const REFUSED_MESSAGES_MAX = 256

const FIRST_GENERATION = 1

const NOTHING_TAKEN: MessageNumber = { generation: 0, number: 0 }

export function markOf(state: StateReader, source: PartitionId): MessageNumber {
  const row = state.get(markKey(source))
  if (row === undefined) return NOTHING_TAKEN
  const fields = unpackRow(row)
  return { generation: numberIn(fields, 0), number: numberIn(fields, 1) }
}

export function setMark(layer: Layer, source: PartitionId, mark: MessageNumber): void {
  layer.put(markKey(source), packRow([mark.generation, mark.number]))
}

export type Turn = 'next' | 'repeated' | 'gap'

/**
 * Is it this message's turn? Numbers go on over generations: after the source's recovery a message
 * of its new generation may bear a number that was taken from a lost one. After a recovery of this
 * partition the mark itself may be older than what was taken and dropped: then a gap is passed
 * over, until a message of the new generation was taken.
 */
export function turnOf(message: MessageNumber, mark: MessageNumber, ownGeneration: number): Turn {
  const { generation, number } = message
  if (generation < mark.generation) return 'repeated'
  if (generation === mark.generation && number <= mark.number) return 'repeated'
  if (number <= mark.number + 1) return 'next'
  return Math.max(mark.generation, FIRST_GENERATION) < ownGeneration ? 'next' : 'gap'
}

/** `count`: how many were refused before. */
export function noteRefused(layer: Layer, refused: RefusedMessage, count: number): void {
  const { source, generation, number, procedure, code, index, timeMs } = refused
  const row = packRow([source, generation, number, procedure, code, index, timeMs])
  layer.put(refusedKey(count % REFUSED_MESSAGES_MAX), row)
}

/** In the order in which they were refused. */
export function refusedIn(state: StateReader): readonly RefusedMessage[] {
  const rows = state.scan(spaceRange(SPACE.refused)).map(({ value }) => readRefused(value))
  return rows.toSorted(
    (a, b) => a.index - b.index || a.generation - b.generation || a.number - b.number,
  )
}

function readRefused(row: Uint8Array): RefusedMessage {
  const fields = unpackRow(row)
  return {
    source: partitionIdOf(numberIn(fields, 0)),
    generation: numberIn(fields, 1),
    number: numberIn(fields, 2),
    procedure: textIn(fields, 3),
    code: textIn(fields, 4),
    index: numberIn(fields, 5),
    timeMs: numberIn(fields, 6),
  }
}
