import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askedDoor, bearer } from './entrance.test-helper.ts'
import { fakeDoor, SCHEDULE } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const URL_OF = `/v1/schedules/${SCHEDULE.id}`
const SCHEDULES = { ...fakeDoor().schedules }

async function open() {
  const server = await createGateway(fakeDoor())
  return { server, [Symbol.asyncDispose]: () => server.close() }
}

test('a crawl with a schedule is one that is made, found, changed, ordered and deleted', async () => {
  await using door = await open()
  const schedule = { cron: '0 3 * * *', zone: 'Europe/Madrid' }
  const payload = { seeds: ['http://a/'], pages: 7, schedule }
  const made = await door.server.inject({ method: 'POST', url: '/v1/crawls', payload })
  assert.equal(made.statusCode, 201)
  assert.equal(made.headers['location'], URL_OF)
  const { crawl, cron, zone } = made.json()
  assert.deepEqual(
    { crawl, cron, zone },
    { crawl: { seeds: ['http://a/'], pages: 7 }, ...schedule },
  )
  assert.equal((await door.server.inject(URL_OF)).json().state, 'active')
  assert.equal((await door.server.inject('/v1/schedules?limit=3')).json().items.length, 1)
  const change = { cron: '@hourly' }
  const changed = await door.server.inject({ method: 'PATCH', url: URL_OF, payload: change })
  assert.equal(changed.json().cron, '@hourly')
  const paused = await door.server.inject({ method: 'POST', url: `${URL_OF}/pause` })
  assert.equal(paused.json().state, 'paused')
  const run = await door.server.inject({ method: 'POST', url: `${URL_OF}/run` })
  assert.deepEqual([run.statusCode, run.json().code], [409, 'SCHEDULE_RUNS'])
  assert.equal((await door.server.inject({ method: 'DELETE', url: URL_OF })).statusCode, 204)
})

test('what is no schedule, no change and no order is refused', async () => {
  await using door = await open()
  const seeds = ['http://a/']
  const bad = [{}, { cron: '' }, { cron: 'x'.repeat(101) }, { cron: '@daily', zone: '' }]
  for (const schedule of [...bad, { cron: '@daily', more: 1 }, 'daily']) {
    const payload = { seeds, schedule }
    const answer = await door.server.inject({ method: 'POST', url: '/v1/crawls', payload })
    assert.equal(answer.statusCode, 400, JSON.stringify(schedule))
  }
  for (const payload of [{}, { state: 'paused' }, { crawl: {} }]) {
    const answer = await door.server.inject({ method: 'PATCH', url: URL_OF, payload })
    assert.equal(answer.statusCode, 400, JSON.stringify(payload))
  }
  const order = await door.server.inject({ method: 'POST', url: `${URL_OF}/explode` })
  assert.equal(order.statusCode, 400)
  const unknown = `/v1/schedules/${'b'.repeat(32)}`
  for (const method of ['GET', 'DELETE'] as const) {
    assert.equal((await door.server.inject({ method, url: unknown })).statusCode, 404)
  }
  assert.equal((await door.server.inject('/v1/schedules/xyz')).statusCode, 400)
})

test('whoever did not make a schedule does not change it', async () => {
  const schedules = { ...SCHEDULES, get: async () => ({ ...SCHEDULE, by: 'ana' }) }
  const more = { schedules: schedules as NonNullable<ReturnType<typeof fakeDoor>['schedules']> }
  await using door = await askedDoor({ more })
  const pause = (token: string) =>
    door.server.inject({ method: 'POST', url: `${URL_OF}/pause`, headers: bearer(token) })
  const change = (token: string) => {
    const payload = { cron: '@daily' }
    return door.server.inject({ method: 'PATCH', url: URL_OF, headers: bearer(token), payload })
  }
  const remove = (token: string) =>
    door.server.inject({ method: 'DELETE', url: URL_OF, headers: bearer(token) })
  const beto = door.accounts.person('beto', 'member')
  for (const order of [pause, change, remove]) {
    const answer = await order(beto)
    assert.deepEqual([answer.statusCode, answer.json().code], [403, 'FORBIDDEN'])
  }
  assert.equal((await change(door.accounts.person('ana', 'member'))).statusCode, 200)
  const operator = door.accounts.person('caro', 'operator')
  assert.equal((await pause(operator)).statusCode, 200)
  assert.equal((await remove(operator)).statusCode, 204)
})
