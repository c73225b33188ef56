import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../../base/ids.ts'
import { DAY_MS, HOUR_MS } from '../../base/limits.ts'
import { copyAuthority, noteToken, redeemToken, renewCertificate } from '../../wire/enrolment.ts'
import { CERTIFICATE_VALID_MS } from './found.ts'
import { ask, joined, promoted, STRANGER_ID } from './group-steps.test-helper.ts'
import { Group, rejectsWith } from './group.test-helper.ts'
import { readMember } from './ring-files.ts'

test('the authority’s key goes to members that store data, and to no other', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  await promoted(group, berta)
  const files = await group.settle(readMember(berta.effects.disk, 'members/berta'))
  assert.deepEqual(files.authority, founder.opened.files.authority)
  const door = await joined(group, 'door', ['entry', 'chord'])
  door.enrolment.start()
  await group.world.pass(HOUR_MS)
  assert.equal(door.enrolment.mayEnrol(), false)
  const { warrant } = door.opened.files.identity
  const theirs = berta.opened.files.identity.warrant
  for (const question of [
    { roles: ['entry', 'chord'], warrant },
    { roles: ['entry', 'chord', 'tweeter'], warrant },
    { roles: ['entry', 'chord', 'tweeter'], warrant: theirs },
    { roles: ['tweeter'], warrant: '0'.repeat(64) },
  ]) {
    await rejectsWith('FORBIDDEN', ask(founder, copyAuthority, question, door.id))
  }
})

test('a certificate is renewed for its own member, past half of its life, without any restart', async () => {
  const group = new Group()
  const founder = await group.found()
  const door = await joined(group, 'door', ['entry', 'chord'])
  for (const member of [founder, door]) member.enrolment.start()
  const before = [founder, door].map((member) => member.enrolment.credentials().certificatePem)
  await group.world.pass(CERTIFICATE_VALID_MS / 2 - DAY_MS)
  const same = [founder, door].map((member) => member.enrolment.credentials().certificatePem)
  assert.deepEqual(same, before)
  await group.world.pass(3 * DAY_MS)
  for (const [i, member] of [founder, door].entries()) {
    const { directory } = member.opened
    const now = member.enrolment.credentials()
    assert.notEqual(now.certificatePem, before[i])
    const files = await group.settle(readMember(member.effects.disk, directory))
    assert.deepEqual(files.credentials, now)
  }
  const { requestPem } = await founder.effects.crypto.makeRequest(founder.id)
  await rejectsWith('FORBIDDEN', ask(founder, renewCertificate, { requestPem }, door.id))
})

test('a used token is known to whoever owns it next', async () => {
  const group = new Group(3)
  await group.found()
  for (const name of ['berta', 'carla', 'dora']) await joined(group, name)
  for (const [round, owner] of group.members.entries()) {
    const use = { tokenId: String(round).repeat(32), expiresAtMs: Date.UTC(2100, 0) }
    const first = { ...use, memberId: STRANGER_ID }
    const second = { ...use, memberId: parseMemberId('e'.repeat(32)) }
    assert.deepEqual(await group.settle(ask(owner, redeemToken, first, owner.id)), {
      outcome: 'fresh',
    })
    for (const next of group.members) {
      const outcome = await group.settle(ask(next, redeemToken, second, owner.id))
      assert.deepEqual(outcome, { outcome: 'used' })
    }
  }
  assert.ok(group.calls.includes(noteToken.name))
})

test('a token is not taken for used up when its owner is cut off from all who could know', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  const use = { tokenId: '7'.repeat(32), expiresAtMs: Date.UTC(2100, 0), memberId: STRANGER_ID }
  berta.served.handlers.clear()
  await rejectsWith('LOOKUP_EXHAUSTED', group.settle(ask(founder, redeemToken, use, berta.id)))
})
