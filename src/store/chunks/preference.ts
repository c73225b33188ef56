/**
 * Which members of a group hold a chunk, in order: by the hash of member and chunk together
 * (Thaler and Ravishankar, *Using name-based mappings to increase hit rates*, 1998), so that each
 * member's going moves only what it held, and every member computes the same.
 */
import { sha256Hex } from '../../base/hash.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Configuration } from '../../wire/raft.ts'

/** Copies of a chunk where so many hosts are. */
export const CHUNK_COPIES = 3

/** All members of a configuration, the preferred holders of the chunk first. */
export function byPreference(configuration: Configuration, hash: string): readonly MemberId[] {
  const { voters, learners, outgoing } = configuration
  const members = new Set([...voters, ...learners, ...(outgoing ?? [])])
  return [...members]
    .map((id) => ({ id, weight: sha256Hex(`${id} ${hash}`) }))
    .toSorted((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ id }) => id)
}
