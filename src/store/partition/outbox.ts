/**
 * Messages that wait for other partitions. Numbers count per destination without gaps and go on
 * over generations, so that a gap is seen whatever was lost (docs/spec/partition.md, *Messages*).
 */
import { assert } from '../../base/assert.ts'
import type { MessageNumber, OutboxMessage } from '../../wire/command.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { DELIVERY_BYTES_MAX, MESSAGES_MAX } from '../../wire/record-limits.ts'
import { numberIn, packRow, textIn, unpackRow } from '../../wire/row-codec.ts'
import type { StateReader } from '../state/types.ts'
import { compareNumbers, outboxKey, sentKey, SPACE, spaceRange } from './keys.ts'
import type { Layer } from './layer.ts'

/** Waiting for one destination; beyond it calls that send to it are refused as BUSY. */
export const OUTBOX_MESSAGES_MAX = 4_096

/** A message with its row, which is without the number that it gets. */
export interface PackedMessage {
  readonly to: PartitionId
  readonly row: Uint8Array
}

interface Line {
  /** All up to here were taken. */
  taken: number
  last: number
}

export class Outbox {
  readonly #state: StateReader
  readonly #lines = new Map<PartitionId, Line>()

  constructor(state: StateReader) {
    this.#state = state
    for (const { key, value } of state.scan(spaceRange(SPACE.sent))) {
      const fields = unpackRow(value)
      const line = { taken: numberIn(fields, 0), last: numberIn(fields, 1) }
      this.#lines.set(partitionIdOf(key[1] ?? 0), line)
    }
  }

  get waiting(): number {
    let waiting = 0
    for (const { taken, last } of this.#lines.values()) waiting += last - taken
    return waiting
  }

  destinations(): readonly PartitionId[] {
    return [...this.#lines].flatMap(([to, { taken, last }]) => (last > taken ? [to] : []))
  }

  isFull(destination: PartitionId): boolean {
    const line = this.#lines.get(destination)
    return line !== undefined && line.last - line.taken >= OUTBOX_MESSAGES_MAX
  }

  send(layer: Layer, { to, row }: PackedMessage): void {
    const line = this.#lines.get(to) ?? { taken: 0, last: 0 }
    line.last++
    this.#lines.set(to, line)
    layer.put(outboxKey(to, line.last), row)
    layer.put(sentKey(to), packRow([line.taken, line.last]))
  }

  /** Drops what the destination has taken. A word from before a recovery drops nothing newer. */
  taken(layer: Layer, destination: PartitionId, through: MessageNumber): void {
    const line = this.#lines.get(destination)
    if (line === undefined) return
    const before = line.taken
    while (line.taken < line.last && this.#numberOf(destination, line.taken + 1, through)) {
      line.taken++
      layer.delete(outboxKey(destination, line.taken))
    }
    if (line.taken > before) layer.put(sentKey(destination), packRow([line.taken, line.last]))
  }

  /** The message with this number is not behind `through`. */
  #numberOf(destination: PartitionId, number: number, through: MessageNumber): boolean {
    if (number > through.number) return false
    const row = this.#state.get(outboxKey(destination, number))
    assert(row !== undefined, 'a message that waits')
    return compareNumbers({ generation: numberIn(unpackRow(row), 0), number }, through) <= 0
  }

  /** The oldest, in order: one at least, then up to so many bytes. */
  of(destination: PartitionId, bytesMax: number, backup: number): readonly OutboxMessage[] {
    const line = this.#lines.get(destination)
    if (line === undefined || line.taken === line.last) return []
    const most = Math.min(bytesMax, DELIVERY_BYTES_MAX)
    const end = Math.min(line.last, line.taken + MESSAGES_MAX)
    const messages: OutboxMessage[] = []
    let bytes = 0
    // One by one: mostly they are few, and were written a moment ago.
    for (let number = line.taken + 1; number <= end; number++) {
      const key = outboxKey(destination, number)
      const row = this.#state.get(key)
      assert(row !== undefined, 'a message that waits')
      bytes += key.length + row.length
      if (messages.length > 0 && bytes > most) break
      const fields = unpackRow(row)
      const generation = numberIn(fields, 0)
      const named = { procedure: textIn(fields, 1), input: fields[2] }
      messages.push({ generation, number, ...named, backup })
    }
    return messages
  }
}
