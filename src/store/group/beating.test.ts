import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { SentBundle } from '../../../sim/store/virtual-peers.ts'
import { present } from '../../base/assert.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { partitionOf } from '../../wire/partition.ts'
import { TABLE, TestRing, type TestMember } from './hosts.test-helper.ts'

const PK = 'apple'
const GROUP = partitionOf(TABLE, PK)
const OTHER = partitionOf(TABLE, 'pear')
const BEATS_A_SECOND = 10

/** Two members, each of which leads one of two groups. */
async function ringOfTwo(): Promise<TestRing> {
  const ring = await TestRing.founded({ members: 2, groups: [GROUP, OTHER] })
  const second = ring.member(1)
  ring.member(0).host.transfer(OTHER, second.id)
  await ring.until(() => second.host.status(OTHER)?.isReady === true, 'the second leads')
  await ring.put(ring.member(0), PK, 'red')
  await ring.world.pass(SECOND_MS)
  return ring
}

function bundlesOf(ring: TestRing): SentBundle[] {
  const sent: SentBundle[] = []
  ring.network.onSent((one) => sent.push(one))
  return sent
}

const leaderOf = (ring: TestRing): TestMember => present(ring.leaderOf(GROUP), 'leader')

test('an idle member that is beaten to answers with its own next beat', async () => {
  const ring = await ringOfTwo()
  const sent = bundlesOf(ring)
  await ring.world.pass(10 * SECOND_MS)
  assert.ok(sent.length <= 2 * 10 * BEATS_A_SECOND, `${sent.length} bundles`)
  assert.ok(sent.every(({ bundle }) => bundle.beat !== undefined))
  const answered = sent.filter(({ bundle }) => bundle.beatAnswer !== undefined)
  assert.ok(answered.length >= sent.length - 2)
  assert.ok([GROUP, OTHER].every((group) => ring.leaderOf(group) !== undefined))
})

test('a round that reads wait for is answered at once, by who beats as well', async () => {
  const ring = await ringOfTwo()
  const leader = leaderOf(ring)
  for (let read = 0; read < 20; read++) {
    const startMs = ring.world.nowMs
    const outcome = await ring.settle(
      leader.host.confirmRead(GROUP, { timeoutMs: SECOND_MS }),
      'a read',
    )
    assert.equal(outcome, 'ready')
    const tookMs = ring.world.nowMs - startMs
    assert.ok(tookMs < 20, `a read took ${tookMs} ms`)
    await ring.world.pass(37)
  }
})

test('who leads nothing answers each beat at once', async () => {
  const ring = await TestRing.founded({ members: 2, groups: [GROUP] })
  await ring.world.pass(SECOND_MS)
  const leader = leaderOf(ring)
  const sent = bundlesOf(ring)
  await ring.world.pass(SECOND_MS)
  const answers = sent.filter(({ from }) => from !== leader.id)
  assert.ok(answers.length >= BEATS_A_SECOND - 1, `${answers.length} answers`)
  assert.ok(answers.every(({ bundle }) => bundle.beatAnswer !== undefined))
})
