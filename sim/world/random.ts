/** Chance and secrets of a virtual machine: all from the seed. */
import type { SeededChance } from '../../src/base/random.ts'
import type { Random } from '../../src/effects/random.ts'

export function virtualRandom(chance: SeededChance): Random {
  return {
    u32: () => chance.u32(),
    fraction: () => chance.fraction(),
    below: (below) => chance.below(below),
    bytes: (length) => {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; at++) bytes[at] = chance.u32() & 0xff
      return bytes
    },
  }
}
