import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { copyAuthority, noteToken, redeemToken, renewCertificate } from '../../wire/enrolment.ts'
import type { Method } from '../../wire/method.ts'
import { makeJoinToken, type OpenedMember } from './commands.ts'
import { ADMISSION_WAIT_MS, CODES_PER_MINUTE_MAX, STRANGERS_MAX, WAITING_MAX } from './door.ts'
import { CERTIFICATE_VALID_MS, issueTo, ownRequest } from './found.ts'
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
import { readMember } from './ring-files.ts'
import { makeToken, readToken } from './token.ts'

const STRANGER_ID = parseMemberId('f'.repeat(32))

async function tokenOf(group: Group, member: GroupMember, validForMs = HOUR_MS): Promise<string> {
  const peers = group.members.map(({ address }) => address)
  return (await group.settle(makeJoinToken(member.effects, { validForMs, peers }))).text
}

async function joined(
  group: Group,
  name: string,
  roles = selfOf(name).roles,
): Promise<GroupMember> {
  const [founder] = group.members
  assert.ok(founder)
  const token = await tokenOf(group, founder)
  const machine = group.world.machine()
  const effects = group.joinEffects(machine)
  const { say } = new Said()
  const opened = await group.settle(joinWithToken(effects, selfOf(name, roles), { token, say }))
  return group.run(machine, opened)
}

/** Asks a member as another one does over RPC. */
async function ask(
  member: GroupMember,
  method: Pick<Method, 'name'>,
  question: object,
  caller: MemberId,
): Promise<unknown> {
  const handler = member.served.handlers.get(method.name) ?? assert.fail(method.name)
  const signal = new AbortController().signal
  return handler(question, { caller, signal, timeLeftMs: SECOND_MS })
}

interface Waiter {
  readonly said: Said
  readonly done: Promise<OpenedMember>
}

/** A newcomer without a token, until it has shown its code. */
async function waiter(group: Group, name: string): Promise<Waiter> {
  const said = new Said()
  const effects = group.joinEffects(group.world.machine())
  const done = joinByDiscovery(effects, selfOf(name), {
    say: said.say,
    discoveryPort: DISCOVERY_PORT,
    askAt: [],
  })
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, `${name} shows its code`, MINUTE_MS)
  return { said, done }
}

test('joinWithToken() enrols a newcomer whose papers the ring accepts', async () => {
  const group = new Group()
  const founder = await group.found()
  const member = await joined(group, 'berta')
  const { files } = member.opened
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
      newcomer: { requestPem, name: 'fay', roles: ['entry'] },
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
  // The first try got as far as the token's being noted.
  const { requestPem } = await group.settle(ownRequest(effects, 'members/berta'))
  const memberId = await effects.crypto.readRequest(requestPem)
  const { tokenId, expiresAtMs } = readToken(token)
  const noted = ask(founder, redeemToken, { tokenId, memberId, expiresAtMs }, memberId)
  assert.deepEqual(await group.settle(noted), { outcome: 'fresh' })
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
  assert.deepEqual(again, { ...made, isNew: false })
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

/** A token that names a member without the key only. */
async function tokenAt(group: Group, founder: GroupMember, at: GroupMember): Promise<string> {
  const { ringId, authority } = founder.opened.files
  assert.ok(authority)
  const addresses = [at.address]
  return makeToken(
    group.members[0]?.effects ?? assert.fail(),
    { ringId, authority },
    { validForMs: HOUR_MS, addresses },
  ).text
}

/** Waits until the member holds the authority's key. */
async function promoted(group: Group, member: GroupMember): Promise<void> {
  member.enrolment.start()
  await group.world.until(() => member.enrolment.mayEnrol(), 'it holds the key', MINUTE_MS)
}

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

test('admit() lets in the machine whose code the person typed, at whichever member it waits', async () => {
  const group = new Group()
  await group.found()
  const berta = await joined(group, 'berta')
  const { said, done } = await waiter(group, 'carla')
  const [code] = said.codes
  assert.ok(code !== undefined && /^\d{6}$/.test(code))
  for (const member of group.members) {
    const waiting = await group.settle(member.enrolment.waiting())
    assert.deepEqual(
      waiting.map((one) => [one.code, one.name]),
      [[code, 'carla']],
    )
  }
  await group.settle(berta.enrolment.admit(code))
  const opened = await group.settle(done)
  assert.equal(opened.isNew, true)
  assert.deepEqual(await group.settle(berta.enrolment.waiting()), [])
})

test('nobody is let in before a person admits: after ten minutes the newcomer is refused', async () => {
  const group = new Group()
  const founder = await group.found()
  const { done } = await waiter(group, 'berta')
  let isOver = false
  done.catch(() => (isOver = true))
  await group.world.pass(ADMISSION_WAIT_MS - 2 * SECOND_MS)
  assert.equal(isOver, false)
  await rejectsWith('ADMISSION_REFUSED', group.settle(done))
  assert.deepEqual(await group.settle(founder.enrolment.waiting()), [])
})

test('admit() refuses codes that nobody shows, and a series of guesses', async () => {
  const group = new Group()
  const founder = await group.found()
  const { said } = await waiter(group, 'berta')
  const [code] = said.codes
  const wrong = code === '000000' ? '000001' : '000000'
  for (let i = 0; i < 10; i++) {
    await rejectsWith('ADMISSION_UNKNOWN', group.settle(founder.enrolment.admit(wrong)))
  }
  await rejectsWith('BUSY', group.settle(founder.enrolment.admit(code ?? '')))
  await group.world.pass(MINUTE_MS)
  await group.settle(founder.enrolment.admit(code ?? ''))
})

test('a newcomer that waits at a member that dies waits at the next, with another code', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  await promoted(group, berta)
  const { said, done } = await waiter(group, 'carla')
  const first = said.asked[0] === founder.address ? founder : berta
  const second = first === founder ? berta : founder
  group.kill(first)
  await group.world.until(() => said.codes.length === 2, 'another code', MINUTE_MS)
  assert.notEqual(said.codes[0], said.codes[1])
  await group.settle(second.enrolment.admit(said.codes[1] ?? ''))
  assert.equal((await group.settle(done)).isNew, true)
})

test('a newcomer that leaves is no longer listed', async () => {
  const group = new Group()
  const founder = await group.found()
  const machine = group.world.machine()
  const effects = group.joinEffects(machine)
  const said = new Said()
  const gone = new AbortController()
  const options = { say: said.say, discoveryPort: DISCOVERY_PORT, askAt: [], signal: gone.signal }
  const done = joinByDiscovery(effects, selfOf('berta'), options)
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, 'a code', MINUTE_MS)
  gone.abort()
  await rejectsWith('RPC_CANCELLED', group.settle(done))
  await group.world.pass(SECOND_MS)
  assert.deepEqual(await group.settle(founder.enrolment.waiting()), [])
})

test('admitLocalMs lets the local network in at any member, and not a moment longer', async () => {
  const group = new Group()
  const founder = await group.found({ admitLocalMs: 10 * MINUTE_MS })
  const found = async (name: string, machine = group.world.machine()) => {
    const options = { say: () => undefined, discoveryPort: DISCOVERY_PORT, askAt: [] }
    const opened = await group.settle(
      joinByDiscovery(group.joinEffects(machine), selfOf(name), options),
    )
    return group.run(machine, opened)
  }
  const berta = await found('berta')
  await promoted(group, berta)
  // Only the other member hears this one, and must ask the founder whether the window is open.
  const machine = group.world.machine()
  group.world.links.block({ from: machine.address, to: founder.machine.address })
  const carla = await found('carla', machine)
  assert.deepEqual(carla.opened.files.identity.entryAddresses[0], berta.address)
  assert.ok(founder.enrolment.admitsLocalUntilMs() !== undefined)
  await group.world.pass(10 * MINUTE_MS)
  assert.equal(founder.enrolment.admitsLocalUntilMs(), undefined)
  const { done } = await waiter(group, 'dora')
  await rejectsWith('ADMISSION_REFUSED', group.settle(done, 2 * ADMISSION_WAIT_MS))
})

test('admitLocalMs lets nobody in from beyond a router', async () => {
  const group = new Group()
  const founder = await group.found({ admitLocalMs: HOUR_MS })
  const machine = group.world.machine({ segment: 7 })
  const said = new Said()
  const options = { say: said.say, discoveryPort: DISCOVERY_PORT, askAt: [founder.machine.address] }
  const done = joinByDiscovery(group.joinEffects(machine), selfOf('berta'), options)
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, 'a code', MINUTE_MS)
  await group.world.pass(SECOND_MS)
  assert.equal((await group.settle(founder.enrolment.waiting())).length, 1)
  await rejectsWith('ADMISSION_REFUSED', group.settle(done, 2 * ADMISSION_WAIT_MS))
})

test('the door bounds who waits, how many codes a minute it gives, and who is connected', async () => {
  const group = new Group()
  const founder = await group.found()
  const waiters: Waiter[] = []
  for (let i = 0; i < WAITING_MAX; i++) waiters.push(await waiter(group, `w${i}`))
  await rejectsWith('BUSY', joinNow(group))
  assert.equal((await group.settle(founder.enrolment.waiting())).length, WAITING_MAX)
  for (let i = waiters.length + 1; i < CODES_PER_MINUTE_MAX; i++)
    await rejectsWith('BUSY', joinNow(group))
  const [first] = waiters
  await group.settle(founder.enrolment.admit(first?.said.codes[0] ?? ''))
  await rejectsWith('BUSY', joinNow(group))
  await group.world.pass(MINUTE_MS)
  await waiter(group, 'later')

  const machine = group.world.machine()
  const { net } = machine.effects()
  const endpoint = { host: founder.machine.address, port: 9300 }
  let closed = 0
  for (let i = 0; i < STRANGERS_MAX; i++) {
    const silent = await group.settle(net.connectAsStranger({ endpoint, timeoutMs: SECOND_MS }))
    silent.receive({ bytes: () => undefined, drained: () => undefined, closed: () => closed++ })
  }
  await rejectsWith('BUSY', joinNow(group))
  await group.world.pass(MINUTE_MS)
  assert.equal(closed, STRANGERS_MAX, 'who says nothing is not kept')
})

async function joinNow(group: Group): Promise<unknown> {
  const effects = group.joinEffects(group.world.machine())
  const options = { say: () => undefined, discoveryPort: DISCOVERY_PORT, askAt: [] }
  return group.settle(joinByDiscovery(effects, selfOf('late'), options))
}

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
