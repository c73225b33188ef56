/** Where strangers reach what the ring shares. */
import type { Ring } from '../../wire/api.ts'
import { withTrueDoors } from '../../wire/true-doors.ts'

/**
 * Doors for shares of the members that are up, each once. A door on loopback is one of a ring that
 * stands there as a whole: whoever were told of it elsewhere would look at their own machine.
 */
export function outsideDoors(ring: Ring, isOnLoopback: boolean): readonly string[] {
  const { members } = isOnLoopback ? ring : withTrueDoors(ring, { at: '', isFromBeyond: true })
  return [...new Set(members.flatMap(({ shareUrl, state }) => (state === 'up' && shareUrl) || []))]
}
