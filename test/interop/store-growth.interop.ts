/**
 * A ring of five hosts grows to seven under load, and two of the first five are drained and taken
 * out: no client sees an error, every replica is in place, leaders are spread, nothing is lost.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { checkLinearizable } from '../../sim/store/linearizable.ts'
import { RingOwner } from '../../src/node/ring-owner.ts'
import type { Ring } from '../../src/wire/api.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { RecordLoad } from '../process/record-load.ts'
import { openPlaces, type Place } from './places.ts'

const FOUNDERS = 5
const MEMBERS = 7
const LEAVING = ['m2', 'm4']
const READY = /^anillo ready http/
/** A minute by default: how long the list must be still before replicas follow it. */
const STABLE_MS = 5_000
const LOOK_EVERY_MS = 1_000
const PARTITIONS = 64

test('two members join under load, two are drained and leave: nobody notices', async (t) => {
  await using places = openPlaces({ count: MEMBERS, kind: 'loopback' })
  const [first, ...others] = places.all
  assert.ok(first)
  await ready(first, 'init')
  for (const place of others.slice(0, FOUNDERS - 1)) await joined(first, place)
  await until(first, (ring) => isInPlace(ring, FOUNDERS))

  const { exitCode: chosen, err: why } = await first.run('setting', 'stableMs', String(STABLE_MS))
  assert.equal(chosen, 0, why)

  const doors = places.all.slice(0, FOUNDERS).filter(({ name }) => !LEAVING.includes(name))
  const urls = doors.map(({ http }) => `http://localhost:${http}`)
  const owner = await RingOwner.of(first.data, urls)
  const load = new RecordLoad({
    doors: urls,
    authorization: await owner.keyFor(['store.read', 'store.write']),
    clients: 8,
    keys: 50,
    operations: Infinity,
    seed: 4,
    // What goes slowly on a busy machine is no error; what is not answered at all is.
    patienceMs: PATIENCE_MS,
  })
  const loading = load.run()
  for (const place of others.slice(FOUNDERS - 1)) await joined(first, place)
  const grown = await until(first, (ring) => isInPlace(ring, MEMBERS))
  t.diagnostic(`seven: ${leadersOf(grown)}`)
  for (const name of LEAVING) {
    const { exitCode, out, err } = await first.run('member', 'remove', name)
    assert.equal(exitCode, 0, `${out}\n${err}`)
  }
  const left = await until(first, (ring) => isInPlace(ring, MEMBERS - LEAVING.length))
  t.diagnostic(`five again: ${leadersOf(left)}`)
  load.stop()
  const { acknowledged, gapMs, troubles, unknown } = await loading
  t.diagnostic(`${acknowledged} changes acknowledged; longest gap ${gapMs.toFixed(0)} ms`)
  assert.deepEqual(troubles, [])
  assert.equal(unknown, 0)
  await load.readAll()
  for (const [key, history] of load.report().histories) {
    const verdict = checkLinearizable(history)
    assert.equal(verdict.kind, 'linearizable', `${key}: ${JSON.stringify(verdict)}`)
  }
  const leads = leadsOf(left)
  assert.ok(Math.max(...leads) - Math.min(...leads) <= SPREAD_MAX, leadersOf(left))
})

/** Between the member that leads most and the one that leads least, of 64 groups. */
const SPREAD_MAX = 4

async function ready(place: Place, ...words: readonly string[]): Promise<void> {
  await place.start(...words).says(READY)
}

async function joined(first: Place, place: Place): Promise<void> {
  const { out } = await first.run('token')
  await ready(place, 'join', /anillo1-\S+/.exec(out)?.[0] ?? '')
}

async function ringAt(place: Place): Promise<Ring> {
  const response = await fetch(`http://localhost:${place.http}/v1/ring`)
  return (await response.json()) as Ring
}

/**
 * Nothing moves or waits, all groups have five voters and a leader, and all who store hold some.
 */
function isInPlace(ring: Ring, hosts: number): boolean {
  const storing = (ring.enrolled ?? []).filter(({ state }) => state === 'active')
  return (
    storing.length === hosts &&
    storing.every(({ holds }) => holds > 0) &&
    ring.partitions.length === PARTITIONS &&
    ring.partitions.every(
      ({ leader, voters, learners, moves }) =>
        leader !== '' &&
        voters.length === Math.min(FOUNDERS, hosts) &&
        learners.length === 0 &&
        (moves ?? []).length === 0 &&
        voters.every((voter) => storing.some(({ id }) => id === voter)),
    ) &&
    ring.mayFail === 2
  )
}

async function until(place: Place, wished: (ring: Ring) => boolean): Promise<Ring> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const ring = await ringAt(place)
    if (wished(ring)) return ring
    const moves = ring.partitions.flatMap(({ id, moves: some }) =>
      (some ?? []).map((move) => [id, move]),
    )
    assert.ok(performance.now() < deadlineMs, JSON.stringify([ring.enrolled, moves], null, 1))
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

function leadsOf(ring: Ring): readonly number[] {
  return (ring.enrolled ?? [])
    .filter(({ state }) => state === 'active')
    .map(({ id }) => ring.partitions.filter(({ leader }) => leader === id).length)
}

function leadersOf(ring: Ring): string {
  return (ring.enrolled ?? [])
    .map(
      ({ id, name, state, holds }) =>
        `${name} ${state} holds ${holds}, leads ` +
        String(ring.partitions.filter(({ leader }) => leader === id).length),
    )
    .join('; ')
}
