/**
 * Rings of one to five members: `mayFail` says how many may die. So many are killed, and every key
 * is acknowledged as before; one more, and what needed it is refused soon, with its name.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import type { Ring } from '../../src/wire/api.ts'
import { partitionIdOf, partitionOf } from '../../src/wire/partition.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { RealRing } from '../process/ring.ts'

/** By number of members (docs/members.md, *What a ring bears*). */
const MAY_FAIL = [0, 0, 1, 1, 2] as const
const TABLE = 'margin'
/** Partition whose voters are killed. */
const PARTITION = partitionIdOf(7)
const KEYS = 64
/**
 * The connections break, then a second of waiting for those who might be back
 * (docs/spec/routing.md).
 */
const REFUSED_WITHIN_MS = 4_000
const REFUSALS_MAX = 10

for (const [at, mayFail] of MAY_FAIL.entries()) {
  const members = at + 1
  test(`a ring of ${members}: ${mayFail} may fail, and not one more`, async () => {
    await using ring = await RealRing.start({ members, flags: ['--no-restart'] })
    const before = await ring.until(0, (now) => now.mayFail === mayFail)
    const [last, ...others] = doomedOf(before, mayFail + 1).toReversed()

    const door = doorBeside(members, [last, ...others])
    await putAll(ring, door)
    await Promise.all(others.map((name) => ring.signal(name, 'SIGKILL')))
    await putAll(ring, door)
    await ring.until(door, (now) => now.mayFail === 0)
    if (members === 1) return
    assert.ok(last)
    await ring.signal(last, 'SIGKILL')
    await put(ring, door, keyIn(PARTITION))
    const tookMs = await refusal(ring, door, new RegExp(`not reached: [^.]*${last}`))
    assert.ok(tookMs < REFUSED_WITHIN_MS, `${Math.round(tookMs)} ms`)
  })
}

/** @returns how long the quickest of some refusals took: a busy machine puts many off. */
async function refusal(ring: RealRing, door: number, told: RegExp): Promise<number> {
  const tookMs: number[] = []
  for (let tries = 0; tries < REFUSALS_MAX; tries++) {
    const sinceMs = performance.now()
    const refused = await put(ring, door, keyIn(PARTITION))
    tookMs.push(performance.now() - sinceMs)
    assert.equal(refused.status, 503)
    assert.match(await refused.text(), told)
    if (Math.min(...tookMs) < REFUSED_WITHIN_MS) break
  }
  return Math.min(...tookMs)
}

/** Voters of the partition, so many; the member that founded the ring goes last, if at all. */
function doomedOf(ring: Ring, count: number): readonly string[] {
  const { voters } = present(
    ring.partitions.find(({ id }) => id === PARTITION),
    'partition',
  )
  const names = voters.map((voter) => ring.enrolled?.find(({ id }) => id === voter)?.name ?? '')
  return names.toSorted().toReversed().slice(0, count)
}

/** Of a member that lives to the end; of a ring of one, its own. */
function doorBeside(members: number, doomed: readonly (string | undefined)[]): number {
  const doors = Array.from({ length: members }, (_, index) => index)
  return doors.find((index) => !doomed.includes(`n${index + 1}`)) ?? 0
}

function keyIn(partition: number): string {
  const keys = Array.from({ length: 100 * KEYS }, (_, index) => `k${index}`)
  return present(
    keys.find((key) => partitionOf(TABLE, key) === partition),
    'key',
  )
}

async function putAll(ring: RealRing, door: number): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (let key = 0; key < KEYS; key++) {
    for (;;) {
      const answer = await put(ring, door, `k${key}`)
      if (answer.ok) break
      const text = await answer.text()
      assert.equal(answer.status, 503, text)
      assert.ok(performance.now() < deadlineMs, text)
    }
  }
}

function put(ring: RealRing, door: number, key: string): Promise<Response> {
  return ring.fetch(`${ring.door(door)}/v1/kv/${TABLE}/${key}/v`, { method: 'PUT', body: 'here' })
}
