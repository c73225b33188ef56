/**
 * What expires, in order of its time: a row for each record and each kept retry that has an end.
 * The earliest time is kept in memory, so that entries that find nothing due read nothing.
 */
import type { StateReader } from '../state/types.ts'
import { dueRange, expiryKey, readExpiryKey, SPACE, spaceRange } from './keys.ts'
import type { ExpiryKey } from './keys.ts'
import type { Layer } from './layer.ts'

const NOTHING = new Uint8Array(0)

export class ExpiryIndex {
  readonly #state: StateReader
  /** Never later than the earliest row; `undefined`: to be looked up. */
  #earliestMs: number | undefined

  constructor(state: StateReader) {
    this.#state = state
  }

  /** Infinity: nothing expires. Asked between entries only. */
  get earliestMs(): number {
    this.#earliestMs ??= this.#lookUp()
    return this.#earliestMs
  }

  #lookUp(): number {
    const [first] = this.#state.scan({ ...spaceRange(SPACE.expiry), limit: 1 })
    return first === undefined ? Infinity : readExpiryKey(first.key).atMs
  }

  /** The row with this key goes at `atMs`. */
  add(layer: Layer, atMs: number, row: Uint8Array): void {
    layer.put(expiryKey(atMs, row), NOTHING)
    if (this.#earliestMs !== undefined && atMs < this.#earliestMs) this.#earliestMs = atMs
  }

  remove(layer: Layer, atMs: number, row: Uint8Array): void {
    layer.delete(expiryKey(atMs, row))
    if (atMs === this.#earliestMs) this.#earliestMs = undefined
  }

  /** What is due, the earliest first. Asked before an entry writes anything. */
  due(timeMs: number, limit: number): readonly ExpiryKey[] {
    if (this.earliestMs > timeMs) return []
    const rows = this.#state.scan({ ...dueRange(timeMs), limit })
    // What was noted may have been dropped with a refused procedure.
    if (rows.length === 0) this.#earliestMs = undefined
    return rows.map(({ key }) => readExpiryKey(key))
  }
}
