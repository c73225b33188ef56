/** Chance and secrets of a virtual machine: all from the seed. */
import type { SeededChance } from '../../src/base/random.ts'
import type { Random } from '../../src/effects/random.ts'

export function virtualRandom(chance: SeededChance): Random {
  return {
    u32: () => chance.u32(),
    fraction: () => chance.fraction(),
    below: (below) => chance.below(below),
    bytes: (length) => Uint8Array.from({ length }, () => chance.u32() & 0xff),
  }
}
