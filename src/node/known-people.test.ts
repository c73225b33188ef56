import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../base/errors.ts'
import { ManualClock } from '../effects/manual-clock.test-helper.ts'
import type { User } from '../wire/api-accounts.ts'
import { KnownPeople, PERSON_KNOWN_MS } from './known-people.ts'

const ANA: User = {
  nick: 'ana',
  name: 'Ana',
  role: 'member',
  grants: [],
  state: 'active',
  createdAt: '2026-11-21T00:00:00.000Z',
}

function world() {
  const clock = new ManualClock()
  const users = new Map([['ana', ANA]])
  const asked: string[] = []
  const accounts = {
    async user(nick: string): Promise<User> {
      asked.push(nick)
      const user = users.get(nick)
      if (nick === 'away') throw new AnilloError('STORE_UNAVAILABLE')
      if (user === undefined) throw new AnilloError('NO_USER', { nick })
      return user
    },
  }
  return { asked, clock, users, people: new KnownPeople(accounts, clock) }
}

test('a person is asked for once in some seconds, also by several at once', async () => {
  const { asked, clock, people, users } = world()
  const [one, two] = await Promise.all([people.find('ana'), people.find('ana')])
  assert.deepEqual(one, { nick: 'ana', name: 'Ana', joinedAtMs: Date.parse(ANA.createdAt) })
  assert.equal(two, one)
  users.set('ana', { ...ANA, name: 'Ana Banana' })
  assert.equal((await people.find('ana'))?.name, 'Ana')
  assert.deepEqual(asked, ['ana'])
  clock.advance(PERSON_KNOWN_MS)
  assert.equal((await people.find('ana'))?.name, 'Ana Banana')
})

test('who is not there is found as soon as they are; what failed is asked again', async () => {
  const { asked, people, users } = world()
  assert.equal(await people.find('ben'), undefined)
  users.set('ben', { ...ANA, nick: 'ben' })
  assert.equal((await people.find('ben'))?.nick, 'ben')
  await assert.rejects(people.find('away'), AnilloError)
  await assert.rejects(people.find('away'), AnilloError)
  assert.deepEqual(asked, ['ben', 'ben', 'away', 'away'])
})
