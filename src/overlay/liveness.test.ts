import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import { SeededChance } from '../base/random.ts'
import { ManualClock } from '../effects/manual-clock.test-helper.ts'
import { contactOf, type Contact } from '../wire/contact.ts'
import { Liveness } from './liveness.ts'

const peer = contactOf(parseMemberId('1'.repeat(32)), '127.0.0.1:9301')

/** Time passes in steps in which probes are answered, as they are in life. */
function trial(answers: () => boolean) {
  const clock = new ManualClock()
  const random = Object.assign(new SeededChance(7), {
    bytes: (length: number) => new Uint8Array(length),
  })
  const told: string[] = []
  let pings = 0
  const note = (what: string) => (contact: Contact) => void told.push(`${what} ${contact.address}`)
  const liveness = new Liveness({
    clock,
    random,
    watched: () => [peer],
    ping: async () => {
      pings++
      return answers()
    },
    suspected: note('suspected'),
    died: note('died'),
    returned: note('returned'),
  })
  liveness.start()
  return {
    clock,
    liveness,
    told,
    pings: () => pings,
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        clock.advance(STEP_MS)
        await Promise.resolve()
        await Promise.resolve()
      }
    },
  }
}

const STEP_MS = 50

test('a peer that answers is probed about once a second and never doubted', async () => {
  const { liveness, pass, pings, told } = trial(() => true)
  await pass(60 * SECOND_MS)
  assert.deepEqual(told, [])
  assert.equal(liveness.stateOf(peer.id), 'up')
  assert.ok(pings() > 20 && pings() < 80, `${pings()} pings`)
})

test('a silent peer is suspected, then down; one answer brings it back', async () => {
  let isAlive = false
  const { liveness, pass, told } = trial(() => isAlive)
  await pass(20 * SECOND_MS)
  assert.deepEqual(told, [`suspected ${peer.address}`, `died ${peer.address}`])
  assert.equal(liveness.stateOf(peer.id), 'down')
  isAlive = true
  await pass(3 * SECOND_MS)
  assert.equal(told.at(-1), `returned ${peer.address}`)
  assert.equal(liveness.stateOf(peer.id), 'up')
})

test('a peer that is heard from in other ways is not probed', async () => {
  const { clock, liveness, pass, pings } = trial(() => false)
  await pass(100)
  for (let i = 0; i < 100; i++) {
    liveness.heardFrom(peer.id)
    await pass(500)
  }
  assert.equal(pings(), 0)
  assert.equal(liveness.stateOf(peer.id), 'up')
  assert.ok(liveness.silenceMs(peer.id) <= 500 && clock.nowMs() > 50 * SECOND_MS)
})

test('after an own lag silence is not held against the peer', async () => {
  const { clock, pass, told } = trial(() => false)
  for (let i = 0; i < 30; i++) {
    await pass(500)
    // The loop stood still: every timer runs late, all at once.
    clock.stall(1_500)
  }
  assert.deepEqual(told, [])
})
