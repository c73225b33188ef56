/**
 * The ring's own doors on this machine, which no page may be downloaded from: member doors and
 * replay doors. The page and API may be (document 0 downloads `localhost:9100`).
 */
import type { Overlay } from '../overlay/types.ts'
import { parseAddress } from './enrolment/endpoint.ts'
import { replayPortBeside, type MemberPorts } from './ports.ts'

/**
 * Of this member and those that it knows as neighbours: all of a ring of nine. A door of a farther
 * member is left to guard itself: it speaks to members alone, or shows what everybody may see.
 */
export function ownPorts(own: MemberPorts, overlay: Overlay): readonly number[] {
  const neighbours = [...overlay.successors(NEIGHBOURS_MAX), overlay.predecessor()]
  const doors = neighbours.flatMap((neighbour) => {
    const rpc = neighbour === undefined ? undefined : parseAddress(neighbour.address)?.port
    return rpc === undefined ? [] : [rpc, replayPortBeside(rpc)]
  })
  return [own.rpc, own.replay, ...doors]
}

/** The whole successor list. */
const NEIGHBOURS_MAX = 64
