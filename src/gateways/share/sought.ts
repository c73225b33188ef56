/**
 * Who outside has what the ring does not, for strangers that ask by name: looked for a few at a
 * time, and remembered, so that nobody makes a member search at their pace.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import { KnownFor } from '../../effects/known-for.ts'
import {
  SOUGHT_AT_ONCE,
  SOUGHT_KNOWN_MAX,
  SOUGHT_KNOWN_MS,
  SOUGHT_PER_ADDRESS_MAX,
} from './limits.ts'
import { isHere } from './places.ts'

export class Sought {
  readonly #seek: (name: string) => Promise<string | undefined>
  readonly #known: KnownFor<string | undefined>
  /** By address of who asks. */
  readonly #ofAddress = new Map<string, number>()
  #running = 0

  constructor(clock: Pick<Clock, 'nowMs'>, seek: (name: string) => Promise<string | undefined>) {
    this.#seek = seek
    this.#known = new KnownFor(clock, { forMs: SOUGHT_KNOWN_MS, most: SOUGHT_KNOWN_MAX })
  }

  /** @throws AnilloError BUSY */
  async find(name: string, address: string): Promise<string | undefined> {
    return this.#known.of(name, () => this.#begin(name, address))
  }

  #begin(name: string, address: string): Promise<string | undefined> {
    const own = this.#ofAddress.get(address) ?? 0
    const hasEnough = own >= SOUGHT_PER_ADDRESS_MAX && !isHere(address)
    if (hasEnough || this.#running >= SOUGHT_AT_ONCE) {
      throw new AnilloError('BUSY', { what: 'look-ups' })
    }
    this.#running++
    this.#ofAddress.set(address, own + 1)
    return this.#seek(name).finally(() => this.#ended(address))
  }

  #ended(address: string): void {
    this.#running--
    const left = (this.#ofAddress.get(address) ?? 1) - 1
    if (left === 0) this.#ofAddress.delete(address)
    else this.#ofAddress.set(address, left)
  }
}
