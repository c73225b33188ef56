import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { HOUR_MS } from '../../base/limits.ts'
import type { Role } from '../../wire/api.ts'
import type { EnrolInput } from '../../wire/roster-rows.ts'
import { idOf, storing } from '../placement/model.test-helper.ts'
import { FakePartition, FIRST_TIME_MS } from './fakes.test-helper.ts'
import { enrolMember, setMemberState, setRingSetting, updateMember } from './procedures.ts'
import { jsonOf, memberKey, MEMBERS_PK, readMemberRow } from './rows.ts'

const TOKEN = { id: 'a'.repeat(32), expiresAtMs: FIRST_TIME_MS + HOUR_MS }

function newcomer(number: number, more: { address?: string; roles?: Role[] } = {}): EnrolInput {
  const { id, name, address, host } = storing(number)
  return { member: { id, name, address, host, roles: ['chord', 'tweeter'], ...more } }
}

function stateOf(partition: FakePartition, number: number): string | undefined {
  const row = partition.rows.get(`${MEMBERS_PK}\0${memberKey(idOf(number)).sk}`)
  return row === undefined ? undefined : readMemberRow(jsonOf(row.value))?.state
}

function ringOf(...numbers: readonly number[]): FakePartition {
  const partition = new FakePartition()
  for (const number of numbers) partition.run(enrolMember, newcomer(number))
  return partition
}

test('ring.enrol lets a newcomer in once a token, and again where its answer was lost', () => {
  const partition = new FakePartition()
  const first = { ...newcomer(1), token: TOKEN }
  assert.equal(partition.run(enrolMember, first).outcome, 'enrolled')
  assert.equal(partition.run(enrolMember, first).outcome, 'enrolled')
  const second = { ...newcomer(2), token: TOKEN }
  assert.equal(partition.run(enrolMember, second).outcome, 'tokenUsed')
  assert.equal(stateOf(partition, 2), undefined)
})

test('ring.enrol keeps a token’s use beyond its date, and no longer', () => {
  const partition = ringOf()
  partition.run(enrolMember, { ...newcomer(1), token: TOKEN })
  const [use] = [...partition.rows.values()].filter(({ pk }) => pk === 'tokens')
  assert.equal(use?.expiresAtMs, TOKEN.expiresAtMs + HOUR_MS)
  const endless = { id: 'b'.repeat(32), expiresAtMs: Number.MAX_SAFE_INTEGER }
  partition.run(enrolMember, { ...newcomer(2), token: endless })
  const uses = [...partition.rows.values()].filter(({ pk }) => pk === 'tokens')
  assert.ok(
    uses.every(({ expiresAtMs }) => (expiresAtMs ?? Infinity) < FIRST_TIME_MS + 800 * HOUR_MS),
  )
})

test('ring.enrol makes the one gone that stood at the newcomer’s address', () => {
  const partition = ringOf(1, 2)
  const { address } = storing(2)
  const { replaced } = partition.run(enrolMember, newcomer(3, { address }))
  assert.deepEqual(replaced, [idOf(2)])
  assert.equal(stateOf(partition, 2), 'gone')
  assert.equal(stateOf(partition, 1), 'active')
  assert.deepEqual(partition.run(enrolMember, newcomer(3, { address })).replaced, [])
  assert.deepEqual(partition.run(enrolMember, newcomer(2)).replaced, [])
  assert.deepEqual([stateOf(partition, 2), stateOf(partition, 3)], ['gone', 'active'])
})

test('ring.enrol lets a member move to another’s address without harm to that one', () => {
  const partition = ringOf(1, 2)
  const { address } = storing(2)
  assert.deepEqual(partition.run(enrolMember, newcomer(1, { address })).replaced, [])
  assert.deepEqual([stateOf(partition, 1), stateOf(partition, 2)], ['active', 'active'])
})

test('ring.enrol takes a member off the list that another displaced and that stored nothing', () => {
  const partition = ringOf(1)
  const { address } = storing(2)
  partition.run(enrolMember, newcomer(2, { roles: ['entry', 'chord'] }))
  partition.run(enrolMember, newcomer(3, { address, roles: ['entry', 'chord'] }))
  assert.deepEqual([stateOf(partition, 2), stateOf(partition, 3)], [undefined, 'active'])
})

test('ring.enrol keeps a removed member out', () => {
  const partition = ringOf(1, 2)
  partition.run(setMemberState, { id: idOf(2), order: 'remove' })
  assert.equal(partition.run(enrolMember, newcomer(2)).outcome, 'removed')
  assert.equal(stateOf(partition, 2), 'removed')
})

test('ring.enrol refuses what is no member', () => {
  const partition = ringOf()
  const { member } = newcomer(1)
  const wrong = [{}, { member: { ...member, id: 'x' } }, { member: { ...member, address: '' } }]
  for (const input of wrong) {
    assert.throws(
      () => partition.run(enrolMember, input),
      (thrown) => isAnilloError(thrown, 'BAD_REQUEST'),
    )
  }
})

test('ring.update moves a member’s place and nothing else', () => {
  const partition = ringOf(1, 2)
  const address = '10.9.9.9:9300'
  const input = { id: idOf(1), address, name: 'n1' }
  assert.equal(partition.run(updateMember, input).isChanged, true)
  assert.equal(partition.run(updateMember, input).isChanged, false)
  const row = partition.rows.get(`${MEMBERS_PK}\0${idOf(1)}`)
  assert.deepEqual(readMemberRow(jsonOf(row?.value ?? new Uint8Array())), {
    ...storing(1),
    address,
  })
  assert.throws(
    () => partition.run(updateMember, { ...input, id: idOf(9) }),
    (thrown) => isAnilloError(thrown, 'NOT_FOUND'),
  )
})

test('ring.state drains and takes back; removed is final', () => {
  const partition = ringOf(1, 2)
  const set = (order: string): string => partition.run(setMemberState, { id: idOf(2), order }).state
  assert.equal(set('drain'), 'draining')
  assert.equal(set('undrain'), 'active')
  assert.equal(set('leave'), 'draining')
  assert.equal(set('remove'), 'removed')
  for (const order of ['drain', 'undrain', 'leave', 'remove']) assert.equal(set(order), 'removed')
})

test('ring.state leaves one that is gone alone until it is removed', () => {
  const partition = ringOf(1, 2)
  partition.run(enrolMember, newcomer(3, { address: storing(2).address }))
  const set = (order: string): string => partition.run(setMemberState, { id: idOf(2), order }).state
  assert.equal(set('undrain'), 'gone')
  assert.equal(set('drain'), 'gone')
  assert.equal(set('remove'), 'removed')
})

test('ring.state never takes the last member that stores', () => {
  const partition = ringOf(1)
  partition.run(enrolMember, newcomer(2, { roles: ['entry', 'chord'] }))
  for (const order of ['drain', 'leave', 'remove']) {
    assert.throws(
      () => partition.run(setMemberState, { id: idOf(1), order }),
      (thrown) => isAnilloError(thrown, 'FORBIDDEN'),
    )
  }
  assert.equal(partition.run(setMemberState, { id: idOf(2), order: 'remove' }).state, 'removed')
})

test('ring.setting takes known settings within their bounds', () => {
  const partition = ringOf()
  partition.run(setRingSetting, { name: 'replaceAfterMs', value: HOUR_MS })
  partition.run(setRingSetting, { name: 'replaceAfterMs', value: null })
  const refused = [
    [{ name: 'colour', value: 1 }, 'NOT_FOUND'],
    [{ name: 'incomingMax', value: 0 }, 'SETTING_INVALID'],
    [{ name: 'incomingMax', value: 1.5 }, 'SETTING_INVALID'],
  ] as const
  for (const [input, code] of refused) {
    assert.throws(
      () => partition.run(setRingSetting, input),
      (thrown) => isAnilloError(thrown, code),
    )
  }
})
