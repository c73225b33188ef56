import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { enrolMember } from '../../store/roster/procedures.ts'
import { issueTo, ownRequest, sealedDiskOf } from './found.ts'
import { joined, newcomerOf, promoted, STRANGER_ID, tokenOf } from './group-steps.test-helper.ts'
import {
  Group,
  rejectsWith,
  Said,
  selfOf,
  DISCOVERY_PORT,
  type GroupMember,
} from './group.test-helper.ts'
import { joinByDiscovery, joinWithToken } from './join.ts'
import { askToJoin } from './newcomer.ts'
import { makeToken, readToken } from './token.ts'

/** A token that names a member without the key only. */
async function tokenAt(group: Group, founder: GroupMember, at: GroupMember): Promise<string> {
  const { ringId, authority } = founder.files
  assert.ok(authority)
  const addresses = [at.address]
  return makeToken(
    group.members[0]?.effects ?? assert.fail(),
    { ringId, authority },
    { validForMs: HOUR_MS, addresses },
  ).text
}

test('joinWithToken() enrols a newcomer whose papers the ring accepts', async () => {
  const group = new Group()
  const founder = await group.found()
  const member = await joined(group, 'berta')
  const { files } = member
  assert.equal(files.ringId, founder.opened.files.ringId)
  assert.equal(files.identity.address, `${member.machine.address}:9300`)
  assert.deepEqual(files.identity.entryAddresses, [founder.address])
  assert.notEqual(member.id, founder.id)
  const connection = await group.settle(
    member.effects.net.connect({
      endpoint: { host: founder.machine.address, port: 9300 },
      credentials: files.credentials,
      timeoutMs: SECOND_MS,
    }),
  )
  assert.deepEqual(connection.peer, { ringId: files.ringId, memberId: founder.id })
})

test('a token lets one newcomer in, whichever members are asked', async () => {
  const group = new Group(2)
  const founder = await group.found()
  for (const name of ['berta', 'carla', 'dora']) await promoted(group, await joined(group, name))
  const token = await tokenOf(group, founder)
  const { say } = new Said()
  const first = group.joinEffects(group.world.machine())
  await group.settle(joinWithToken(first, selfOf('eva'), { token, say }))
  for (const member of group.members) {
    const effects = group.joinEffects(group.world.machine())
    const { requestPem } = await effects.crypto.makeRequest(STRANGER_ID)
    const asking = askToJoin(effects, {
      newcomer: newcomerOf(requestPem, 'fay'),
      claim: { kind: 'token', text: token, fingerprint: readToken(token).fingerprint },
      addresses: [member.address],
      say,
    })
    await rejectsWith('TOKEN_USED', group.settle(asking))
  }
})

test('joinWithToken() repeated after a lost answer is the same newcomer, and let in', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  const effects = group.joinEffects(group.world.machine())
  // The first try got as far as being enrolled: the member died before it told.
  const sealedDisk = await group.settle(sealedDiskOf(effects, 'members/berta'))
  const own = ownRequest({ ...effects, ...sealedDisk }, 'members/berta')
  const { requestPem } = await group.settle(own)
  const memberId = await effects.crypto.readRequest(requestPem)
  const { tokenId, expiresAtMs } = readToken(token)
  group.partition.run(enrolMember, {
    member: { id: memberId, name: 'berta', address: 'b:1', host: 'berta', roles: ['tweeter'] },
    token: { id: tokenId, expiresAtMs },
  })
  const { say } = new Said()
  const opened = await group.settle(joinWithToken(effects, selfOf('berta'), { token, say }))
  assert.equal(opened.files.identity.memberId, memberId)
  const other = group.joinEffects(group.world.machine())
  await rejectsWith(
    'TOKEN_USED',
    group.settle(joinWithToken(other, selfOf('carla'), { token, say })),
  )
})

test('joinWithToken() repeated on a member’s data opens that member and asks nobody', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  const machine = group.world.machine()
  const effects = group.joinEffects(machine)
  const said = new Said()
  const options = { token, say: said.say }
  const made = await group.settle(joinWithToken(effects, selfOf('berta'), options))
  const asked = said.asked.length
  const again = await group.settle(joinWithToken(effects, selfOf('berta'), options))
  const { ringId, identity } = made.files
  assert.deepEqual(again, { ...made, files: { ringId, identity }, isNew: false })
  assert.equal(said.asked.length, asked)
})

test('joinWithToken() refuses data of another ring', async () => {
  const group = new Group()
  await group.found()
  const other = await group.found()
  const token = await tokenOf(group, other)
  const member = await joined(group, 'berta')
  const { say } = new Said()
  const effects = group.joinEffects(member.machine)
  await rejectsWith(
    'DATA_FOREIGN',
    group.settle(joinWithToken(effects, selfOf('berta'), { token, say })),
  )
})

test('joinWithToken() refuses an expired token', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder, MINUTE_MS)
  await group.world.pass(MINUTE_MS)
  const { say } = new Said()
  const effects = group.joinEffects(group.world.machine())
  await rejectsWith(
    'TOKEN_EXPIRED',
    group.settle(joinWithToken(effects, selfOf('berta'), { token, say })),
  )
})

test('joinWithToken() never shows the token to another ring at the address', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  group.kill(founder)
  const heard: Uint8Array[] = []
  const effects = founder.machine.effects()
  const { ringId } = founder.opened.files
  const authority = await effects.crypto.makeAuthority(ringId, 0)
  const { requestPem, privateKeyPem } = await effects.crypto.makeRequest(founder.id)
  const { certificatePem } = await issueTo(
    effects,
    { ringId, authority },
    { requestPem, roles: [] },
  )
  const credentials = { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
  await group.settle(
    effects.net.listen({
      endpoint: { host: founder.machine.address, port: 9300 },
      credentials: () => credentials,
      connected: () => undefined,
      stranger: (connection) =>
        connection.receive({
          bytes: (bytes) => heard.push(bytes),
          drained: () => undefined,
          closed: () => undefined,
        }),
      refused: () => undefined,
    }),
  )
  const { say } = new Said()
  const newcomer = group.joinEffects(group.world.machine())
  await rejectsWith(
    'TOKEN_WRONG',
    group.settle(joinWithToken(newcomer, selfOf('berta'), { token, say })),
  )
  assert.deepEqual(heard, [])
})

test('joinWithToken() goes on to the next address when a member is dead', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  await group.settle(promoted(group, berta))
  const token = await tokenOf(group, founder)
  group.kill(founder)
  const said = new Said()
  const effects = group.joinEffects(group.world.machine())
  const opened = await group.settle(
    joinWithToken(effects, selfOf('carla'), { token, say: said.say }),
  )
  assert.deepEqual(said.asked, [founder.address, berta.address])
  assert.deepEqual(opened.files.identity.entryAddresses, [berta.address])
})

test('joinWithToken() says which members it could not reach', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  group.kill(founder)
  const { say } = new Said()
  const effects = group.joinEffects(group.world.machine())
  const joining = joinWithToken(effects, selfOf('berta'), { token, say })
  await rejectsWith('RING_NOT_REACHABLE', group.settle(joining))
})

test('joinWithToken() asks again when a member that starts beside it answers a moment later', async () => {
  const group = new Group()
  const founder = await group.found()
  const token = await tokenOf(group, founder)
  founder.machine.kill()
  const said = new Said()
  const effects = group.joinEffects(group.world.machine())
  const joining = joinWithToken(effects, selfOf('berta'), { token, say: said.say })
  await group.world.until(
    () => said.news.some(({ kind }) => kind === 'failed'),
    'a first answer',
    MINUTE_MS,
  )
  await group.restart(founder)
  assert.equal((await group.settle(joining)).isNew, true)
})

test('a member without the key sends newcomers to members that hold it', async () => {
  const group = new Group()
  const founder = await group.found()
  const door = await joined(group, 'door', ['entry', 'chord'])
  assert.equal(door.enrolment.mayEnrol(), false)
  const said = new Said()
  const effects = group.joinEffects(group.world.machine())
  const done = joinByDiscovery(effects, selfOf('carla'), {
    say: said.say,
    discoveryPort: DISCOVERY_PORT,
    askAt: [],
  })
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, 'a code', MINUTE_MS)
  assert.equal(door.discovery.counters.answered, 0)
  assert.ok(door.discovery.counters.unanswered > 0)
  const asking = joinWithToken(group.joinEffects(group.world.machine()), selfOf('dora'), {
    token: await tokenAt(group, founder, door),
    say: said.say,
  })
  assert.equal((await group.settle(asking)).isNew, true)
  assert.deepEqual(said.asked.slice(-2), [door.address, founder.address])
})
