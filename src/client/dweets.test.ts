import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { allOf, listed } from '../effects/listed.ts'
import { dweetsDoor } from '../gateways/rest/dweets/dweets-door.test-helper.ts'
import { AnilloClient } from './client.ts'
import { KeyCredentials } from './credentials.ts'

async function opened() {
  const door = await dweetsDoor()
  const url = await door.server.listen({ host: '127.0.0.1', port: 0 })
  const world = {
    fetch: (address: string, init: RequestInit) => fetch(address, init),
    pause: async () => undefined,
    newKey: () => crypto.randomUUID(),
    start: 'npm start',
  }
  const as = (token: string) => new AnilloClient(world, [url], new KeyCredentials(token)).dweets
  return {
    ...door,
    ana: as(door.tokens.ana),
    ben: as(door.tokens.ben),
    eva: as(door.tokens.eva),
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
    },
  }
}

test('publish() under one key publishes once; without one each is another', async () => {
  await using at = await opened()
  const one = await at.ana.publish({ text: 'hi' }, { key: 'k' })
  assert.equal((await at.ana.publish({ text: 'hi' }, { key: 'k' })).id, one.id)
  const other = await at.ana.publish({ text: 'hi' })
  assert.notEqual(other.id, one.id)
  assert.equal((await at.ana.publicationsOf('ana')).items.length, 2)
})

test('a change whose answer is lost is asked for again, and made once', async () => {
  await using at = await opened()
  let isLost = true
  const publish = at.dweets.publish.bind(at.dweets)
  at.dweets.publish = async (...asked) => {
    const dweet = await publish(...asked)
    if (!isLost) return dweet
    isLost = false
    throw new AnilloError('OUTCOME_UNKNOWN', { partition: 1, problem: 'it is silent' })
  }
  const { id } = await at.ana.publish({ text: 'once' })
  const { items } = await at.ana.publicationsOf('ana')
  assert.deepEqual(
    items.map((one) => one.id),
    [id],
  )
})

test('lists go on by their cursor, and what is new is acknowledged', async () => {
  await using at = await opened()
  await at.ana.follow('ben')
  for (let n = 0; n < 5; n++) await at.published(`${n}`)
  const all = await allOf(listed((after) => at.ana.home({ limit: 2, ...after })))
  assert.equal(all.length, 5)
  const fresh = await at.ana.fresh(3)
  await at.ana.acknowledge(fresh.token)
  assert.equal((await at.ana.fresh()).unseen, 2)
  await at.ana.catchUp()
  assert.equal((await at.ana.fresh()).unseen, 0)
  await assert.rejects(at.ana.search(' '), (thrown) => isAnilloError(thrown, 'BAD_REQUEST'))
})

test('events() goes on after its stream has ended, and tells that something may be missed', async () => {
  await using at = await opened()
  const stop = new AbortController()
  const events = at.ben.events(stop.signal)
  const first = events.next()
  // Nobody is told from when on they are listened to.
  let isHeard = false
  const heard = first.then(({ value }) => {
    isHeard = true
    return value
  })
  while (!isHeard) {
    await at.published('is this heard?')
    at.clock.advance(60_000)
    await new Promise(setImmediate)
  }
  assert.equal((await heard)?.kind, 'published')
  at.server.server.closeAllConnections()
  for (;;) {
    const { value } = await events.next()
    if (value?.kind === 'resync') break
    assert.equal(value?.kind, 'published')
  }
  stop.abort()
})

test('lists of people are made, filled, read and deleted', async () => {
  await using at = await opened()
  const { lists } = at.ana
  const { id } = await lists.make({ name: 'close' })
  await lists.put(id, 'ben', true)
  await at.published('hi')
  const page = await lists.publications(id, { limit: 5 })
  assert.equal(page.items.length, 1)
  assert.deepEqual([(await lists.all()).length, (await lists.with('ben')).length], [1, 1])
  assert.equal((await lists.people(id)).items[0]?.nick, 'ben')
  assert.equal((await lists.put(id, 'ben', false)).people, 0)
  assert.equal((await lists.rename(id, { name: 'far' })).name, 'far')
  await lists.remove(id)
  await assert.rejects(lists.find(id), (thrown) => isAnilloError(thrown, 'LIST_GONE'))
})

test('what is reported is queued for moderators, who decide it', async () => {
  await using at = await opened()
  const { id } = await at.published('bad')
  assert.equal((await at.ana.reports.report({ dweet: id, reason: 'abuse' })).nick, 'ben')
  const denied = at.ana.reports.queue()
  await assert.rejects(denied, (thrown) => isAnilloError(thrown, 'PERMISSION_MISSING'))
  const { reports } = at.eva
  assert.equal((await reports.queue({ state: 'open' })).items[0]?.id, id)
  assert.equal((await reports.find(id)).reports, 1)
  assert.equal((await reports.reports(id)).items[0]?.by.nick, 'ana')
  assert.equal((await reports.decide(id, { action: 'remove' })).state, 'closed')
})
