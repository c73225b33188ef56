import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import type { Member } from '../../../src/wire/api.ts'
import { fc } from '../../../test/properties.ts'
import { layOut, PICTURE_HEIGHT, PICTURE_WIDTH, RING_RADIUS, type PlacedMember } from './picture.ts'

function member(index: number, more: Partial<Member> = {}): Member {
  const address = `127.0.0.1:${9300 + index}`
  return {
    name: `m${index}`,
    id: String(index).padStart(32, '0'),
    url: `http://localhost:${9100 + index}`,
    ftp: null,
    replayUrl: `http://localhost:${9500 + index}`,
    address,
    position: createHash('sha256').update(address).digest('hex'),
    state: 'up',
    leads: 0,
    roles: ['chord'],
    host: 'here',
    version: '0.1.0',
    startedAt: '2026-11-21T04:00:00Z',
    predecessor: null,
    successors: [],
    fingers: [],
    pages: index,
    ownPages: index,
    pageBytes: index,
    load: { downloads: 0, downloadsMax: 8, busy: false },
    ...more,
  }
}

const ring = (count: number): readonly Member[] =>
  Array.from({ length: count }, (_, i) => member(i))

for (const count of [1, 2, 3, 5, 8, 16, 17, 40, 60]) {
  test(`layOut() places ${count} members on the circle, and their ranges cover it once`, () => {
    const { members } = layOut(ring(count))
    assert.equal(members.length, count)
    let covered = 0
    for (const { at, turn, rangeFrom, weight } of members) {
      assert.ok(Math.abs(Math.hypot(at.x, at.y) - RING_RADIUS) < 1e-9)
      assert.ok(weight >= 0 && weight <= 1)
      covered += (turn - rangeFrom + 1) % 1 || 1
    }
    assert.ok(Math.abs(covered - 1) < 1e-9, `ranges cover ${covered}`)
  })

  test(`layOut() keeps the labels of ${count} members apart and inside the picture`, () => {
    const { members, isCrowded } = layOut(ring(count))
    for (const [i, a] of members.entries()) {
      assert.ok(
        Math.abs(a.label.at.x) < PICTURE_WIDTH / 2 && Math.abs(a.label.at.y) < PICTURE_HEIGHT / 2,
      )
      for (const b of members.slice(i + 1)) {
        const distance = Math.hypot(a.label.at.x - b.label.at.x, a.label.at.y - b.label.at.y)
        assert.ok(
          distance > (isCrowded ? 15 : 30),
          `${a.member.name} and ${b.member.name}: ${distance}`,
        )
      }
    }
  })

  test(`layOut() gives neighbours among ${count} members different tones`, () => {
    const { members } = layOut(ring(count))
    for (const [i, placed] of members.entries()) {
      const next = members[(i + 1) % members.length]
      if (count > 1) assert.notEqual(placed.tone, next?.tone)
    }
  })
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * The sizes of name and note that `ring.css` sets, px: wide, narrow, and narrowest without note.
 */
const TEXT_SIZES = [
  { name: 15, note: 12.5 },
  { name: 21, note: 18 },
  { name: 25, note: 0 },
] as const
/** Of the widest name; wider than any letter of the font. */
const NAME_WIDTH_EM = 12

function boxOf(placed: PlacedMember, size: (typeof TEXT_SIZES)[number]): Box {
  const { at, anchor } = placed.label
  const width = size.name * NAME_WIDTH_EM
  const foot = size.note === 0 ? size.name * 0.25 : size.note * 1.5
  return {
    left: anchor === 'start' ? at.x : at.x - width,
    right: anchor === 'start' ? at.x + width : at.x,
    top: at.y - size.name * 0.8,
    bottom: at.y + foot,
  }
}

function intersect(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/** How near the box comes to the middle of the ring. */
function nearness({ left, right, top, bottom }: Box): number {
  const x = Math.max(0, left, -right)
  const y = Math.max(0, top, -bottom)
  return Math.hypot(x, y)
}

/** Rings of 5 to 12, some of whose members stand 1 to 3 degrees behind the one before. */
const turnsOfRing = fc
  .array(
    fc.record({
      turn: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      isClose: fc.boolean(),
      degrees: fc.double({ min: 1, max: 3, noNaN: true }),
    }),
    { minLength: 5, maxLength: 12 },
  )
  .map((places) => {
    let last = 0
    return places.map(({ turn, isClose, degrees }) => {
      last = isClose ? (last + degrees / 360) % 1 : turn
      return last
    })
  })

function positionOf(turn: number): string {
  return Math.floor(turn * 2 ** 48)
    .toString(16)
    .padStart(12, '0')
    .padEnd(64, '0')
}

test('layOut() lets no two labels of 5 to 12 members meet, nor one the ring, at any size of text', () => {
  fc.assert(
    fc.property(turnsOfRing, (turns) => {
      const { members, isCrowded } = layOut(
        turns.map((turn, index) => member(index, { position: positionOf(turn) })),
      )
      assert.equal(isCrowded, false)
      for (const size of TEXT_SIZES) {
        const boxes = members.map((placed) => boxOf(placed, size))
        for (const [i, box] of boxes.entries()) {
          assert.ok(nearness(box) > RING_RADIUS + 9, `label ${i} lies on the ring`)
          assert.ok(box.top >= -PICTURE_HEIGHT / 2 && box.bottom <= PICTURE_HEIGHT / 2)
          for (const [j, other] of boxes.entries())
            assert.ok(i === j || !intersect(box, other), `labels ${i} and ${j} meet`)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('layOut() turns the labels of more members on one side than have room there', () => {
  const close = (count: number): readonly Member[] =>
    Array.from({ length: count }, (_, i) => member(i, { position: positionOf(0.1 + i / 1000) }))
  assert.equal(layOut(close(12)).isCrowded, false)
  assert.equal(layOut(close(13)).isCrowded, true)
})

test('layOut() gives the range of a member that is down to the next live one', () => {
  const all = layOut(ring(4)).members
  const down = all[1]
  const next = all[2]
  assert.ok(down !== undefined && next !== undefined)
  const { members } = layOut(
    all.map(({ member: one }) => (one === down.member ? { ...one, state: 'down' } : one)),
  )
  assert.equal(members[2]?.rangeFrom, all[0]?.turn)
})
