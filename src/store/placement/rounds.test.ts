import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { AnilloError } from '../../base/errors.ts'
import { Rounds } from './rounds.ts'

const EVERY_MS = 1_000

test('Rounds goes on after a failure, one round at a time, until it is stopped', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const effects = machine.effects()
  const begun: number[] = []
  const rounds = new Rounds({
    effects,
    name: 'trial',
    everyMs: EVERY_MS,
    round: async () => {
      begun.push(world.nowMs)
      // Longer than the pause: the next round waits for its end.
      await new Promise<void>((resolve) => effects.clock.after(2 * EVERY_MS, resolve))
      throw new AnilloError('STORE_UNAVAILABLE', { partition: 0, problem: 'away' })
    },
  })
  rounds.start()
  await world.pass(7.5 * EVERY_MS)
  assert.deepEqual(begun, [EVERY_MS, 4 * EVERY_MS, 7 * EVERY_MS])
  rounds.stop()
  await world.pass(7.5 * EVERY_MS)
  assert.equal(begun.length, 3)
})
