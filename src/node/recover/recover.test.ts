import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MOMENTS, type Moment } from '../../../sim/world/moments.ts'
import { present } from '../../base/assert.ts'
import { isAnilloError } from '../../base/errors.ts'
import { pick, SeededChance } from '../../base/random.ts'
import { TABLE, TestRing, type TestMember } from '../../store/group/hosts.test-helper.ts'
import { RING_PROCEDURES } from '../../store/roster/procedures.ts'
import { jsonOf, MEMBERS_PK, readMemberRow } from '../../store/roster/rows.ts'
import { partitionOf, RING_PARTITION, RING_TABLE } from '../../wire/partition.ts'
import { lookAtGeneration, readGeneration } from '../store/generation.ts'
import { recoverRing } from './recover.ts'
import { survey } from './survey.ts'
import { openStored, type Survivor } from './survivor.ts'

const KEYS = Array.from({ length: 12 }, (_, at) => `apple/${at}`)
const GROUPS = [RING_PARTITION, partitionOf(TABLE, 'apple')]
const KEY = new Uint8Array(32).fill(7)
const RUN_WITHIN_MS = 60_000
const DISK_MOMENTS = MOMENTS.filter((moment) => /write|sync/.test(moment))

/** Five members that hold records; then all are stopped, and three are lost for good. */
async function ringOfFive(seed: number): Promise<TestRing> {
  const ring = await TestRing.founded({
    seed,
    members: 5,
    groups: GROUPS,
    procedures: RING_PROCEDURES,
  })
  const first = ring.member(0)
  for (const { id, machine } of ring.members) {
    const { name } = machine
    const member = { id, name, address: `${name}:1`, host: name, roles: ['tweeter'] }
    await ring.call(first, RING_PARTITION, { procedure: 'ring.enrol', input: { member } })
  }
  for (const key of KEYS) await ring.put(first, key, `of ${key}`)
  for (const member of ring.members) member.kill()
  return ring
}

function survivorsOf(ring: TestRing): readonly TestMember[] {
  return ring.members.slice(0, 2)
}

/** As `anillo recover` does it. @returns who was revoked */
async function recover(ring: TestRing): Promise<readonly string[]> {
  const survivors: Survivor[] = []
  for (const { id, machine } of survivorsOf(ring)) {
    const opening = { name: machine.name, id, effects: machine.effects(), key: KEY }
    survivors.push(await openStored(opening, async () => undefined))
  }
  const numbers = await Promise.all(
    survivors.map(async ({ effects }) => (await lookAtGeneration(effects.disk)).number),
  )
  const generation = 1 + Math.max(...numbers)
  const groups = survey(survivors, GROUPS)
  const revoked = await recoverRing({ survivors, groups, generation, onProgress: () => undefined })
  for (const survivor of survivors) await survivor.close()
  return revoked
}

/** @returns whether it was struck before it was done; then both machines lost power. */
async function recoverUntil(
  ring: TestRing,
  { at, moment, count }: { at: TestMember; moment: Moment; count: number },
): Promise<boolean> {
  let isStruck = false
  at.machine.moments.lieInWait({
    moment,
    count,
    strike: () => {
      isStruck = true
      for (const { machine } of survivorsOf(ring)) machine.losePower()
    },
  })
  let isDone = false
  recover(ring).then(
    () => {
      isDone = true
    },
    (error: unknown) => {
      if (!isStruck) throw error
    },
  )
  await ring.world.until(() => isStruck || isDone, 'done or struck', RUN_WITHIN_MS)
  at.machine.moments.forget()
  for (const { machine } of survivorsOf(ring)) machine.givePower()
  return isStruck
}

/** None starts, or each is as it was before. */
async function checkStartable(ring: TestRing): Promise<void> {
  const disks = survivorsOf(ring).map(({ machine }) => machine.effects().disk)
  const generations = await ring.settle(
    Promise.all(disks.map((disk) => lookAtGeneration(disk))),
    'generations',
  )
  if (!generations.every(({ isRecovering }) => isRecovering)) return
  for (const disk of disks) {
    const refused = assert.rejects(readGeneration(disk), (thrown) =>
      isAnilloError(thrown, 'RECOVERY_UNFINISHED'),
    )
    await ring.settle(refused, 'a start is refused')
  }
}

/** The two go on, with all that was told as done, and know that the others are out. */
async function checkRecovered(ring: TestRing): Promise<void> {
  const disks = survivorsOf(ring).map(({ machine }) => machine.effects().disk)
  const [generation, other] = await ring.settle(
    Promise.all(disks.map((disk) => readGeneration(disk))),
    'generations',
  )
  assert.equal(generation, other)
  ring.generation = present(generation, 'generation')
  assert.ok(ring.generation > 1)
  for (const { machine } of survivorsOf(ring)) machine.kill()
  for (const member of survivorsOf(ring)) await member.start()
  for (const group of GROUPS) await ring.until(() => ring.leaderOf(group) !== undefined, 'a leader')
  const leader = present(ring.leaderOf(partitionOf(TABLE, 'apple')), 'leader')
  for (const key of KEYS) assert.equal(await ring.get(leader, key), `of ${key}`)
  ring.forgetSessions()
  await ring.put(leader, 'apple/0', 'of the next generation')
  assert.equal(await ring.get(leader, 'apple/0'), 'of the next generation')
  const roster = present(ring.leaderOf(RING_PARTITION), 'leader').host.replica(RING_PARTITION)
  const rows = roster?.list({ table: RING_TABLE, pk: MEMBERS_PK, limit: 10 }).items ?? []
  const states = rows.map(({ value }) => String(readMemberRow(jsonOf(value))?.state))
  assert.deepEqual(states.toSorted(), ['active', 'active', 'removed', 'removed', 'removed'])
}

test('recoverRing() goes on with two of five: nothing told is lost, the missing are out', async () => {
  const ring = await ringOfFive(1)
  const revoked = await ring.settle(recover(ring), 'recovery')
  const missing = ring.members.slice(2).map(({ id }) => id)
  assert.deepEqual(revoked.toSorted(), missing.toSorted())
  await checkRecovered(ring)
})

test('recoverRing() broken off at any step by a loss of power is done by running it again', async () => {
  for (const moment of DISK_MOMENTS) {
    let isStruck = true
    for (let count = 1; isStruck; count += 7) {
      const ring = await ringOfFive(count)
      const at = present(survivorsOf(ring)[count % 2], 'survivor')
      isStruck = await recoverUntil(ring, { at, moment, count })
      await checkStartable(ring)
      if (isStruck) await ring.settle(recover(ring), 'recovery')
      await checkRecovered(ring)
    }
  }
})

test('recoverRing() broken off again and again, each time a step later, comes to its end', async () => {
  const ring = await ringOfFive(3)
  const chance = new SeededChance(3)
  for (let count = 1; ; count++) {
    const at = pick(chance, survivorsOf(ring))
    const moment = pick(chance, DISK_MOMENTS)
    if (!(await recoverUntil(ring, { at, moment, count }))) break
    assert.ok(count < 500, 'it comes to its end')
  }
  await checkRecovered(ring)
})
