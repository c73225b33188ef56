/** What lies between two hosts, each direction for itself: delays, losses, walls. */
import type { SeededChance } from '../../src/base/random.ts'
import type { Scheduler } from './scheduler.ts'

export interface LinkQuality {
  /** No packet is faster. */
  readonly delayMsMin: number
  /** Mean of what comes on top, exponentially distributed. */
  readonly jitterMsMean: number
  /** Of datagrams. */
  readonly lossChance: number
  readonly duplicateChance: number
  /** Of being held back behind later ones. */
  readonly reorderChance: number
  /** That a chunk of a stream ends its connection. */
  readonly breakChance: number
}

/** A quiet local network. */
export const CALM: LinkQuality = {
  delayMsMin: 0.2,
  jitterMsMean: 0.3,
  lossChance: 0,
  duplicateChance: 0,
  reorderChance: 0,
  breakChance: 0,
}

/** A bad radio link. */
export const LOSSY: LinkQuality = {
  delayMsMin: 2,
  jitterMsMean: 20,
  lossChance: 0.2,
  duplicateChance: 0.05,
  reorderChance: 0.2,
  breakChance: 0.002,
}

const LOOPBACK: LinkQuality = { ...CALM, delayMsMin: 0.02, jitterMsMean: 0.02 }

/** The exponential distribution is cut here, in means. */
const JITTER_MEANS_MAX = 10

const RETRY_MS = 200
const RETRY_MS_MAX = 8_000

export interface Route {
  readonly from: string
  readonly to: string
}

export class Links {
  readonly scheduler: Scheduler
  readonly chance: SeededChance
  readonly #qualities = new Map<string, LinkQuality>()
  readonly #walls = new Map<string, number>()
  #quality: LinkQuality = CALM

  constructor(scheduler: Scheduler, chance: SeededChance) {
    this.scheduler = scheduler
    this.chance = chance
  }

  /** Of all links without a quality of their own. */
  setQuality(quality: LinkQuality): void {
    this.#quality = quality
  }

  setLinkQuality(route: Route, quality: LinkQuality | undefined): void {
    if (quality === undefined) this.#qualities.delete(keyOf(route))
    else this.#qualities.set(keyOf(route), quality)
  }

  quality(route: Route): LinkQuality {
    if (route.from === route.to) return LOOPBACK
    if (this.#qualities.size === 0) return this.#quality
    return this.#qualities.get(keyOf(route)) ?? this.#quality
  }

  /** Nothing gets through in this direction until as many `open` as `block` were called. */
  block(route: Route): void {
    this.#walls.set(keyOf(route), (this.#walls.get(keyOf(route)) ?? 0) + 1)
  }

  open(route: Route): void {
    const walls = (this.#walls.get(keyOf(route)) ?? 0) - 1
    if (walls > 0) this.#walls.set(keyOf(route), walls)
    else this.#walls.delete(keyOf(route))
  }

  /** No wall anywhere, all links calm. */
  heal(): void {
    this.#walls.clear()
    this.#qualities.clear()
    this.#quality = CALM
  }

  isOpen(route: Route): boolean {
    return this.#walls.size === 0 || route.from === route.to || !this.#walls.has(keyOf(route))
  }

  delayMs(route: Route): number {
    const { delayMsMin, jitterMsMean } = this.quality(route)
    const means = Math.min(-Math.log(1 - this.chance.fraction()), JITTER_MEANS_MAX)
    return delayMsMin + jitterMsMean * means
  }

  /** One packet: it arrives or it does not. */
  once(route: Route, label: string, arrived: () => void): void {
    this.scheduler.after(this.delayMs(route), label, () => {
      if (this.isOpen(route)) arrived()
    })
  }

  /**
   * Repeated with back-off until `arrived` says that the other host took it, or nobody wants it any
   * more.
   */
  repeatedly(
    route: Route,
    label: string,
    tries: { readonly arrived: () => boolean; readonly wanted: () => boolean },
  ): void {
    const attempt = (delayMs: number, retryMs: number): void => {
      this.scheduler.after(delayMs, label, () => {
        if (!tries.wanted() || (this.isOpen(route) && tries.arrived())) return
        attempt(retryMs, Math.min(2 * retryMs, RETRY_MS_MAX))
      })
    }
    attempt(this.delayMs(route), RETRY_MS)
  }
}

function keyOf({ from, to }: Route): string {
  return `${from}>${to}`
}
