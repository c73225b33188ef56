/**
 * Beginnings of ids that are positions on the ring. What belongs to one id stands in the store
 * under its first two digits, so that a member can list what it owns.
 */
import { parsePosition } from '../../base/ids.ts'
import type { Overlay } from '../../overlay/types.ts'

/** Of an id: so many stand together that all can be listed, so few that none is crowded. */
export const HEAD_DIGITS = 2

const POSITION_DIGITS = 64

export const HEADS: readonly string[] = Array.from({ length: 16 ** HEAD_DIGITS }, (_, head) =>
  head.toString(16).padStart(HEAD_DIGITS, '0'),
)

/** Heads of ids that this member owns, some of them at least. */
export function ownHeads(overlay: Overlay): readonly string[] {
  if (!overlay.joined) return []
  return HEADS.filter((head) => {
    const isBegun = overlay.owns(parsePosition(head.padEnd(POSITION_DIGITS, '0')))
    const isEnded = overlay.owns(parsePosition(head.padEnd(POSITION_DIGITS, 'f')))
    return isBegun || isEnded || overlay.self.position.startsWith(head)
  })
}
