import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { AccountSessions } from './account-sessions.ts'

const MAX = 3

interface Ring {
  readonly members: readonly AccountSessions[]
  readonly clock: ManualClock
  /** Nicks of each question. */
  readonly questions: (readonly string[])[]
  readonly silent: Set<string>
}

function ring(count: number): Ring {
  const clock = new ManualClock()
  const questions: (readonly string[])[] = []
  const silent = new Set<string>()
  const members: AccountSessions[] = []
  for (let own = 0; own < count; own++) {
    members.push(
      new AccountSessions({
        max: MAX,
        clock,
        others: () => members.map((_, at) => String(at)).filter((id) => id !== String(own)),
        ask: async (member, nicks) => {
          questions.push(nicks)
          if (silent.has(member)) throw new Error('no answer')
          const asked = present(members[Number(member)], 'member')
          return nicks.map((nick) => asked.countOf(nick))
        },
      }),
    )
  }
  return { members, clock, questions, silent }
}

function at({ members }: Ring, index: number): AccountSessions {
  return present(members[index], 'member')
}

test('sessions of an account count over all members, and make room when they end', async () => {
  const all = ring(3)
  const leave = await at(all, 0).enter('ana')
  await at(all, 1).enter('ana')
  await at(all, 2).enter('ana')
  assert.equal(await at(all, 0).enter('ana'), undefined)
  assert.equal(await at(all, 2).enter('ana'), undefined)
  assert.ok(await at(all, 0).enter('ben'))
  leave?.()
  leave?.()
  assert.ok(await at(all, 2).enter('ana'))
  assert.equal(await at(all, 1).enter('ana'), undefined)
})

test('log-ins at once at several members never come to more than there may be', async () => {
  const all = ring(3)
  const told = await Promise.all(
    Array.from({ length: 12 }, (_, index) => at(all, index % 3).enter('ana')),
  )
  assert.ok(told.filter((leave) => leave !== undefined).length <= MAX)
  const open = all.members.reduce((sum, member) => sum + member.countOf('ana'), 0)
  assert.ok(open <= MAX)
})

test('log-ins that come while a member is asked are asked for together', async () => {
  const all = ring(2)
  const nicks = Array.from({ length: 100 }, (_, index) => `nick${index}`)
  await Promise.all(nicks.map((nick) => at(all, 0).enter(nick)))
  assert.deepEqual(
    all.questions.map(({ length }) => length),
    [1, 99],
  )
})

test('a member that does not answer counts for nothing, and is left alone for a while', async () => {
  const all = ring(2)
  for (let count = 0; count < MAX; count++) await at(all, 1).enter('ana')
  all.silent.add('1')
  assert.ok(await at(all, 0).enter('ana'))
  all.silent.clear()
  const asked = all.questions.length
  assert.ok(await at(all, 0).enter('ana'))
  assert.equal(all.questions.length, asked)
  all.clock.advance(10 * SECOND_MS)
  assert.equal(await at(all, 0).enter('ana'), undefined)
})

test('a ring of one asks nobody', async () => {
  const all = ring(1)
  for (let count = 0; count < MAX; count++) assert.ok(await at(all, 0).enter('ana'))
  assert.equal(await at(all, 0).enter('ana'), undefined)
  assert.equal(all.questions.length, 0)
})
