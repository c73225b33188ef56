import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import { PAGE_MAX, REPORT_AGAIN_MS, REPORTS_PER_PERIOD } from '../../../wire/dweet-limits.ts'
import { ALL_PARTITIONS } from '../../../wire/partition.ts'
import { userPk, USERS_TABLE } from '../../../wire/users.ts'
import {
  ANA,
  begin,
  BEN,
  dweeter,
  EVA,
  MODERATOR,
  refuses,
  type DweetWorld,
} from '../dweet-world.test-helper.ts'
import { REPORTS_TABLE } from '../places.ts'
import type { Dweets } from '../types.ts'
import { reportsPk } from './cases.ts'

const open = { state: 'open', limit: PAGE_MAX } as const
const closed = { state: 'closed', limit: PAGE_MAX } as const
const page = { limit: PAGE_MAX }

function beginModerated(...more: readonly string[]) {
  return begin('mod', ...more)
}

async function reportedDweet(dweets: Dweets, world: DweetWorld, text = 'bad') {
  const dweet = await dweets.publish(BEN, { text })
  await dweets.reports.report(ANA, { dweet: dweet.id, reason: 'abuse', note: 'look' })
  world.deliver()
  return dweet
}

function reportRows(world: DweetWorld): number {
  const counts = ALL_PARTITIONS.map((one) => world.rows(REPORTS_TABLE, reportsPk(one)).length)
  return counts.reduce((sum, count) => sum + count, 0)
}

async function notices(dweets: Dweets, nick: string) {
  const { items } = await dweets.notifications(dweeter(nick), page)
  return items.flatMap(({ moderation }) => moderation ?? [])
}

test('a report stands in the queue once, whoever says it again, and shows who said what', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  const first = await dweets.reports.report(ANA, { dweet: id, reason: 'spam' })
  assert.equal(first.reason, 'abuse', 'the first one counts')
  await dweets.reports.report(EVA, { dweet: id, reason: 'spam' })
  await dweets.reports.report(EVA, { nick: 'BEN', reason: 'other', note: 'always so' })
  world.deliver()
  const { items } = await dweets.reports.queue(MODERATOR, open)
  assert.deepEqual(
    items.map((one) => [one.id, one.about.nick, one.reports]),
    [
      [id, 'ben', 2],
      ['@ben', 'ben', 1],
    ],
  )
  assert.deepEqual(items[0]?.reasons, [
    { reason: 'spam', reports: 1 },
    { reason: 'abuse', reports: 1 },
  ])
  const said = await dweets.reports.reports(MODERATOR, id, page)
  assert.deepEqual(
    said.items.map(({ by, note, reason }) => [by.nick, reason, note]),
    [
      ['ana', 'abuse', 'look'],
      ['eva', 'spam', undefined],
    ],
  )
})

test('what was reported is shown as it was, also when it was changed or deleted since', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world, 'first')
  await dweets.edit(BEN, id, { text: 'second' })
  const changed = await dweets.reports.find(MODERATOR, id)
  assert.deepEqual([changed.dweet?.reported?.text, changed.dweet?.now?.text], ['first', 'second'])
  await dweets.remove(BEN, id)
  world.deliver()
  const gone = await dweets.reports.find(MODERATOR, id)
  assert.deepEqual([gone.dweet?.reported?.text, gone.dweet?.now], ['first', undefined])
  const kept = await dweets.reports.decide(MODERATOR, id, { action: 'remove' })
  assert.equal(kept.state, 'closed', 'there is nothing left to remove')
  assert.deepEqual(await notices(dweets, 'ben'), [])
})

test('a moderator reads nothing that is for followers and was not reported', async () => {
  const { dweets, world } = beginModerated()
  await dweets.follow(ANA, 'ben', {})
  const secret = await dweets.publish(BEN, { text: 'for few', visibility: 'followers' })
  const told = await dweets.publish(BEN, { text: 'for few, too', visibility: 'followers' })
  await refuses(dweets.dweet(MODERATOR, secret.id), 'DWEET_GONE')
  await refuses(dweets.reports.find(MODERATOR, secret.id), 'REPORT_GONE')
  const blind = { dweet: secret.id, reason: 'abuse' } as const
  await refuses(dweets.reports.report(MODERATOR, blind), 'DWEET_GONE')
  await refuses(dweets.reports.report(EVA, blind), 'DWEET_GONE')
  await refuses(
    dweets.reports.decide(MODERATOR, secret.id, { action: 'warn', warning: 'w' }),
    'REPORT_GONE',
  )
  await dweets.reports.report(ANA, { dweet: told.id, reason: 'abuse' })
  world.deliver()
  const { dweet } = await dweets.reports.find(MODERATOR, told.id)
  assert.deepEqual([dweet?.now?.text, dweet?.now?.isForFollowers], ['for few, too', true])
  await refuses(dweets.dweet(MODERATOR, told.id), 'DWEET_GONE')
  await dweets.remove(MODERATOR, secret.id)
  world.deliver()
  const removed = await dweets.reports.find(MODERATOR, secret.id)
  assert.equal(removed.dweet?.reported, undefined, 'it is removed unread')
  assert.deepEqual((await notices(dweets, 'ben')).at(0)?.text, 'for few')
})

test('to whom it concerns nobody tells who reported, and nobody decides about themselves', async () => {
  const { dweets, world } = beginModerated()
  const own = await dweets.publish(MODERATOR, { text: 'a moderator may be wrong' })
  await dweets.reports.report(ANA, { dweet: own.id, reason: 'abuse', note: 'by Ana' })
  await dweets.reports.report(ANA, { nick: 'mod', reason: 'abuse' })
  const { id } = await reportedDweet(dweets, world)
  await refuses(dweets.reports.find(MODERATOR, own.id), 'REPORT_GONE')
  await refuses(dweets.reports.reports(MODERATOR, '@mod', page), 'REPORT_GONE')
  await refuses(dweets.reports.decide(MODERATOR, own.id, { action: 'dismiss' }), 'REPORT_GONE')
  const { items } = await dweets.reports.queue(MODERATOR, open)
  assert.deepEqual(
    items.map((one) => one.id),
    [id],
  )
  await dweets.reports.decide(MODERATOR, id, { action: 'remove', reason: 'abuse' })
  const told = JSON.stringify([
    await dweets.notifications(BEN, page),
    await dweets.profile(BEN, 'ben'),
    await dweets.publicationsOf(BEN, 'ben', page),
  ])
  assert.ok(!told.includes('ana') && !told.includes('mod"'), told)
  const other = { ...EVA, isModerator: true }
  assert.equal((await dweets.reports.find(other, own.id)).reports, 1)
})

test('who is no moderator sees and decides nothing', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  for (const asked of [
    dweets.reports.queue(EVA, open),
    dweets.reports.find(EVA, id),
    dweets.reports.reports(EVA, id, page),
    dweets.reports.decide(EVA, id, { action: 'remove' }),
  ]) {
    await refuses(asked, 'PERMISSION_MISSING')
  }
})

test('a removed dweet says who removed it, to those for whom it was, and its author why', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  const answer = await dweets.publish(EVA, { text: 'answer', replyTo: id })
  await dweets.redweet(EVA, id)
  world.deliver()
  const decision = { action: 'remove', reason: 'abuse', message: 'Be kind.' } as const
  const decided = await dweets.reports.decide(MODERATOR, id, decision)
  assert.deepEqual([decided.state, decided.decisions[0]?.by.nick], ['closed', 'mod'])
  world.deliver()
  for (const who of [ANA, BEN, EVA]) await refuses(dweets.dweet(who, id), 'DWEET_REMOVED')
  await refuses(dweets.like(ANA, id, true), 'DWEET_REMOVED')
  await refuses(dweets.publish(ANA, { text: 'late', replyTo: id }), 'DWEET_GONE')
  const [redweet] = (await dweets.publicationsOf(ANA, 'eva', page)).items
  assert.ok(redweet?.kind === 'redweet' && redweet.of === null && redweet.isRemovedByModerators)
  assert.deepEqual((await dweets.thread(ANA, answer.id)).above, [null])
  assert.deepEqual(await notices(dweets, 'ben'), [{ ...decision, text: 'bad' }])
  assert.equal((await dweets.profile(ANA, 'ben')).dweets, 0)
  assert.deepEqual((await dweets.reports.queue(MODERATOR, open)).items, [])
  assert.equal((await dweets.reports.queue(MODERATOR, closed)).items[0]?.id, id)
})

test('a warning of moderators stands before the author’s own, and they cannot take it away', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  await dweets.reports.decide(MODERATOR, id, { action: 'warn', warning: 'violence' })
  const warned = await dweets.dweet(ANA, id)
  assert.deepEqual([warned.warning, warned.isWarnedByModerators], ['violence', true])
  await dweets.edit(BEN, id, { text: 'other', warning: '' })
  assert.equal((await dweets.dweet(ANA, id)).warning, 'violence')
  assert.equal((await notices(dweets, 'ben'))[0]?.warning, 'violence')
  await dweets.reports.decide(MODERATOR, id, { action: 'warn', warning: ' ' })
  const free = await dweets.dweet(ANA, id)
  assert.deepEqual([free.warning, free.isWarnedByModerators], [undefined, undefined])
})

test('who is suspended publishes nothing for that time, and reads and deletes as before', async () => {
  const { dweets, world } = beginModerated()
  const one = await dweets.publish(EVA, { text: 'one' })
  const own = await dweets.publish(BEN, { text: 'own' })
  await dweets.follow(BEN, 'ana', {})
  await dweets.reports.report(ANA, { nick: 'ben', reason: 'spam' })
  world.deliver()
  const decision = { action: 'suspend', seconds: 3_600, reason: 'spam', message: 'Rest.' } as const
  const { standing } = await dweets.reports.decide(MODERATOR, '@ben', decision)
  assert.equal(standing?.kind, 'suspended')
  for (const refused of [
    dweets.publish(BEN, { text: 'x' }),
    dweets.edit(BEN, own.id, { text: 'x' }),
    dweets.redweet(BEN, one.id),
    dweets.like(BEN, one.id, true),
    dweets.follow(BEN, 'eva', {}),
    // Also what would change nothing.
    dweets.follow(BEN, 'ana', {}),
    dweets.changeProfile(BEN, { bio: 'x' }),
  ]) {
    await refuses(refused, 'DWEETS_SUSPENDED')
  }
  await dweets.dweet(BEN, one.id)
  await dweets.remove(BEN, own.id)
  await dweets.block(BEN, 'eva', true)
  assert.deepEqual((await dweets.profile(BEN, 'ben')).standing, standing)
  assert.equal((await dweets.profile(ANA, 'ben')).standing, undefined, 'others are not told')
  assert.equal((await notices(dweets, 'ben'))[0]?.until, standing?.until)
  world.pass(HOUR_MS)
  assert.equal((await dweets.profile(BEN, 'ben')).standing, undefined)
  assert.equal((await dweets.publish(BEN, { text: 'again' })).text, 'again')
})

test('who is limited publishes for followers alone, until it is lifted', async () => {
  const { dweets, world } = beginModerated()
  const one = await dweets.publish(EVA, { text: 'one' })
  await dweets.follow(ANA, 'ben', {})
  await dweets.reports.report(ANA, { nick: 'ben', reason: 'spam' })
  world.deliver()
  await dweets.reports.decide(MODERATOR, '@ben', { action: 'limit' })
  const quiet = await dweets.publish(BEN, { text: 'hey @eva', replyTo: one.id })
  world.deliver()
  assert.deepEqual([quiet.visibility, quiet.mentions], ['followers', []])
  assert.equal((await dweets.dweet(ANA, quiet.id)).id, quiet.id)
  await refuses(dweets.dweet(EVA, quiet.id), 'DWEET_GONE')
  assert.deepEqual((await dweets.notifications(EVA, page)).items, [])
  await dweets.reports.decide(MODERATOR, '@ben', { action: 'lift' })
  assert.equal((await dweets.publish(BEN, { text: 'free' })).visibility, 'public')
  const actions = (await notices(dweets, 'ben')).map(({ action }) => action)
  assert.deepEqual(actions, ['lift', 'limit'])
})

test('of two moderators who decide at once, the second is told to look again', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  const other = { ...EVA, isModerator: true }
  const { decisions } = await dweets.reports.find(MODERATOR, id)
  const seen = decisions.length
  await dweets.reports.decide(other, id, { action: 'dismiss', decisions: seen })
  const late = { action: 'remove', decisions: seen } as const
  await refuses(dweets.reports.decide(MODERATOR, id, late), 'REPORT_DECIDED')
  assert.equal((await dweets.dweet(ANA, id)).id, id)
})

test('a decision whose answer is lost is made once', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  world.losesAnswers = true
  const retry = { key: 'k', request: 'r' }
  const first = await dweets.reports.decide(MODERATOR, id, { action: 'remove' }, { retry })
  const again = await dweets.reports.decide(MODERATOR, id, { action: 'remove' }, { retry })
  assert.deepEqual(again, first)
  assert.equal(first.decisions.length, 1)
  assert.equal((await notices(dweets, 'ben')).length, 1)
})

test('a closed case opens again for somebody else’s report, and a person’s after a day', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  await dweets.reports.decide(MODERATOR, id, { action: 'dismiss' })
  await dweets.reports.report(ANA, { dweet: id, reason: 'abuse' })
  world.deliver()
  assert.equal((await dweets.reports.find(MODERATOR, id)).state, 'closed', 'Ana had said it')
  await dweets.reports.report(EVA, { dweet: id, reason: 'abuse' })
  world.deliver()
  const again = await dweets.reports.find(MODERATOR, id)
  assert.deepEqual([again.state, again.reports, again.decisions.length], ['open', 2, 1])
  await dweets.reports.report(ANA, { nick: 'ben', reason: 'spam' })
  world.deliver()
  await dweets.reports.decide(MODERATOR, '@ben', { action: 'dismiss' })
  await dweets.reports.report(ANA, { nick: 'ben', reason: 'spam' })
  world.deliver()
  assert.equal((await dweets.reports.find(MODERATOR, '@ben')).state, 'closed')
  world.pass(REPORT_AGAIN_MS)
  await dweets.reports.report(ANA, { nick: 'ben', reason: 'abuse' })
  world.deliver()
  assert.equal((await dweets.reports.find(MODERATOR, '@ben')).state, 'open')
})

test('reports in masses: one account is slowed, and of many each counts once', async () => {
  const nicks = Array.from({ length: 60 }, (_, i) => `n${i}`)
  const { dweets, world } = beginModerated(...nicks)
  for (const nick of nicks.slice(0, REPORTS_PER_PERIOD)) {
    await dweets.reports.report(ANA, { nick, reason: 'spam' })
  }
  await refuses(dweets.reports.report(ANA, { nick: 'n59', reason: 'spam' }), 'SLOW_DOWN')
  assert.equal((await dweets.reports.report(ANA, { nick: 'n1', reason: 'spam' })).nick, 'n1')
  world.pass(HOUR_MS)
  await dweets.reports.report(ANA, { nick: 'n59', reason: 'spam' })
  const { id } = await dweets.publish(BEN, { text: 'bad' })
  for (let round = 0; round < 3; round++) {
    for (const nick of nicks) {
      await dweets.reports.report(dweeter(nick), { dweet: id, reason: 'abuse' })
    }
    world.losesAnswers = true
    world.deliver()
  }
  assert.equal((await dweets.reports.find(MODERATOR, id)).reports, nicks.length)
  const all: string[] = []
  for (let cursor: string | undefined; ;) {
    const asked = cursor === undefined ? { limit: 7 } : { limit: 7, cursor }
    const answer = await dweets.reports.queue(MODERATOR, { ...asked, state: 'open' })
    all.push(...answer.items.map((one) => one.id))
    cursor = answer.cursor
    if (cursor === undefined) break
  }
  assert.equal(new Set(all).size, all.length, 'each once')
  assert.equal(all.length, REPORTS_PER_PERIOD + 2)
})

test('what is no report, no case, no decision and no cursor is refused', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  const { reports } = dweets
  await refuses(reports.report(ANA, { reason: 'spam' }), 'BAD_REQUEST')
  await refuses(reports.report(ANA, { dweet: id, nick: 'ben', reason: 'spam' }), 'BAD_REQUEST')
  await refuses(reports.report(ANA, { dweet: '12', reason: 'spam' }), 'DWEET_GONE')
  await refuses(reports.report(ANA, { nick: 'nobody', reason: 'spam' }), 'NO_USER')
  await refuses(reports.report(ANA, { nick: 'ana', reason: 'spam' }), 'FORBIDDEN')
  await refuses(reports.report(BEN, { dweet: id, reason: 'spam' }), 'FORBIDDEN')
  const long = { dweet: id, reason: 'spam', note: 'a'.repeat(501) } as const
  await refuses(reports.report(EVA, long), 'NOTE_UNFIT')
  for (const forged of ['x', '1', '@', '@NOBODY', '@nobody', '../ben', `${id}1`]) {
    await refuses(reports.find(MODERATOR, forged), 'REPORT_GONE')
    await refuses(reports.decide(MODERATOR, forged, { action: 'dismiss' }), 'REPORT_GONE')
  }
  await refuses(reports.decide(MODERATOR, '@ben', { action: 'remove' }), 'BAD_REQUEST')
  await refuses(reports.decide(MODERATOR, id, { action: 'warn' }), 'BAD_REQUEST')
  const unfit = { action: 'warn', warning: 'a\nb' } as const
  await refuses(reports.decide(MODERATOR, id, unfit), 'WARNING_UNFIT')
  await refuses(reports.queue(MODERATOR, { ...open, cursor: 'x' }), 'BAD_REQUEST')
  await refuses(reports.reports(MODERATOR, id, { limit: 1, cursor: '../' }), 'BAD_REQUEST')
  assert.equal((await reports.find(MODERATOR, id)).state, 'open')
})

test('with an account goes what was kept of it: reports, copies and decisions about it', async () => {
  const { dweets, world } = beginModerated()
  const { id } = await reportedDweet(dweets, world)
  await dweets.reports.report(EVA, { nick: 'ben', reason: 'spam' })
  world.deliver()
  await dweets.reports.decide(MODERATOR, id, { action: 'remove' })
  await dweets.reports.decide(MODERATOR, '@ben', { action: 'suspend' })
  assert.ok(reportRows(world) > 0)
  world.pass(MINUTE_MS)
  world.leave('ben')
  world.deliver()
  assert.equal(reportRows(world), 0)
  const left = world.rows(USERS_TABLE, userPk('ben')).map(({ sk }) => sk)
  assert.deepEqual(left, ['last'])
})

test('to a moderator a cursor tells nothing of a case about themselves either', async () => {
  const { dweets, world } = beginModerated()
  const { reports } = dweets
  const own = await dweets.publish(dweeter('mod'), { text: 'mine' })
  await reports.report(ANA, { nick: 'mod', reason: 'abuse' })
  await reports.report(ANA, { dweet: own.id, reason: 'abuse' })
  world.pass(MINUTE_MS)
  const { id } = await reportedDweet(dweets, world)
  await reports.report(ANA, { nick: 'mod', reason: 'abuse' })
  await reports.report(ANA, { nick: 'eva', reason: 'spam' })
  world.deliver()
  const first = await reports.queue(MODERATOR, { state: 'open', limit: 1 })
  assert.deepEqual(
    first.items.map((one) => one.id),
    [id],
  )
  const { cursor = '' } = first
  assert.ok(cursor.endsWith(id))
  const second = await reports.queue(MODERATOR, { state: 'open', limit: 1, cursor })
  assert.deepEqual(
    second.items.map((one) => one.id),
    ['@eva'],
  )
  assert.equal(second.cursor, undefined)
  // Somebody else who moderates is shown all of it.
  const other = await reports.queue({ nick: 'eva', isModerator: true }, open)
  assert.deepEqual(new Set(other.items.map((one) => one.id)), new Set(['@mod', own.id, id]))
})
