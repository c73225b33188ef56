/**
 * Chunks on their way to this member, given on block by block before they are whole: so a chunk
 * leaves whoever puts it once, and passes from holder to holder (Ghemawat, Gobioff and Leung, The
 * Google File System, SOSP 2003, 3.2). Each of them checks the whole by itself.
 */
import type { Clock } from '../../effects/clock.ts'
import { BLOCK_BYTES } from '../../wire/chunk-methods.ts'
import { ARRIVAL_WAIT_MS } from './limits.ts'

export class Arrivals {
  readonly #clock: Clock
  readonly #coming = new Map<string, Arrival>()
  /** Called once the chunk comes, or is known not to. */
  readonly #awaited = new Map<string, Set<() => void>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One at a time of a chunk. @param place where it is put together, as long as it is */
  begin(hash: string, place: Uint8Array): Arrival {
    const arrival = new Arrival(place)
    this.#coming.set(hash, arrival)
    this.tell(hash)
    return arrival
  }

  /** It is whole and on the medium, or does not come: nobody reads its place any more. */
  end(hash: string): void {
    this.#coming.get(hash)?.end()
    this.#coming.delete(hash)
  }

  /** Whoever waits for the chunk to come looks for it. */
  tell(hash: string): void {
    for (const wake of this.#awaited.get(hash) ?? []) wake()
  }

  /** Settles when the chunk comes, is known not to, or has not come for `ARRIVAL_WAIT_MS`. */
  async begun(hash: string): Promise<void> {
    if (this.#coming.has(hash)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const awaited = this.#awaited.get(hash) ?? new Set()
    this.#awaited.set(hash, awaited.add(resolve))
    const timer = this.#clock.after(ARRIVAL_WAIT_MS, resolve)
    await promise
    timer.cancel()
    awaited.delete(resolve)
    if (awaited.size === 0) this.#awaited.delete(hash)
  }

  /** As soon as it is there; `undefined`: the chunk is not on its way, or never came. */
  async block(hash: string, block: number): Promise<Uint8Array | undefined> {
    return this.#coming.get(hash)?.block(block)
  }
}

/** One chunk on its way. */
export class Arrival {
  readonly #place: Uint8Array
  readonly #come = new Set<number>()
  readonly #wakes = new Set<() => void>()
  #isOver = false

  constructor(place: Uint8Array) {
    this.#place = place
  }

  /** That block stands in its place. */
  came(block: number): void {
    this.#come.add(block)
    this.#wake()
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** A copy: the place is used again. */
  async block(block: number): Promise<Uint8Array | undefined> {
    while (!this.#isOver && !this.#come.has(block)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wakes.add(resolve)
      await promise
    }
    const at = block * BLOCK_BYTES
    return this.#isOver ? undefined : this.#place.slice(at, at + BLOCK_BYTES)
  }

  #wake(): void {
    for (const wake of this.#wakes) wake()
    this.#wakes.clear()
  }
}
