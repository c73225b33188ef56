/**
 * How far somebody has read, newest first: what lies before a place. Of partitions that could not
 * be read when the others went on, how far those were read: nothing of theirs is passed over. As
 * text it is the cursor of a page.
 */
import { AnilloError } from '../../../base/errors.ts'
import { PARTITIONS, partitionIdOf, type PartitionId } from '../../../wire/partition.ts'
import { partitionAt, TOP } from './published.ts'

const CURSOR_CHARS_MAX = 4_096
const PLACE = /^(?:[0-9a-f]{26}|z)$/
const NUMBER = /^(?:0|[1-9]\d?)$/
/** Between parts of the text, and within one. */
const PART = '.'
const WITHIN = '-'

export class Positions {
  #reached: string
  /** Of partitions that are behind, or before, the others. */
  readonly #others: Map<PartitionId, string>
  readonly #left = new Set<PartitionId>()

  private constructor(reached: string, others: Map<PartitionId, string>) {
    this.#reached = reached
    this.#others = others
  }

  /** @throws AnilloError BAD_REQUEST */
  static of(cursor: string | undefined): Positions {
    if (cursor === undefined) return new Positions(TOP, new Map())
    const positions = cursor.length > CURSOR_CHARS_MAX ? undefined : Positions.#read(cursor)
    if (positions !== undefined) return positions
    throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of this list' })
  }

  static #read(cursor: string): Positions | undefined {
    const [reached = '', ...parts] = cursor.split(PART)
    const others = new Map<PartitionId, string>()
    for (const part of parts) {
      const [place = '', ...numbers] = part.split(WITHIN)
      const areFit = numbers.every((text) => NUMBER.test(text) && Number(text) < PARTITIONS)
      if (!PLACE.test(place) || !areFit || numbers.length === 0) return undefined
      for (const number of numbers) others.set(partitionIdOf(Number(number)), place)
    }
    return PLACE.test(reached) ? new Positions(reached, others) : undefined
  }

  /** The place behind all that is to be read yet. */
  get highest(): string {
    return [...this.#others.values()].reduce((a, b) => (a > b ? a : b), this.#reached)
  }

  get hasLeft(): boolean {
    return this.#left.size > 0
  }

  of(partition: PartitionId): string {
    return this.#others.get(partition) ?? this.#reached
  }

  /** It is to be read yet, as far as its partition goes on. */
  isDue(place: string): boolean {
    const partition = partitionAt(place)
    return !this.#left.has(partition) && place < this.of(partition)
  }

  /** All before the place was read, newest first; of those that are left, nothing more. */
  reach(place: string): void {
    for (const [partition, at] of this.#others) {
      if (!this.#left.has(partition) && at > place) this.#others.set(partition, place)
    }
    if (this.#reached > place) this.#reached = place
    // What is as far as the rest needs no place of its own.
    for (const [partition, at] of this.#others) {
      if (!this.#left.has(partition) && at === this.#reached) this.#others.delete(partition)
    }
  }

  /** It cannot be read now: it stays where it is. */
  leave(partition: PartitionId): void {
    if (this.#left.has(partition)) return
    this.#others.set(partition, this.of(partition))
    this.#left.add(partition)
  }

  isLeft(partition: PartitionId): boolean {
    return this.#left.has(partition)
  }

  get cursor(): string {
    const byPlace = Map.groupBy(this.#others, ([, place]) => place)
    const parts = [...byPlace].map(([place, others]) =>
      [place, ...others.map(([partition]) => partition)].join(WITHIN),
    )
    return [this.#reached, ...parts].join(PART)
  }
}
