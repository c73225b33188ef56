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

/** Failure domain of a member. */
export type HostOf = (member: MemberId) => string

/** All who may have it, the preferred holders of the chunk first; those about to leave are last. */
export function byPreference(configuration: Configuration, hash: string): readonly MemberId[] {
  const staying = stayingIn(configuration)
  const leaving = (configuration.outgoing ?? []).filter((id) => !staying.includes(id))
  return [...sorted(staying, hash), ...sorted(leaving, hash)]
}

/** Members that hold chunks of the group: voters of the outgoing configuration do not. */
export function stayingIn({ voters, learners }: Configuration): readonly MemberId[] {
  return [...new Set([...voters, ...learners])]
}

/** How many copies there ought to be among these members: one a host. */
export function copiesWanted(members: readonly MemberId[], hostOf: HostOf): number {
  return Math.min(CHUNK_COPIES, new Set(members.map(hostOf)).size)
}

/**
 * How few copies will do where others cannot be reached: two of three or more, one where there are
 * at most two hosts (architecture 2.1).
 */
export function copiesLeast(members: readonly MemberId[], hostOf: HostOf): number {
  return copiesWanted(members, hostOf) < CHUNK_COPIES ? 1 : CHUNK_COPIES - 1
}

/** The first on distinct hosts, as many as there ought to be copies. */
export function preferredHolders(
  configuration: Configuration,
  hash: string,
  hostOf: HostOf,
): readonly MemberId[] {
  return distinctHosts(sorted(stayingIn(configuration), hash), hostOf).slice(0, CHUNK_COPIES)
}

/** The first of each host. */
function distinctHosts(members: readonly MemberId[], hostOf: HostOf): readonly MemberId[] {
  const byHost = new Map<string, MemberId>()
  for (const id of members) {
    const host = hostOf(id)
    if (!byHost.has(host)) byHost.set(host, id)
  }
  return [...byHost.values()]
}

function sorted(members: readonly MemberId[], hash: string): readonly MemberId[] {
  return members
    .map((id) => ({ id, weight: sha256Hex(`${id} ${hash}`) }))
    .toSorted((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ id }) => id)
}
