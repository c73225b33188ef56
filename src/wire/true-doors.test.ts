import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Member, Ring } from './api.ts'
import { memberAt } from './member.test-helper.ts'
import { withTrueDoors } from './true-doors.ts'

const NAMES = ['own', 'beside', 'entry', 'far', 'lost'] as const
const ADDRESSES = [
  '10.0.0.1:9300',
  '10.0.0.1:9301',
  '10.0.0.2:9300',
  '10.0.0.3:9300',
  '10.0.0.1:9302',
]
const URLS = [
  'https://anillo.test:9100',
  'http://localhost:9101',
  'https://[fd00::2]:9100',
  'http://localhost:9100',
  '',
]

function ringOf(): Ring {
  const members = NAMES.map((name, index): Member => {
    const url = URLS[index] ?? ''
    const ref = { name, id: name, address: ADDRESSES[index] ?? '', position: '00' }
    const ftp = url === '' ? null : url.replace(/^https?(.*):91/, 'ftp$1:21')
    return { ...memberAt(ref), url, replayUrl: url.replace(':91', ':95'), ftp }
  })
  return { ringId: '2'.repeat(32), self: 'own', members, partitions: [], mayFail: 0 }
}

const AT = '10.0.0.1:9300'
const ftpOf = ({ members }: Ring): readonly (string | null)[] => members.map(({ ftp }) => ftp)
const doorsOf = ({ members }: Ring): readonly string[] => members.map(({ url }) => url)

test('withTrueDoors() tells a neighbour on the machine doors on loopback, and real ones elsewhere', () => {
  const ring = withTrueDoors(ringOf(), { at: AT, isFromBeyond: false })
  const expected = ['http://localhost:9100', 'http://localhost:9101', URLS[2], '', '']
  assert.deepEqual(doorsOf(ring), expected)
  assert.equal(ring.members[0]?.replayUrl, 'http://localhost:9500')
  const ftp = ['ftp://localhost:2100', 'ftp://localhost:2101', 'ftp://[fd00::2]:2100', null, null]
  assert.deepEqual(ftpOf(ring), ftp)
})

test('withTrueDoors() tells whoever comes from elsewhere no door on loopback', () => {
  const ring = withTrueDoors(ringOf(), { at: AT, isFromBeyond: true })
  assert.deepEqual(doorsOf(ring), [URLS[0], '', URLS[2], '', ''])
  assert.equal(ring.members[0]?.replayUrl, 'https://anillo.test:9500')
  const ftp = ['ftp://anillo.test:2100', null, 'ftp://[fd00::2]:2100', null, null]
  assert.deepEqual(ftpOf(ring), ftp)
})

test('withTrueDoors() takes all members of a ring on loopback for neighbours', () => {
  const ring = ringOf()
  const members = ring.members.map((member, index) => ({
    ...member,
    address: `127.0.0.${index + 1}:93`,
  }))
  const doors = doorsOf(
    withTrueDoors({ ...ring, members }, { at: '127.0.0.9:93', isFromBeyond: false }),
  )
  const beside = [9100, 9101, 9100, 9100].map((port) => `http://localhost:${port}`)
  assert.deepEqual(doors, [...beside, ''])
})
