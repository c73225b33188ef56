/** How long and how much, by default (architecture 5). */
import { KIB, MIB } from '../base/limits.ts'
import type { RaftSettings } from './types.ts'

export const RAFT_SETTINGS: RaftSettings = {
  beatMs: 100,
  electionMinMs: 600,
  electionMaxMs: 1_200,
  inFlightBytesMax: 4 * MIB,
  appendBytesMax: 512 * KIB,
  uncommittedBytesMax: 16 * MIB,
}
