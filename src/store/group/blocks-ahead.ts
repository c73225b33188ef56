/**
 * Asks for the blocks of a state in order, some of them ahead: while one is written, the next are
 * on their way, and a busy source is not waited for between any two.
 */
import { present } from '../../base/assert.ts'
import type { SnapshotBlock } from '../state/types.ts'

/** Of 256 KiB at most: a source that takes 30 ms to answer still gives 25 MB/s. */
export const BLOCKS_AHEAD = 3

export class BlocksAhead {
  readonly #ask: (number: number) => Promise<SnapshotBlock>
  readonly #asked = new Map<number, Promise<SnapshotBlock>>()
  /** The next that nobody asked for; Infinity: all were. */
  #next: number | undefined

  constructor(ask: (number: number) => Promise<SnapshotBlock>) {
    this.#ask = ask
  }

  /** The one behind that of the call before. */
  async get(number: number): Promise<SnapshotBlock> {
    this.#next ??= number
    for (; this.#next <= number + BLOCKS_AHEAD; this.#next++) {
      const asked = this.#ask(this.#next)
      // Beyond the last there is none, which nobody asks about again.
      asked.catch(() => undefined)
      this.#asked.set(this.#next, asked)
    }
    const block = await present(this.#asked.get(number), `block ${number}, in its turn`)
    this.#asked.delete(number)
    if (block.isLast) this.#next = Infinity
    return block
  }
}
