import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { setMemberState } from '../../store/roster/procedures.ts'
import { copyAuthority } from '../../wire/enrolment.ts'
import { ask, joined, promoted, tokenOf } from './group-steps.test-helper.ts'
import { filesIn, Group, rejectsWith, Said, selfOf, type GroupMember } from './group.test-helper.ts'
import { joinWithToken } from './join.ts'
import { awaited, reported } from './rotation.ts'

/** A founder, two that store, a door; all run and hold what they should. */
async function ringOfFour(seed = 1): Promise<{ group: Group; members: readonly GroupMember[] }> {
  const group = new Group(seed)
  const founder = await group.found()
  founder.enrolment.start()
  // `init` and `up` write the founder's row when it starts.
  group.enrolSelf(founder)
  const berta = await joined(group, 'berta')
  await promoted(group, berta)
  const carla = await joined(group, 'carla')
  await promoted(group, carla)
  const door = await joined(group, 'door', ['entry', 'chord'])
  door.enrolment.start()
  return { group, members: [founder, berta, carla, door] }
}

async function phaseOf(group: Group, member: GroupMember): Promise<string | undefined> {
  return (await group.settle(member.enrolment.rotation()))?.phase
}

/** Until the member says that it is over, and the others had time to hear it. */
async function done(group: Group, member: GroupMember): Promise<void> {
  let phase: string | undefined
  for (let passed = 0; phase !== 'done' && passed < 100; passed++) {
    await group.world.pass(SECOND_MS)
    phase = await phaseOf(group, member)
  }
  assert.equal(phase, 'done')
  await group.world.pass(30 * SECOND_MS)
}

/** Each connects with each, both ways, as their papers are now. */
async function allMeet(group: Group, members: readonly GroupMember[]): Promise<void> {
  for (const from of members) {
    for (const to of members) {
      if (from === to) continue
      const connection = await group.settle(
        from.effects.net.connect({
          endpoint: { host: to.machine.address, port: 9300 },
          credentials: from.enrolment.credentials(),
          timeoutMs: 5 * SECOND_MS,
        }),
      )
      assert.equal(connection.peer.memberId, to.id)
    }
  }
}

async function fails(group: Group, from: GroupMember, to: GroupMember, old: GroupMember['files']) {
  await rejectsWith(
    'RPC_UNREACHABLE',
    group.settle(
      from.effects.net.connect({
        endpoint: { host: to.machine.address, port: 9300 },
        credentials: { ...from.enrolment.credentials(), ...old.credentials },
        timeoutMs: 5 * SECOND_MS,
      }),
    ),
  )
}

test('rotateAuthority() gives all members papers of another authority; those of the old one count no more', async () => {
  const { group, members } = await ringOfFour()
  const [founder, berta, , door] = members
  assert.ok(founder && berta && door)
  const before = new Map(members.map((member) => [member, member.enrolment.credentials()]))
  const token = await tokenOf(group, founder)
  // Asked of one that holds no key: it passes the question on.
  await group.settle(door.enrolment.rotateAuthority())
  for (let step = 0; step < 40; step++) {
    await group.world.pass(SECOND_MS / 4)
    await allMeet(group, members)
  }
  await done(group, founder)
  await allMeet(group, members)
  const authorities = new Set(members.map((member) => member.enrolment.credentials().authorityPem))
  assert.equal(authorities.size, 1)
  for (const member of members) {
    const { alsoTrustedPems, authorityPem } = member.enrolment.credentials()
    assert.equal(alsoTrustedPems, undefined)
    assert.notEqual(authorityPem, before.get(member)?.authorityPem)
    const { files } = await group.settle(filesIn(member.effects, member.opened.directory))
    assert.deepEqual(files.credentials, member.enrolment.credentials())
    assert.equal(files.authority?.former, undefined)
    assert.equal(files.authority?.number, member === door ? undefined : 1)
  }
  // What was stolen before opens nothing any more.
  await fails(group, berta, founder, berta.files)
  const effects = group.joinEffects(group.world.machine())
  const { say } = new Said()
  await rejectsWith(
    'TOKEN_WRONG',
    group.settle(joinWithToken(effects, selfOf('dora'), { token, say })),
  )
  // The ring lets others in as before, and again hands its key on to those that store alone.
  const eva = await joined(group, 'eva')
  await promoted(group, eva)
  await allMeet(group, [...members, eva])
  const { roles, warrant } = door.files.identity
  await rejectsWith(
    'FORBIDDEN',
    ask(founder, copyAuthority, { roles: ['tweeter'], warrant }, door.id),
  )
  assert.deepEqual(roles, ['entry', 'chord'])
})

test('a rotation waits for who is away, goes on without who is removed, and again after a restart', async () => {
  const { group, members } = await ringOfFour(3)
  const [founder, berta, carla, door] = members
  assert.ok(founder && berta && carla && door)
  berta.enrolment.close()
  await group.settle(founder.enrolment.rotateAuthority())
  await group.world.pass(MINUTE_MS)
  assert.deepEqual(await group.settle(founder.enrolment.rotation()).then((now) => now?.waitsFor), [
    berta.id,
  ])
  await allMeet(group, members)
  // It begins nothing else meanwhile.
  assert.equal((await group.settle(carla.enrolment.rotateAuthority())).number, 1)
  // Whoever began it dies; who was away comes back with what is on its disk.
  group.kill(founder)
  const back = await group.restart(berta)
  back.enrolment.start()
  await group.world.until(
    () => back.enrolment.credentials().alsoTrustedPems !== undefined,
    'it trusts both',
    MINUTE_MS,
  )
  await group.world.pass(MINUTE_MS)
  assert.equal(await phaseOf(group, carla), 'renewing')
  assert.deepEqual((await group.settle(carla.enrolment.rotation()))?.waitsFor, [founder.id])
  group.partition.run(setMemberState, { id: founder.id, order: 'remove' })
  await done(group, carla)
  await allMeet(group, [back, carla, door])
  // The next one is another.
  await group.settle(door.enrolment.rotateAuthority())
  await done(group, carla)
  assert.equal((await group.settle(back.enrolment.rotation()))?.number, 2)
  await allMeet(group, [back, carla, door])
})

test('newcomers that are let in at any moment of a rotation have papers that count at its end', async () => {
  const { group, members } = await ringOfFour(5)
  const [founder] = members
  assert.ok(founder)
  await group.settle(founder.enrolment.rotateAuthority())
  const all = [...members]
  for (const name of ['eva', 'flora', 'gina', 'hilda']) {
    const newcomer = await joined(group, name)
    newcomer.enrolment.start()
    all.push(newcomer)
    await allMeet(group, all)
    await group.world.pass(SECOND_MS / 2)
  }
  await done(group, founder)
  await group.world.pass(2 * MINUTE_MS)
  await allMeet(group, all)
})

const IDS = ['a', 'b', 'c'].map((letter) => letter.repeat(32))

test('reported() moves on when all that are in the ring have said so, and never back', () => {
  const [a = '', b = '', c = ''] = IDS
  const listed = (...states: readonly ('active' | 'gone' | 'removed' | 'draining')[]) =>
    states.map((state, at) => ({ id: (IDS[at] ?? '') as never, state }))
  const begun = {
    ringId: 'f'.repeat(32),
    number: 1,
    phase: 'trusting' as const,
    beganAtMs: 1,
    certificatePem: 'x',
    sealedKey: 'aa',
    done: [],
  }
  const two = listed('active', 'draining')
  const first = reported(begun, a, two)
  assert.deepEqual(first, { ...begun, done: [a] })
  assert.ok(first)
  assert.deepEqual(awaited(first, two), [b])
  assert.equal(reported(first, a, two), undefined)
  const renewing = reported(first, b, two)
  assert.deepEqual(renewing, { ...begun, phase: 'renewing' })
  assert.ok(renewing)
  // One that is gone or removed is not waited for, one that came in is.
  assert.deepEqual(awaited(renewing, listed('active', 'gone', 'removed')), [a])
  const over = reported(renewing, a, listed('active', 'gone', 'removed'))
  assert.deepEqual(over, { ...begun, phase: 'done', sealedKey: '' })
  assert.ok(over)
  assert.equal(reported(over, c, listed('active', 'active', 'active')), undefined)
  assert.deepEqual(awaited(over, listed('active')), [])
})
