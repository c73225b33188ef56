import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Webhook } from '../../wire/api-webhooks.ts'
import { askedDoor, bearer } from './entrance.test-helper.ts'
import { CRAWL, fakeDoor, SCHEDULE } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const TESTS = [`/v1/crawls/${CRAWL.id}/webhook/test`, `/v1/schedules/${SCHEDULE.id}/webhook/test`]

test('a test of a webhook is taken, and answered with how deliveries go', async () => {
  const server = await createGateway(fakeDoor())
  for (const url of TESTS) {
    const answer = await server.inject({ method: 'POST', url })
    assert.deepEqual([answer.statusCode, answer.json().waiting], [202, 1], url)
    const unknown = url.replace(/[ac]{32}/, 'b'.repeat(32))
    assert.equal((await server.inject({ method: 'POST', url: unknown })).statusCode, 404)
  }
  await server.close()
})

test('what is no webhook is refused, and no secret is repeated', async () => {
  const server = await createGateway(fakeDoor())
  const secret = 'hunter2'.repeat(40)
  const bad = [
    {},
    { url: '' },
    { url: 'http://a/', events: [] },
    { url: 'http://a/', events: ['page.vanished'] },
    { url: 'http://a/', more: 1 },
    { url: 'http://a/', secret },
    { url: 'http://a/', secret: [secret] },
  ]
  for (const webhook of bad) {
    const payload = { seeds: ['http://a/'], webhook }
    const answer = await server.inject({ method: 'POST', url: '/v1/crawls', payload })
    assert.equal(answer.statusCode, 400, JSON.stringify(webhook))
    assert.ok(!answer.body.includes('hunter2'))
  }
  const payload = { seeds: ['http://a/'], recrawl: 'always' }
  const answer = await server.inject({ method: 'POST', url: '/v1/crawls', payload })
  assert.equal(answer.statusCode, 400)
  await server.close()
})

test('whoever did not begin a crawl does not test its webhook', async () => {
  const { crawls, schedules } = fakeDoor()
  assert.ok(crawls && schedules)
  const more = {
    crawls: { ...crawls, get: async () => ({ ...CRAWL, by: 'ana' }) },
    schedules: { ...schedules, get: async () => ({ ...SCHEDULE, by: 'ana' }) },
  }
  await using door = await askedDoor({ more })
  const beto = bearer(door.accounts.person('beto', 'member'))
  for (const url of TESTS) {
    const answer = await door.server.inject({ method: 'POST', url, headers: beto })
    assert.deepEqual([answer.statusCode, answer.json().code], [403, 'FORBIDDEN'])
  }
})

test('of the webhooks of others the host alone is told', async () => {
  const { crawls, schedules } = fakeDoor()
  assert.ok(crawls && schedules)
  const url = 'https://hooks.example/T0/secret?token=hunter2'
  const webhook = { ...HOW, url }
  const crawl = {
    ...CRAWL,
    by: 'ana',
    webhook,
    request: { ...CRAWL.request, webhook: { url } },
  }
  const schedule = { ...SCHEDULE, by: 'ana', webhook, crawl: crawl.request }
  const more = {
    crawls: { ...crawls, get: async () => crawl, list: async () => ({ items: [crawl] }) },
    schedules: {
      ...schedules,
      get: async () => schedule,
      list: async () => ({ items: [schedule] }),
    },
  }
  await using door = await askedDoor({ more })
  const places = ['crawls', 'schedules'].flatMap((kind) => [
    `/v1/${kind}`,
    `/v1/${kind}/${CRAWL.id}`,
  ])
  for (const place of [...places, `/v1/crawls/${CRAWL.id}/events`]) {
    const asked = async (nick: string, role: 'member' | 'operator') => {
      const headers = bearer(door.accounts.person(nick, role))
      const { body, statusCode } = await door.server.inject({ url: place, headers })
      assert.equal(statusCode, 200, place)
      return body
    }
    const part = await asked('beto', 'member')
    assert.ok(part.includes('https://hooks.example/"') && !part.includes('hunter2'), place)
    assert.ok((await asked('ana', 'member')).includes('hunter2'), place)
    assert.ok((await asked('caro', 'operator')).includes('hunter2'), place)
  }
})

const HOW: Webhook = {
  url: '',
  events: ['crawl.ended'],
  state: 'ok',
  waiting: 0,
  delivered: 0,
  givenUp: 0,
  leftOut: 0,
}
