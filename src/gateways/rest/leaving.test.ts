import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { Leaving, LEAVING_MS_MAX, LEAVING_QUIET_MS } from './leaving.ts'

async function door() {
  const clock = new ManualClock()
  const leaving = new Leaving(clock)
  const server = await createGateway({ ...fakeDoor(), leaving })
  const ask = () => server.inject({ url: '/v1/ring' })
  let hasEnded = false
  const begin = (): void => void leaving.begin().then(() => (hasEnded = true))
  const passed = async (ms: number): Promise<boolean> => {
    clock.advance(ms)
    await new Promise(setImmediate)
    return hasEnded
  }
  return { ask, begin, clock, passed, server }
}

test('who asks a door that is about to close is sent elsewhere, and nothing is done', async () => {
  const { ask, begin, clock, passed, server } = await door()
  assert.equal((await ask()).statusCode, 200)
  begin()
  const answer = await ask()
  assert.equal(answer.statusCode, 503)
  assert.equal(answer.json().code, 'MEMBER_ENDS')
  assert.equal(answer.headers.connection, 'close')
  assert.equal(answer.headers['anillo-applied'], 'no')
  assert.equal(await passed(LEAVING_QUIET_MS), true)
  assert.equal(clock.waiting, 0)
  await server.close()
})

test('it closes once nobody comes, however long some go on', async () => {
  const { ask, begin, passed, server } = await door()
  begin()
  let passedMs = 0
  for (; passedMs + LEAVING_QUIET_MS / 2 < LEAVING_MS_MAX; passedMs += LEAVING_QUIET_MS / 2) {
    assert.equal(await passed(LEAVING_QUIET_MS / 2), false)
    await ask()
  }
  assert.equal(await passed(LEAVING_MS_MAX - passedMs), true)
  await server.close()
})
