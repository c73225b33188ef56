/**
 * What the picture of the ring shows of each member: where it stands, its range, its label. Pure.
 */
import { present } from '../../../src/base/assert.ts'
import type { Member } from '../../../src/wire/api.ts'
import { pointAt, spreadLine, spreadTurns, turnOf, type Chord, type Point } from './geometry.ts'

/** The picture's own units; the view box is scaled to the screen. */
export const RING_RADIUS = 200
export const PICTURE_WIDTH = 640
/** Straight labels need room at the sides, spokes all around. */
export const PICTURE_HEIGHT = 560
export const CROWDED_PICTURE_HEIGHT = 640

/**
 * Up to this many members, labels are read straight; beyond, they stand like the spokes of a wheel.
 */
const STRAIGHT_LABELS_MAX = 16
/** Two lines of text at the largest size that `ring.css` sets on a narrow screen: 21 and 18 px. */
const LABEL_HEIGHT = 46
/** To the upper and lower edge of the picture. */
const LABEL_MARGIN = 2
/** As many straight labels have room below each other on one side of the ring. */
const SIDE_LABELS_MAX = Math.floor((PICTURE_HEIGHT - 2 * LABEL_MARGIN) / LABEL_HEIGHT)
/** How far below the middle of a label the foot of its first line is: it has a second one. */
const LABEL_BASELINE = -4
/** Labels stay outside this circle, that of the ranges at their boldest and a little air. */
const LABEL_CLEAR_RADIUS = RING_RADIUS + 22
/** Where the middle of a label is at best. */
const LABEL_WISH_RADIUS = RING_RADIUS + 40
/** Above and below the ring, labels of the two sides stand this far apart at least. */
const LABEL_ASIDE_MIN = 6
const SPOKE_LABEL_GAP = 0.0115
const SPOKE_LABEL_RADIUS = RING_RADIUS + 26
const LEADER_RADIUS = RING_RADIUS + 12

/** Tones of the palette, used in turn around the ring. */
export const TONES = 6

export interface Label {
  readonly at: Point
  readonly anchor: 'start' | 'end'
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
  const isCrowded = !haveStraightRoom(turns)
  const labels = isCrowded ? spokeLabels(turns) : straightLabels(turns)
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
      label: present(labels[index], 'label of a member'),
    }
  })
  return { members: placed, isCrowded }
}

/** Neighbours differ, the last from the first too. */
function toneOf(index: number, count: number): number {
  const isLastLikeFirst = index === count - 1 && count > 1 && index % TONES === 0
  return isLastLikeFirst ? 1 : index % TONES
}

function isLeft(turn: number): boolean {
  return turn > 0.5
}

function haveStraightRoom(turns: readonly number[]): boolean {
  const left = turns.filter(isLeft).length
  return (
    turns.length <= STRAIGHT_LABELS_MAX && Math.max(left, turns.length - left) <= SIDE_LABELS_MAX
  )
}

/**
 * Labels of each side stand below each other, outside the ring, each beside its member as far as
 * there is room. They run outwards, so those of the two sides never meet.
 * @param turns ascending; so the right side comes first, from the top
 */
function straightLabels(turns: readonly number[]): readonly Label[] {
  const right = turns.filter((turn) => !isLeft(turn))
  const left = turns.filter(isLeft)
  return [...sideLabels(right, 1), ...sideLabels(left.toReversed(), -1).toReversed()]
}

/** @param turns from the top down. @param side 1 right, -1 left */
function sideLabels(turns: readonly number[], side: 1 | -1): readonly Label[] {
  const bound = (PICTURE_HEIGHT - LABEL_HEIGHT) / 2 - LABEL_MARGIN
  const wishes = turns.map((turn) => pointAt(turn, LABEL_WISH_RADIUS).y)
  const middles = spreadLine(wishes, { gap: LABEL_HEIGHT, min: -bound, max: bound })
  return turns.map((turn, index): Label => {
    const middle = middles[index] ?? 0
    const x = side * asideAt(middle)
    return {
      at: { x, y: middle + LABEL_BASELINE },
      anchor: side === 1 ? 'start' : 'end',
      rotation: 0,
      leader: { from: pointAt(turn, LEADER_RADIUS), to: { x: x - side * 4, y: middle } },
    }
  })
}

/** How far from the vertical axis a label begins that is clear of the ring. */
function asideAt(middle: number): number {
  const nearest = Math.max(0, Math.abs(middle) - LABEL_HEIGHT / 2)
  const clear = Math.sqrt(Math.max(0, LABEL_CLEAR_RADIUS ** 2 - nearest ** 2))
  return Math.max(LABEL_ASIDE_MIN, clear)
}

function spokeLabels(turns: readonly number[]): readonly Label[] {
  const labelTurns = spreadTurns(turns, SPOKE_LABEL_GAP)
  return turns.map((turn, index): Label => {
    const labelTurn = labelTurns[index] ?? turn
    const to = pointAt(labelTurn, SPOKE_LABEL_RADIUS - 8)
    return {
      at: pointAt(labelTurn, SPOKE_LABEL_RADIUS),
      anchor: isLeft(labelTurn) ? 'end' : 'start',
      rotation: (labelTurn - 0.25) * 360 + (isLeft(labelTurn) ? 180 : 0),
      leader: { from: pointAt(turn, LEADER_RADIUS), to },
    }
  })
}
