import type { Chance } from '../base/random.ts'

/** Chance, and secrets: in production both come from the operating system. */
export interface Random extends Chance {
  /** `length` bytes that nobody can guess (in the simulator: that the seed tells). */
  bytes(length: number): Uint8Array
}
