/**
 * How long datagrams travel: between any two places always about as long, log-normal over all
 * pairs, and each datagram a little longer than the shortest.
 */
import { present } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'

/** Median round trip between two nodes, and how wide the logarithms of others spread. */
const ROUND_TRIP_MEDIAN_MS = 80
const SPREAD = 0.6
/** A datagram takes up to this share longer than the shortest of its pair. */
const JITTER = 0.2
/** Quantiles that are kept: a power of two. */
const QUANTILES = 4_096

export class Delays {
  readonly #seed: number
  /** One way, ms, in no order. */
  readonly #oneWayMs: Float64Array

  constructor(seed: number) {
    this.#seed = seed
    const chance = new SeededChance(seed)
    const draw = (): number =>
      (ROUND_TRIP_MEDIAN_MS / 2) * Math.exp(SPREAD * normal(chance)) * (1 - JITTER / 2)
    this.#oneWayMs = Float64Array.from({ length: QUANTILES }, draw)
  }

  /** @param jitter from 0 to 1 */
  oneWayMs(from: number, to: number, jitter: number): number {
    const index = mixed(this.#seed, Math.min(from, to), Math.max(from, to)) % QUANTILES
    return present(this.#oneWayMs[index], 'delay') * (1 + JITTER * jitter)
  }
}

/** Box and Muller. */
function normal(chance: SeededChance): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance.fraction()))
  return radius * Math.cos(2 * Math.PI * chance.fraction())
}

/** The finalizer of MurmurHash3, over three numbers. */
function mixed(a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ Math.imul(c + 1, 0x297a2d39)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
