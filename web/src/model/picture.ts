/**
 * What the picture of the ring shows of each member: where it stands, its range, its label. Pure.
 */
import type { Member } from '../../../src/wire/api.ts'
import { pointAt, spreadTurns, turnOf, type Chord, type Point } from './geometry.ts'

/** The picture's own units; the view box is scaled to the screen. */
export const RING_RADIUS = 200
export const PICTURE_WIDTH = 640
/** Straight labels need room at the sides, spokes all around. */
export const PICTURE_HEIGHT = 528
export const CROWDED_PICTURE_HEIGHT = 640

/**
 * Up to this many members, labels are read straight; beyond, they stand like the spokes of a wheel.
 */
const STRAIGHT_LABELS_MAX = 16
/** Two lines of text beside each other at the side of the ring, where it is tightest. */
const STRAIGHT_LABEL_GAP = 0.036
const SPOKE_LABEL_GAP = 0.0115
const STRAIGHT_LABEL_RADIUS = RING_RADIUS + 32
const SPOKE_LABEL_RADIUS = RING_RADIUS + 26

/** Tones of the palette, used in turn around the ring. */
export const TONES = 6

export interface Label {
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
  /** Degrees; 0 for straight labels. */
  readonly rotation: number
  /** From the member to its label, which may have had to make way. */
  readonly leader: Chord
}

export interface PlacedMember {
  readonly member: Member
  readonly turn: number
  readonly at: Point
  /** Where its range begins: the place of the member before it. */
  readonly rangeFrom: number
  readonly tone: number
  /** Width of its arc, by the pages held: from slim (none) to bold (the most of all). */
  readonly weight: number
  readonly label: Label
}

export interface Picture {
  readonly members: readonly PlacedMember[]
  readonly isCrowded: boolean
}

/** Members that are down own nothing: their range has passed to the next one. */
export function layOut(members: readonly Member[]): Picture {
  const sorted = members.toSorted((a, b) => (a.position < b.position ? -1 : 1))
  const live = sorted.filter((member) => member.state !== 'down')
  const pagesMax = Math.max(1, ...members.map((member) => member.pages))
  const turns = sorted.map((member) => turnOf(member.position))
  const isCrowded = sorted.length > STRAIGHT_LABELS_MAX
  const labelTurns = spreadTurns(turns, isCrowded ? SPOKE_LABEL_GAP : STRAIGHT_LABEL_GAP)
  const placed = sorted.map((member, index): PlacedMember => {
    const turn = turns[index] ?? 0
    const liveIndex = live.indexOf(member)
    const before = live.at(liveIndex - 1) ?? member
    return {
      member,
      turn,
      at: pointAt(turn, RING_RADIUS),
      rangeFrom: turnOf(before.position),
      tone: liveIndex < 0 ? 0 : toneOf(liveIndex, live.length),
      weight: Math.sqrt(member.pages / pagesMax),
      label: labelFor({ turn, labelTurn: labelTurns[index] ?? turn, isCrowded }),
    }
  })
  return { members: placed, isCrowded }
}

/** Neighbours differ, the last from the first too. */
function toneOf(index: number, count: number): number {
  const isLastLikeFirst = index === count - 1 && count > 1 && index % TONES === 0
  return isLastLikeFirst ? 1 : index % TONES
}

function labelFor(place: { turn: number; labelTurn: number; isCrowded: boolean }): Label {
  const { turn, labelTurn, isCrowded } = place
  const radius = isCrowded ? SPOKE_LABEL_RADIUS : STRAIGHT_LABEL_RADIUS
  const at = pointAt(labelTurn, radius)
  const isLeft = labelTurn > 0.5
  const side =
    Math.abs(at.x) < RING_RADIUS * 0.2 && !isCrowded ? 'middle' : isLeft ? 'end' : 'start'
  return {
    at,
    anchor: side,
    rotation: isCrowded ? (labelTurn - 0.25) * 360 + (isLeft ? 180 : 0) : 0,
    leader: { from: pointAt(turn, RING_RADIUS + 12), to: pointAt(labelTurn, radius - 8) },
  }
}
