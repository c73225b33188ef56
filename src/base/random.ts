/**
 * Chance that can be replayed: sfc32, a small fast generator with 128 bits of state. Not for
 * secrets.
 */
import { assert, present } from './assert.ts'

/** What core code sees of chance. `effects/random.ts` adds secrets to it. */
export interface Chance {
  /** An integer in 0 .. 2^32 - 1. */
  u32(): number
  /** A number in [0, 1). */
  fraction(): number
  /** An integer in 0 .. below - 1. */
  below(below: number): number
}

export class SeededChance implements Chance {
  #a: number
  #b: number
  #c: number
  #d: number

  /** The same seed gives the same numbers on every machine. */
  constructor(seed: number) {
    this.#a = seed >>> 0
    this.#b = (seed / 2 ** 32) >>> 0
    this.#c = 0x9e3779b9
    this.#d = 1
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.u32()
  }

  u32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  fraction(): number {
    return this.u32() / 2 ** 32
  }

  below(below: number): number {
    assert(below >= 1 && below <= 2 ** 32, 'below() needs 1 .. 2^32')
    return Math.floor(this.fraction() * below)
  }

  /** A generator of its own for one part of a simulation, so that parts do not shift each other. */
  fork(): SeededChance {
    return new SeededChance(this.u32() * 2 ** 21 + (this.u32() >>> 11))
  }
}

/** Rounds after which two neighbouring seeds no longer look alike. */
const WARM_UP_ROUNDS = 15

export function pick<T>(chance: Chance, items: readonly T[]): T {
  assert(items.length > 0, 'nothing to pick from')
  return present(items[chance.below(items.length)], 'picked item')
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(chance: Chance, items: readonly T[]): T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = chance.below(i + 1)
    const held = present(copy[i], 'item')
    copy[i] = present(copy[j], 'item')
    copy[j] = held
  }
  return copy
}
