import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY_MS, HOUR_MS } from '../../base/limits.ts'
import { setMemberState } from '../../store/roster/procedures.ts'
import { jsonOf, readMemberRow } from '../../store/roster/rows.ts'
import { certifyDoor, copyAuthority, renewCertificate } from '../../wire/enrolment.ts'
import { LEVELS } from '../../wire/levels.ts'
import { CERTIFICATE_VALID_MS, sealedDiskOf } from './found.ts'
import { ask, joined, newcomerOf, promoted, tokenOf } from './group-steps.test-helper.ts'
import { filesIn, Group, rejectsWith, Said, selfOf } from './group.test-helper.ts'
import { joinWithToken } from './join.ts'
import { askToJoin } from './newcomer.ts'
import { readOwnRequest } from './ring-files.ts'
import { readToken } from './token.ts'

test('the authority’s key goes to members that store data, and to no other', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  await promoted(group, berta)
  const { files } = await group.settle(filesIn(berta.effects, 'members/berta'))
  assert.deepEqual(files.authority, founder.files.authority)
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
    const { files } = await group.settle(filesIn(member.effects, directory))
    assert.deepEqual(files.credentials, now)
  }
  const { requestPem } = await founder.effects.crypto.makeRequest(founder.id)
  await rejectsWith('FORBIDDEN', ask(founder, renewCertificate, { requestPem }, door.id))
})

test('a certificate for a door goes to a member with the role entry, for its own request', async () => {
  const group = new Group()
  const founder = await group.found()
  const door = await joined(group, 'door', ['entry', 'chord'])
  const worker = await joined(group, 'worker', ['chord', 'tweeter'])
  const names = ['anillo.test', '10.0.0.4']
  const { crypto } = founder.effects
  const { requestPem } = await crypto.makeRequest(door.id)
  const mine = await group.settle(founder.enrolment.doorCertificate({ requestPem, names }))
  const asked = { requestPem, names }
  const issued = await ask(founder, certifyDoor, asked, door.id)
  const { authorityPem, certificatePem } = issued as typeof mine
  assert.equal(authorityPem, founder.enrolment.credentials().authorityPem)
  assert.match(certificatePem, /anillo\.test 10\.0\.0\.4/)
  await rejectsWith('FORBIDDEN', ask(founder, certifyDoor, asked, founder.id))
  const theirs = { requestPem: (await crypto.makeRequest(worker.id)).requestPem, names }
  await rejectsWith('FORBIDDEN', ask(founder, certifyDoor, theirs, worker.id))
  await rejectsWith('ENROL_ELSEWHERE', ask(door, certifyDoor, asked, founder.id))
  const bad = [
    { names: [] },
    { names: ['a b'] },
    { names: ['*.test'] },
    { names: Array(17).fill('a') },
  ]
  for (const one of bad) assert.equal(certifyDoor.readQuestion({ ...asked, ...one }), undefined)
})

test('nobody is let in while the ring’s list of members cannot be written', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  const effects = group.joinEffects(group.world.machine())
  const { say } = new Said()
  const join = (): Promise<unknown> =>
    group.settle(joinWithToken(effects, selfOf('berta'), { token, say }))
  group.isStoreDown = true
  await rejectsWith('STORE_UNAVAILABLE', join())
  assert.equal(group.partition.rows.size, 0)
  group.isStoreDown = false
  await join()
})

test('whoever has a certificate stands in the ring’s list, with address, host and roles', async () => {
  const group = new Group()
  await group.found()
  const berta = await joined(group, 'berta', ['entry', 'chord'])
  const row = group.partition.rows.get(`members\0${berta.id}`)
  assert.ok(row !== undefined)
  assert.deepEqual(readMemberRow(jsonOf(row.value)), {
    id: berta.id,
    name: 'berta',
    address: berta.address,
    host: 'berta',
    roles: ['entry', 'chord'],
    state: 'active',
    levels: LEVELS,
  })
})

test('a newcomer at a dead member’s address makes that one gone', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  group.kill(berta)
  const token = await tokenOf(group, founder)
  const effects = group.joinEffects(group.world.machine())
  const self = { ...selfOf('carla'), host: berta.machine.address }
  const { say } = new Said()
  await group.settle(joinWithToken(effects, self, { token, say }))
  const row = group.partition.rows.get(`members\0${berta.id}`)
  assert.equal(row === undefined ? undefined : readMemberRow(jsonOf(row.value))?.state, 'gone')
})

test('a member that was removed is not let in again under its id', async () => {
  const group = new Group()
  const founder = await group.found()
  await joined(group, 'anna')
  const effects = group.joinEffects(group.world.machine())
  const { say } = new Said()
  const first = await tokenOf(group, founder)
  const { files } = await group.settle(
    joinWithToken(effects, selfOf('berta'), { token: first, say }),
  )
  const { memberId } = files.identity
  group.partition.run(setMemberState, { id: memberId, order: 'remove' })
  const sealedDisk = await group.settle(sealedDiskOf(effects, 'members/berta'))
  const request = await group.settle(readOwnRequest(sealedDisk, 'members/berta'))
  const token = await tokenOf(group, founder)
  const asking = askToJoin(effects, {
    newcomer: newcomerOf(request?.requestPem ?? '', 'berta'),
    claim: { kind: 'token', text: token, fingerprint: readToken(token).fingerprint },
    addresses: [founder.address],
    say,
  })
  await rejectsWith('MEMBER_REMOVED', group.settle(asking))
})
