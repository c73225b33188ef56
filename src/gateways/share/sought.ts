/**
 * Who outside has what the ring does not, for strangers that ask by name: looked for a few at a
 * time, and remembered, so that nobody makes a member search at their pace.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import { SOUGHT_AT_ONCE, SOUGHT_KNOWN_MAX, SOUGHT_KNOWN_MS } from './limits.ts'

interface Known {
  readonly atMs: number
  readonly url: Promise<string | undefined>
}

export class Sought {
  readonly #clock: Clock
  readonly #seek: (name: string) => Promise<string | undefined>
  readonly #known = new Map<string, Known>()
  #running = 0

  constructor(clock: Clock, seek: (name: string) => Promise<string | undefined>) {
    this.#clock = clock
    this.#seek = seek
  }

  /** @throws AnilloError BUSY */
  async find(name: string): Promise<string | undefined> {
    const nowMs = this.#clock.nowMs()
    const known = this.#known.get(name)
    if (known !== undefined && nowMs - known.atMs < SOUGHT_KNOWN_MS) return known.url
    if (this.#running >= SOUGHT_AT_ONCE) throw new AnilloError('BUSY', { what: 'look-ups' })
    this.#running++
    const url = this.#seek(name).finally(() => this.#running--)
    this.#known.delete(name)
    this.#known.set(name, { atMs: nowMs, url })
    const [first] = this.#known.keys()
    if (this.#known.size > SOUGHT_KNOWN_MAX && first !== undefined) this.#known.delete(first)
    try {
      return await url
    } catch (thrown) {
      this.#known.delete(name)
      throw thrown
    }
  }
}
