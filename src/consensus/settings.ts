/** How the groups of a member are set in production (architecture 5). */
import { KIB, MIB } from '../base/limits.ts'
import type { RaftSettings } from './types.ts'

export const RAFT_SETTINGS: RaftSettings = {
  beatMs: 100,
  // Six lost beats; twice that is drawn from, so that two of five seldom campaign together.
  electionMinMs: 600,
  electionMaxMs: 1_200,
  // What a member takes in some 10 ms: more under way would only lengthen its queue.
  inFlightBytesMax: MIB,
  appendBytesMax: 256 * KIB,
  // Of each of 64 groups, so at most 256 MiB a member in the worst case.
  uncommittedBytesMax: 4 * MIB,
  // Ten seconds of the fastest writing, so that a member that was restarted seldom needs a
  // snapshot; of 64 groups 32 MiB, and half as much again for what holds them.
  keptBytesMax: 512 * KIB,
}
