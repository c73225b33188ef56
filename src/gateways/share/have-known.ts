/**
 * What is here of contents that are on their way in: of a large one that is many rows, which no
 * stranger shall have read with each request. What came since then is offered a little later.
 */
import type { Clock } from '../../effects/clock.ts'
import type { Bitfield } from '../../services/share/downloads/bitfield.ts'
import { HAVE_KNOWN_MAX, HAVE_KNOWN_MS } from './limits.ts'

interface Known {
  readonly atMs: number
  readonly have: Promise<Bitfield>
}

export class HaveKnown {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #known = new Map<string, Known>()

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  /** @param read asked where nothing is known of that root, or not any more */
  async of(root: string, read: () => Promise<Bitfield>): Promise<Bitfield> {
    const nowMs = this.#clock.nowMs()
    const known = this.#known.get(root)
    if (known !== undefined && nowMs - known.atMs < HAVE_KNOWN_MS) return known.have
    const have = read()
    this.#known.delete(root)
    this.#known.set(root, { atMs: nowMs, have })
    const [first] = this.#known.keys()
    if (this.#known.size > HAVE_KNOWN_MAX && first !== undefined) this.#known.delete(first)
    try {
      return await have
    } catch (thrown) {
      this.#known.delete(root)
      throw thrown
    }
  }
}
