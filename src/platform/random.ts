/** Chance and secrets of the operating system. */
import { randomBytes } from 'node:crypto'

import { assert } from '../base/assert.ts'
import type { Random } from '../effects/random.ts'

/** One call of the system serves 1,024 numbers. */
const POOL_BYTES = 4_096
const U32_BYTES = 4

export function platformRandom(): Random {
  let pool = Buffer.alloc(0)
  let at = 0
  const u32 = (): number => {
    if (at === pool.length) {
      pool = randomBytes(POOL_BYTES)
      at = 0
    }
    const number = pool.readUInt32LE(at)
    at += U32_BYTES
    return number
  }
  const fraction = (): number => u32() / 2 ** 32
  return {
    u32,
    fraction,
    below: (below) => {
      assert(below >= 1 && below <= 2 ** 32, 'below() needs 1 .. 2^32')
      return Math.floor(fraction() * below)
    },
    bytes: (length) => new Uint8Array(randomBytes(length)),
  }
}
