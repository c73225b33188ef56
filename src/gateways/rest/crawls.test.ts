import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { askedDoor, bearer } from './entrance.test-helper.ts'
import { CRAWL, fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const URL_OF = `/v1/crawls/${CRAWL.id}`

async function open() {
  const server = await createGateway(fakeDoor())
  return { server, [Symbol.asyncDispose]: () => server.close() }
}

test('a crawl is begun, and found again', async () => {
  await using door = await open()
  const payload = { seeds: ['http://a/'], delay: 0.5, pages: 10 }
  const begun = await door.server.inject({ method: 'POST', url: '/v1/crawls', payload })
  assert.equal(begun.statusCode, 201)
  assert.equal(begun.headers['location'], URL_OF)
  assert.deepEqual(begun.json().request, payload)
  assert.equal((await door.server.inject(URL_OF)).json().state, 'done')
  assert.equal((await door.server.inject('/v1/crawls?limit=3')).json().items.length, 1)
  assert.equal((await door.server.inject(`${URL_OF}/hosts`)).json().items[0].host, 'http://a')
  assert.deepEqual((await door.server.inject(`${URL_OF}/urls?state=failed`)).json(), { items: [] })
})

test('what is no crawl is refused', async () => {
  await using door = await open()
  const bad = [
    {},
    { seeds: [] },
    { seeds: Array.from({ length: 101 }, () => 'http://a/') },
    { seeds: ['http://a/'], delay: -1 },
    { seeds: ['http://a/'], delay: 61 },
    { seeds: ['http://a/'], connections: 65 },
    { seeds: ['http://a/'], pages: 0 },
    { seeds: ['http://a/'], scope: 'planet' },
    { seeds: ['http://a/'], more: 1 },
  ]
  for (const payload of bad) {
    const answer = await door.server.inject({ method: 'POST', url: '/v1/crawls', payload })
    assert.equal(answer.statusCode, 400, JSON.stringify(payload))
  }
  for (const url of ['/v1/crawls/xyz', `${URL_OF}/urls?state=odd`, `${URL_OF}/hosts?limit=0`]) {
    assert.equal((await door.server.inject(url)).statusCode, 400, url)
  }
  const unknown = `/v1/crawls/${'b'.repeat(32)}`
  for (const url of [unknown, `${unknown}/hosts`, `${unknown}/urls`, `${unknown}/events`]) {
    assert.equal((await door.server.inject(url)).statusCode, 404, url)
  }
  const order = await door.server.inject({ method: 'POST', url: `${URL_OF}/explode` })
  assert.equal(order.statusCode, 400)
})

test('events tell a crawl until it is over', async () => {
  await using door = await open()
  const { body, headers } = await door.server.inject(`${URL_OF}/events`)
  assert.match(String(headers['content-type']), /^text\/event-stream/)
  const told = [...body.matchAll(/^data: (.*)$/gm)].map(([, text = '']) => JSON.parse(text).state)
  assert.deepEqual(told, ['done'])
})

test('events that cannot be had any more end, and the member lives on', async () => {
  const options = fakeDoor()
  const { crawls } = options
  assert.ok(crawls !== undefined)
  let isKnown = false
  const get: typeof crawls.get = async (id) => {
    if (isKnown) throw new AnilloError('STORE_UNAVAILABLE', { partition: 3, problem: 'no leader' })
    isKnown = true
    return crawls.get(id)
  }
  const faults: unknown[] = []
  const note = (fault: unknown) => void faults.push(fault)
  process.on('unhandledRejection', note)
  const server = await createGateway({ ...options, crawls: { ...crawls, get } })
  const { body } = await server.inject(`${URL_OF}/events`)
  await server.close()
  process.off('unhandledRejection', note)
  assert.match(body, /^retry: \d+\n\n$/)
  assert.deepEqual(faults, [])
})

test('whoever did not begin a crawl does not end it', async () => {
  const crawls = { ...fakeDoor().crawls, get: async () => ({ ...CRAWL, by: 'ana' }) }
  const more = { crawls: { ...crawls, steer: async () => CRAWL } as FakeCrawls }
  await using door = await askedDoor({ more })
  const cancel = (token: string) =>
    door.server.inject({ method: 'POST', url: `${URL_OF}/cancel`, headers: bearer(token) })
  const remove = (token: string) =>
    door.server.inject({ method: 'DELETE', url: URL_OF, headers: bearer(token) })
  assert.equal((await remove(door.accounts.person('beto2', 'member'))).statusCode, 403)
  const other = await cancel(door.accounts.person('beto', 'member'))
  assert.equal(other.statusCode, 403)
  assert.equal(other.json().code, 'FORBIDDEN')
  assert.equal((await cancel(door.accounts.person('ana', 'member'))).statusCode, 200)
  const operator = door.accounts.person('caro', 'operator')
  assert.equal((await cancel(operator)).statusCode, 200)
  assert.equal((await remove(operator)).statusCode, 204)
})

type FakeCrawls = NonNullable<ReturnType<typeof fakeDoor>['crawls']>
