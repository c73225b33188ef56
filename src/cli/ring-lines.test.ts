import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Member, MemberRef, Ring } from '../wire/api.ts'
import { memberAt } from '../wire/member.test-helper.ts'
import { ringLines } from './ring-lines.ts'
import { COLUMN_WORDS } from './status-words.ts'

const plain = (_colour: string, text: string): string => text

function ref(name: string, position: string): MemberRef {
  return { name, id: name, address: `127.0.0.1:${name}`, position: position.padEnd(64, '0') }
}

function member(self: MemberRef, neighbours: { before?: MemberRef; after?: MemberRef }): Member {
  return {
    ...memberAt(self),
    predecessor: neighbours.before ?? null,
    successors: neighbours.after === undefined ? [] : [neighbours.after],
    pages: 3,
    ownPages: 2,
    pageBytes: 1_024,
  }
}

const A = ref('a', '20')
const B = ref('b', 'a0')

function ringOf(members: readonly Member[]): Ring & { waiting: [] } {
  const common = { ringId: '0123456789', self: 'a', partitions: [], mayFail: 0, waiting: [] as [] }
  return { ...common, members: [...members] }
}

test('ringLines() orders by place and tells shares over the zero point', () => {
  const members = [member(B, { before: A, after: A }), member(A, { before: B, after: B })]
  const [head, , , first, second] = ringLines(ringOf(members), plain)
  assert.equal(head, 'ring 01234567: 2 members, all up; 4 pages, 2.0 KiB with copies; as a sees it')
  assert.match(first ?? '', /^a .* 50 % .* b$/)
  assert.match(second ?? '', /^b .* 50 % .* a$/)
})

test('ringLines() tells no share of a member that does not know who stands before it', () => {
  const members = [member(A, { before: B, after: B }), member(B, { after: A })]
  const [, , , , second] = ringLines(ringOf(members), plain)
  assert.match(second ?? '', /^b .* - +3, 2 of its share .* a$/)
})

test('ringLines() tells where FTP is, of members that are up', () => {
  const at = (port: number, more: Partial<Member> = {}): Member => {
    return { ...member(A, {}), ftp: `ftp://localhost:${port}`, ...more }
  }
  const few = [at(2_122), at(2_121), at(2_123, { state: 'down' }), member(B, {})]
  const told = 'files by FTP at ftp://localhost:2121, ftp://localhost:2122'
  assert.ok(ringLines(ringOf(few), plain).includes(told))
  const many = Array.from({ length: 7 }, (_, index) => at(2_121 + index))
  const line = ringLines(ringOf(many), plain).find((text) => text.startsWith('files by FTP'))
  assert.match(line ?? '', /:2121, .*:2125 and 2 more$/)
  assert.ok(!ringLines(ringOf([member(A, {})]), plain).some((text) => text.includes('FTP')))
})

test('ringLines() names a successor that its member knows by address only', () => {
  const unnamed = { ...B, name: '127.0.0.1:9301' }
  const members = [member(A, { before: B, after: unnamed }), member(B, { before: A, after: A })]
  assert.match(ringLines(ringOf(members), plain)[3] ?? '', / b$/)
})

test('ringLines() hints at a token only where one would lead other machines here', () => {
  const adviceAt = (host: string): string => {
    const [a, b] = [A, B].map((place) => ({ ...place, address: `${host}:9300` }))
    assert.ok(a !== undefined && b !== undefined)
    return ringLines(ringOf([member(a, { after: b }), member(b, { after: a })]), plain).at(-1) ?? ''
  }
  assert.match(adviceAt('127.0.0.1'), /“npx anillo init”/)
  assert.doesNotMatch(adviceAt('127.0.0.1'), /token/)
  assert.match(adviceAt('10.0.0.7'), /“npx anillo token”/)
})

test('ringLines() tells a lone member, the dead, and who waits', () => {
  const alone = ringLines(ringOf([member(A, {})]), plain)
  assert.match(alone[3] ?? '', /100 % .* -$/)
  const down = { ...member(A, { before: B }), state: 'down' as const }
  const waiting = {
    code: '123456',
    address: '10.0.0.7',
    name: 'eva',
    since: '2026-11-21T00:00:00Z',
  }
  const lines = ringLines({ ...ringOf([down]), waiting: [waiting] }, plain)
  assert.match(lines[0] ?? '', /1 member, 0 up/)
  assert.match(lines.join('\n'), /eva at 10\.0\.0\.7 wants in.*npx anillo member admit 123456/)
})

test('ringLines() has the columns that the legend explains, all and in that order', () => {
  const titles = ringLines(ringOf([member(A, {})]), plain)[2] ?? ''
  assert.deepEqual(titles.split(/ +/), Object.keys(COLUMN_WORDS))
})

test('ringLines() tells who is being drained, and who is', () => {
  const listed = { address: '', host: '', roles: [], isLeaving: false, isUp: true }
  const enrolled = [
    { ...listed, id: 'a', name: 'a', state: 'draining' as const, holds: 0 },
    { ...listed, id: 'b', name: 'b', state: 'draining' as const, holds: 9 },
  ]
  const members = [member(A, { before: B, after: B }), member(B, { before: A, after: A })]
  const lines = ringLines({ ...ringOf(members), enrolled }, plain)
  assert.match(lines.find((text) => text.startsWith('a ')) ?? '', / drained /)
  assert.match(lines.find((text) => text.startsWith('b ')) ?? '', / draining /)
})

test('ringLines() tells the authority’s fingerprint where clients of other machines need it', () => {
  const partition = { id: 0, leader: 'a', voters: ['a'], learners: [] }
  const ring = { ...ringOf([member(A, {})]), partitions: [partition] }
  const told = { ...ring, authorityFingerprint: 'f'.repeat(64) }
  assert.match(ringLines(told, plain).join('\n'), /trust the authority f{64}/)
  assert.doesNotMatch(ringLines(ring, plain).join('\n'), /authority/)
})
