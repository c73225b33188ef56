/**
 * The right to download a page and to keep it. While the ring is at rest, owning the page’s place
 * is enough: nobody else takes themselves for its owner, and should it happen all the same, only
 * who keeps the page first has it kept. Around a change of the ring the page’s lease decides.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { pause } from '../../../effects/pause.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { HeldLease } from '../held-lease.ts'
import { AWAKE_EVERY_MS, LEASE_LOOK_MS, LEASE_RENEW_MS, STOOD_STILL_MS } from '../limits.ts'
import type { Lease, PageTable, ShownRight } from './page-table.ts'

export interface RightTools {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly table: PageTable
  /** The ring is at rest when no neighbour changed for so long. */
  readonly quietMs: number
}

export interface Wanting<T> {
  readonly id: string
  /** Without a lease, where the ring is at rest. */
  readonly mayOwn: boolean
  /** Until another gives its lease up. */
  readonly mayWait: () => boolean
  /** What another has kept that will do. */
  readonly kept: () => Promise<T | undefined>
  readonly signal: AbortSignal
}

export class PageRights {
  readonly #tools: RightTools
  readonly #given = new Set<PageRight>()
  readonly #stopWatching: () => void
  #changedAtMs: number
  #awakeAtMs: number
  #timer: Timer | undefined

  constructor(tools: RightTools) {
    this.#tools = tools
    this.#changedAtMs = tools.clock.nowMs()
    this.#awakeAtMs = this.#changedAtMs
    this.#stopWatching = tools.overlay.onNeighbours(() => this.#changed())
    this.#beat()
  }

  /**
   * The right, to be given back, or what another kept while this one waited for it. @throws
   * AnilloError STORE_UNAVAILABLE; BUSY where it may not wait; why the signal was aborted
   */
  async take<T>(wanting: Wanting<T>): Promise<PageRight | { readonly kept: T }> {
    const isQuiet = this.#quietForMs() >= this.#tools.quietMs
    const leased = wanting.mayOwn && isQuiet ? undefined : await this.#lease(wanting)
    if (leased !== undefined && 'kept' in leased) return leased
    const { id } = wanting
    const right = new PageRight(leased, {
      acquire: async () => {
        const lease = await this.#tools.table.acquire(id)
        return lease === undefined ? undefined : this.#held(lease)
      },
      id,
    })
    this.#given.add(right)
    return right
  }

  /** @param isKept the page is kept: the lease has ended with it */
  async giveBack(right: PageRight, isKept: boolean): Promise<void> {
    this.#given.delete(right)
    right.stop()
    const { fence, id } = await right.shown()
    if (isKept || fence === undefined) return
    await this.#tools.table.release({ id, fence }).catch(() => undefined)
  }

  close(): void {
    this.#stopWatching()
    this.#timer?.cancel()
  }

  /** Others have, or will have, another picture of the ring. */
  #changed(): void {
    this.#changedAtMs = this.#tools.clock.nowMs()
    for (const right of this.#given) right.secure()
  }

  #beat(): void {
    this.#timer = this.#tools.clock.after(AWAKE_EVERY_MS, () => {
      this.#quietForMs()
      this.#awakeAtMs = this.#tools.clock.nowMs()
      this.#beat()
    })
  }

  /** Whoever stood still does not know what the ring did meanwhile. */
  #quietForMs(): number {
    const nowMs = this.#tools.clock.nowMs()
    if (nowMs - this.#awakeAtMs >= STOOD_STILL_MS) {
      this.#awakeAtMs = nowMs
      this.#changed()
    }
    return nowMs - this.#changedAtMs
  }

  async #lease<T>({
    id,
    kept,
    mayWait,
    signal,
  }: Wanting<T>): Promise<HeldLease<Lease> | { readonly kept: T }> {
    const { clock, table } = this.#tools
    for (;;) {
      signal.throwIfAborted()
      const lease = await table.acquire(id)
      if (lease !== undefined) return this.#held(lease)
      if (!mayWait()) throw new AnilloError('BUSY', { what: 'downloads' })
      do {
        await pause(clock, LEASE_LOOK_MS, signal)
        const found = await kept()
        if (found !== undefined) return { kept: found }
      } while (!signal.aborted && (await table.isLeased(id)))
    }
  }

  #held(lease: Lease): HeldLease<Lease> {
    const { clock, log, table } = this.#tools
    const renew = (): Promise<boolean> => table.renew(lease)
    return new HeldLease(lease, { clock, log, everyMs: LEASE_RENEW_MS, renew })
  }
}

export class PageRight {
  readonly #id: string
  readonly #acquire: () => Promise<HeldLease<Lease> | undefined>
  readonly #lost = new AbortController()
  #leased: HeldLease<Lease> | undefined
  #securing: Promise<void> | undefined
  #isOver = false

  /** @param leased absent: by owning the place alone */
  constructor(
    leased: HeldLease<Lease> | undefined,
    how: { readonly id: string; readonly acquire: () => Promise<HeldLease<Lease> | undefined> },
  ) {
    this.#id = how.id
    this.#acquire = how.acquire
    if (leased !== undefined) this.#take(leased)
  }

  /** Aborted as soon as it is known that another has the right. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  get isLeased(): boolean {
    return this.#leased !== undefined
  }

  /** What is shown when the page is kept. */
  async shown(): Promise<ShownRight> {
    await this.#securing
    return { id: this.#id, fence: this.#leased?.lease.fence }
  }

  /** The ring changed: others are to learn of it by the lease. */
  secure(): void {
    if (this.#leased !== undefined || this.#isOver) return
    this.#securing ??= this.#secure()
  }

  /** It is lengthened no more. */
  stop(): void {
    this.#isOver = true
    this.#leased?.stop()
  }

  async #secure(): Promise<void> {
    try {
      const leased = await this.#acquire()
      if (leased === undefined) this.#lost.abort()
      else this.#take(leased)
    } catch (thrown) {
      // The store says in the end whether another was quicker.
      if (!isAnilloError(thrown)) throw thrown
    }
  }

  #take(leased: HeldLease<Lease>): void {
    this.#leased = leased
    leased.lost.addEventListener('abort', () => this.#lost.abort(), { once: true })
    if (this.#isOver) leased.stop()
  }
}
