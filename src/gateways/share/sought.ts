/**
 * Who outside has what the ring does not, for strangers that ask by name: looked for a few at a
 * time, and remembered, so that nobody makes a member search at their pace.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import {
  SOUGHT_AT_ONCE,
  SOUGHT_KNOWN_MAX,
  SOUGHT_KNOWN_MS,
  SOUGHT_PER_ADDRESS_MAX,
} from './limits.ts'
import { isHere } from './places.ts'

interface Known {
  readonly atMs: number
  readonly url: Promise<string | undefined>
}

export class Sought {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #seek: (name: string) => Promise<string | undefined>
  readonly #known = new Map<string, Known>()
  /** By address of who asks. */
  readonly #ofAddress = new Map<string, number>()
  #running = 0

  constructor(clock: Pick<Clock, 'nowMs'>, seek: (name: string) => Promise<string | undefined>) {
    this.#clock = clock
    this.#seek = seek
  }

  /** @throws AnilloError BUSY */
  async find(name: string, address: string): Promise<string | undefined> {
    const nowMs = this.#clock.nowMs()
    const known = this.#known.get(name)
    if (known !== undefined && nowMs - known.atMs < SOUGHT_KNOWN_MS) return known.url
    const own = this.#ofAddress.get(address) ?? 0
    const hasEnough = own >= SOUGHT_PER_ADDRESS_MAX && !isHere(address)
    if (hasEnough || this.#running >= SOUGHT_AT_ONCE) {
      throw new AnilloError('BUSY', { what: 'look-ups' })
    }
    this.#running++
    this.#ofAddress.set(address, own + 1)
    const url = this.#seek(name).finally(() => this.#ended(address))
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

  #ended(address: string): void {
    this.#running--
    const left = (this.#ofAddress.get(address) ?? 1) - 1
    if (left === 0) this.#ofAddress.delete(address)
    else this.#ofAddress.set(address, left)
  }
}
