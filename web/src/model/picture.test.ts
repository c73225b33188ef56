import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import type { Member } from '../../../src/wire/api.ts'
import { layOut, PICTURE_HEIGHT, PICTURE_WIDTH, RING_RADIUS } from './picture.ts'

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
