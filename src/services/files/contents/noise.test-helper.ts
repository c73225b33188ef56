/** Bytes without any order in them, the same for the same seed. */
import { SeededChance } from '../../../base/random.ts'

export function noise(bytes: number, seed: number): Uint8Array {
  const chance = new SeededChance(seed)
  const words = new Uint32Array(Math.ceil(bytes / 4))
  for (let i = 0; i < words.length; i++) words[i] = chance.u32()
  return new Uint8Array(words.buffer, 0, bytes)
}
