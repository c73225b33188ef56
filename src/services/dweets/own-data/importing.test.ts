import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { Publication } from '../../../wire/api-dweets.ts'
import type { ImportItem } from '../../../wire/api-own-data.ts'
import { ImportSteps } from '../../../wire/dweet-archive/import-steps.ts'
import { publicIdOf } from '../../../wire/dweet-ids.ts'
import { userPk } from '../../../wire/users.ts'
import {
  ANA,
  BEN,
  dweeter,
  DweetWorld,
  EVA,
  MODERATOR,
  notes,
  refuses,
} from '../dweet-world.test-helper.ts'
import { RingDweets } from '../dweets.ts'
import type { Dweeter } from '../types.ts'
import { exported, imported, stepsOf } from './carried.test-helper.ts'
import { RingOwnData } from './own-data.ts'

const NOW_MS = Date.UTC(2026, 10, 22)
const PAGE = { limit: 40 }

function ring(...nicks: readonly string[]) {
  const world = new DweetWorld(...nicks)
  world.partitions.timeMs = NOW_MS
  return { world, dweets: new RingDweets(world), data: new RingOwnData(world) }
}

type Ring = ReturnType<typeof ring>

/** Another one, a day later. */
function later(...nicks: readonly string[]): Ring {
  const at = ring(...nicks)
  at.world.pass(DAY_MS)
  return at
}

async function allOf({ dweets }: Ring, who: Dweeter, nick = who.nick): Promise<Publication[]> {
  const items: Publication[] = []
  for (let cursor: string | undefined; ;) {
    const page = { ...PAGE, ...(cursor === undefined ? {} : { cursor }) }
    const answer = await dweets.publicationsOf(who, nick, page)
    items.push(...answer.items)
    cursor = answer.cursor
    if (cursor === undefined) return items
  }
}

/** Ana has written, answered, redweeted, liked, kept, followed, muted, blocked. */
async function written(): Promise<Ring> {
  const at = ring('ana', 'ben', 'eva')
  const { dweets, world } = at
  const theirs = await dweets.publish(BEN, { text: 'theirs' })
  const first = await dweets.publish(ANA, { text: 'first #one "<&>\nand @ben' })
  world.pass(HOUR_MS)
  const second = await dweets.publish(ANA, { text: 'second', replyTo: first.id, warning: 'w' })
  await dweets.edit(ANA, second.id, { text: 'second, changed' })
  await dweets.publish(ANA, { text: 'for some', visibility: 'followers', replyTo: theirs.id })
  await dweets.redweet(ANA, theirs.id)
  for (const id of [theirs.id, first.id]) {
    await dweets.like(ANA, id, true)
    await dweets.bookmark(ANA, id, true)
  }
  await dweets.follow(ANA, 'ben', { redweets: false })
  await dweets.mute(ANA, 'eva', true)
  await dweets.changeProfile(ANA, { bio: 'I am ana' })
  world.deliver()
  return at
}

/** What of a publication is the same wherever it stands. */
function said(one: Publication) {
  const { createdAt, id, kind } = one
  if (kind === 'redweet') return { kind, id, createdAt }
  const { editedAt, replyTo, tags, text, visibility, warning } = one
  return { kind, id, createdAt, editedAt, replyTo, tags, text, visibility, warning }
}

test('one account in another ring has the same dweets, times and follows', async () => {
  const here = await written()
  const files = await exported(here.data, ANA)
  const there = later('ana', 'ben', 'eva')
  const tally = await imported(there.data, ANA, files)
  there.world.deliver()
  assert.deepEqual(tally.imported, {
    profile: 1,
    dweet: 3,
    redweet: 1,
    follow: 1,
    mute: 1,
    like: 1,
    bookmark: 1,
  })
  // Ben’s dweet, which Ana liked and keeps, is not there.
  assert.deepEqual(
    tally.skipped.map(({ kind, why }) => [kind, why]),
    [
      ['like', 'notHere'],
      ['bookmark', 'notHere'],
    ],
  )
  const [before, after] = [await allOf(here, ANA), await allOf(there, ANA)]
  assert.deepEqual(after.map(said), before.map(said))
  assert.ok(after.every(({ importedAt }) => importedAt !== undefined))
  const [redweet] = after
  assert.ok(redweet?.kind === 'redweet' && redweet.of === null)
  const profile = await there.dweets.profile(ANA, 'ana')
  assert.deepEqual([profile.bio, profile.dweets, profile.following], ['I am ana', 4, 1])
  const second = after.find((one) => one.kind === 'dweet' && one.warning === 'w')
  const history = await there.dweets.history(ANA, second?.id ?? '')
  assert.deepEqual(
    history.items.map(({ text }) => text),
    ['second, changed', 'second'],
  )
  const thread = await there.dweets.thread(ANA, second?.id ?? '')
  assert.deepEqual(
    thread.above.map((one) => one?.replies),
    [1],
  )
})

test('an import that comes again, or in pieces, changes nothing more', async () => {
  const here = await written()
  const files = await exported(here.data, ANA)
  const there = later('ana', 'ben')
  await imported(there.data, ANA, files)
  there.world.deliver()
  const once = await allOf(there, ANA)
  there.world.pass(DAY_MS)
  const again = await imported(there.data, ANA, files)
  there.world.deliver()
  assert.deepEqual(again.imported, {})
  assert.equal(again.there, 4 + 1 + 1 + 1 + 1)
  assert.deepEqual(await allOf(there, ANA), once)
})

test('brought back to its own ring, what is there stays, and what was deleted comes back', async () => {
  const here = await written()
  const files = await exported(here.data, ANA)
  const before = await allOf(here, ANA)
  const gone = before.find((one) => one.kind === 'dweet' && one.visibility === 'followers')
  await here.dweets.remove(ANA, gone?.id ?? '')
  const { imported: more, there } = await imported(here.data, ANA, files)
  assert.deepEqual(more, { dweet: 1 })
  assert.equal(there, 1 + 3 + 1 + 1 + 2 + 2)
  assert.deepEqual((await allOf(here, ANA)).map(said), before.map(said))
})

test('under another nick the own threads hold together, and strangers’ ids are nobody’s', async () => {
  const here = await written()
  const there = later('lia', 'ben')
  const LIA = dweeter('lia')
  await imported(there.data, LIA, await exported(here.data, ANA))
  there.world.deliver()
  const after = await allOf(there, LIA)
  const second = after.find((one) => one.kind === 'dweet' && one.warning === 'w')
  assert.ok(second?.kind === 'dweet')
  assert.equal(second.replyTo?.nick, 'lia')
  const { above } = await there.dweets.thread(LIA, second.id)
  assert.match(above[0]?.text ?? '', /^first/)
  assert.equal((await there.dweets.bookmarks(LIA, PAGE)).items.length, 1)
  // From there on to a third ring, and back under the first nick.
  const third = later('ana', 'ben')
  await imported(third.data, ANA, await exported(there.data, LIA))
  assert.deepEqual(
    (await allOf(third, ANA)).map(said).map(({ createdAt, id }) => [createdAt, id]),
    (await allOf(here, ANA)).map(said).map(({ createdAt, id }) => [createdAt, id]),
  )
})

test('nobody is told, and to those who follow nothing is new', async () => {
  const here = await written()
  const there = later('ana', 'ben', 'eva')
  await there.dweets.follow(BEN, 'ana', {})
  await there.dweets.follow(EVA, 'ana', {})
  there.world.deliver()
  const theirs = notes(there.world, 'ben')
  await imported(there.data, ANA, await exported(here.data, ANA))
  there.world.deliver()
  assert.equal(notes(there.world, 'ben'), theirs + 1, 'that Ana follows them')
  const fresh = await there.dweets.fresh(BEN, 20)
  assert.deepEqual([fresh.unseen, fresh.dweets], [0, []])
  await there.dweets.publish(ANA, { text: 'written here' })
  const next = await there.dweets.fresh(BEN, 20)
  assert.deepEqual(
    next.dweets.map((one) => one.kind === 'dweet' && one.text),
    ['written here'],
  )
  await there.dweets.acknowledge(BEN, next.token)
  assert.equal((await there.dweets.fresh(BEN, 20)).unseen, 0)
  // Whoever follows from now on reads what was brought as what is older.
  const late = dweeter('late')
  there.world.join('late')
  await there.dweets.follow(late, 'ana', {})
  const first = await there.dweets.fresh(late, 20)
  assert.equal(first.unseen, 1)
  await there.dweets.acknowledge(late, first.token)
  const older = await there.dweets.fresh(late, 20)
  assert.equal(older.unseen, 0)
  assert.equal(older.dweets.length, 3, 'three dweets; what the redweet shows is not here')
})

const OLD = '2026-01-02T03:04:05.678Z'

function dweetOf(more: Partial<Extract<ImportItem, { kind: 'dweet' }>> = {}): ImportItem {
  const id = `https://elsewhere.example/${JSON.stringify(more)}`
  return { kind: 'dweet', id, createdAt: OLD, text: 'text', visibility: 'public', ...more }
}

test('what an archive claims is refused where it cannot be so', async () => {
  const { data, dweets } = ring('ana', 'ben')
  const { id: theirs } = await dweets.publish(BEN, { text: 'theirs' })
  const ahead = new Date(NOW_MS + MINUTE_MS).toISOString()
  const refused: readonly (readonly [ImportItem, string])[] = [
    [dweetOf({ text: 'x'.repeat(226) }), 'tooLong'],
    [dweetOf({ text: ' ' }), 'empty'],
    [dweetOf({ text: '\u001b[2J' }), 'unfit'],
    [dweetOf({ text: 'turned \u202e' }), 'unfit'],
    [dweetOf({ warning: 'two\nlines' }), 'unfit'],
    [dweetOf({ createdAt: ahead }), 'ahead'],
    [dweetOf({ createdAt: '+200000-01-01T00:00:00Z' }), 'ahead'],
    [dweetOf({ editedAt: ahead }), 'ahead'],
    [dweetOf({ history: [{ text: 'was', writtenAt: ahead }] }), 'ahead'],
    [dweetOf({ history: [{ text: '', writtenAt: OLD }] }), 'empty'],
    [dweetOf({ createdAt: '2013-12-31T23:59:59Z' }), 'tooOld'],
    [dweetOf({ createdAt: 'yesterday' }), 'unfit'],
    [{ kind: 'like', id: theirs.replace(/^./, '9') }, 'notHere'],
    [{ kind: 'bookmark', id: 'https://elsewhere.example/1' }, 'notHere'],
    [{ kind: 'follow', nick: 'nobody' }, 'noUser'],
    [{ kind: 'follow', nick: 'ana' }, 'notPossible'],
    [{ kind: 'block', nick: '; drop' }, 'noUser'],
    [{ kind: 'profile', bio: '\u0000' }, 'unfit'],
  ]
  const { items } = await data.import(ANA, { items: refused.map(([item]) => item) })
  assert.deepEqual(
    items.map((one) => ('why' in one ? one.why : one)),
    refused.map(([, why]) => why),
  )
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 0)
})

test('ids of other authors are refused, whatever nick the archive names', async () => {
  const { data, dweets, world } = ring('ana', 'ben')
  const { id } = await dweets.publish(BEN, { text: 'theirs' })
  const forged = dweetOf({ id })
  for (const from of ['ana', 'lia', '???']) {
    const { items } = await data.import(ANA, { from, items: [forged] })
    assert.deepEqual(items, [{ outcome: 'skipped', why: 'notYours' }], from)
  }
  // It says that it is Ben’s own archive: it is Ana’s word, and under Ana’s name.
  world.pass(MINUTE_MS)
  await data.import(ANA, { from: 'ben', items: [forged] })
  assert.equal((await dweets.dweet(ANA, id)).text, 'theirs')
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 1)
})

test('an answer stands in threads of one’s own alone, and to another’s dweet only if it was one', async () => {
  const { data, dweets, world } = ring('ana', 'ben')
  const { id } = await dweets.publish(BEN, { text: 'theirs' })
  const { items } = await data.import(ANA, {
    items: [
      dweetOf({ replyTo: { id, nick: 'ben' } }),
      dweetOf({ text: 'claims another author', replyTo: { id, nick: 'ana' } }),
      dweetOf({ text: 'answers who knows', replyTo: { id: 'https://e.example/1', nick: '-' } }),
    ],
  })
  world.deliver()
  const found = await Promise.all(
    items.map((one) => dweets.dweet(ANA, 'id' in one ? (one.id ?? '') : '')),
  )
  assert.deepEqual(
    found.map(({ replyTo }) => replyTo?.nick),
    ['ben', undefined, undefined],
  )
  const thread = await dweets.thread(BEN, id)
  assert.deepEqual([thread.below, thread.dweet.replies, notes(world, 'ben')], [[], 0, 0])
})

test('two at one time stand apart, and a row that is taken is not written over', async () => {
  const { data, dweets } = ring('ana', 'ben')
  const items = Array.from({ length: 20 }, (_, i) => dweetOf({ id: `same:${i}`, text: `n ${i}` }))
  await data.import(ANA, { items })
  await data.import(ANA, { items: items.toReversed() })
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 20)
  // Seventeen that all want one row: one more than places that are tried.
  const from = 'ana'
  const row = '019b8bb3d1ae0000'
  const id = publicIdOf({ pk: userPk('ana'), row })
  const { items: first } = await data.import(ANA, { from, items: [dweetOf({ id })] })
  assert.deepEqual(first, [{ outcome: 'imported', id }])
  assert.deepEqual((await data.import(ANA, { from, items: [dweetOf({ id })] })).items, [
    { outcome: 'there', id },
  ])
})

test('a ring that is away ends the step, and the same step goes on', async () => {
  const here = await written()
  const files = await exported(here.data, ANA)
  const there = later('ana', 'ben')
  const lost = [...stepsOf(files, new ImportSteps('ana'))]
  there.world.failing = new AnilloError('STORE_UNAVAILABLE', { partition: 0, problem: 'away' })
  for (const step of lost) await refuses(there.data.import(ANA, step), 'STORE_UNAVAILABLE')
  there.world.failing = undefined
  there.world.losesAnswers = true
  const tally = await imported(there.data, ANA, files)
  assert.equal(tally.imported.dweet, 3)
  there.world.deliver()
  assert.deepEqual((await allOf(there, ANA)).map(said), (await allOf(here, ANA)).map(said))
})

test('what was imported can be changed, liked, redweeted and deleted as any other', async () => {
  const { data, dweets, world } = ring('ana', 'ben')
  const { items } = await data.import(ANA, { items: [dweetOf({ text: 'old #tag' })] })
  const id = items[0] !== undefined && 'id' in items[0] ? (items[0].id ?? '') : ''
  await dweets.like(BEN, id, true)
  await dweets.redweet(BEN, id)
  await dweets.edit(ANA, id, { text: 'old #tag, changed' })
  world.deliver()
  const { createdAt, likes, redweets } = await dweets.dweet(BEN, id)
  assert.deepEqual([createdAt, likes, redweets], [OLD, 1, 1])
  assert.equal((await dweets.tagged(BEN, 'tag', PAGE)).items.length, 1)
  await dweets.remove(ANA, id)
  world.deliver()
  await refuses(dweets.dweet(BEN, id), 'DWEET_GONE')
  assert.equal((await dweets.profile(ANA, 'ana')).dweets, 0)
  await refuses(data.import(dweeter('nobody'), { items: [dweetOf()] }), 'NO_USER')
})

test('what moderators removed does not come back, and who is suspended brings nothing', async () => {
  const here = await written()
  const { reports } = here.dweets
  const files = await exported(here.data, ANA)
  const all = await allOf(here, ANA)
  const { id = '' } = all.find((one) => one.kind === 'dweet' && one.visibility === 'public') ?? {}
  await reports.report(BEN, { dweet: id, reason: 'abuse' })
  here.world.deliver()
  await reports.decide(MODERATOR, id, { action: 'remove' })
  here.world.deliver()
  const { imported: more, skipped } = await imported(here.data, ANA, files)
  assert.deepEqual([more, skipped.map(({ why }) => why)], [{}, ['removed']])
  await reports.report(BEN, { nick: 'ana', reason: 'abuse' })
  here.world.deliver()
  await reports.decide(MODERATOR, '@ana', { action: 'suspend', seconds: 86_400 })
  here.world.deliver()
  await assert.rejects(here.data.import(ANA, { items: [dweetOf()] }))
})

test('what somebody brings whom moderators limited is for their followers, as what they write', async () => {
  const here = ring('ana', 'ben', 'eva')
  const { data, dweets } = here
  await dweets.follow(BEN, 'ana', {})
  await dweets.reports.report(BEN, { nick: 'ana', reason: 'spam' })
  here.world.deliver()
  await dweets.reports.decide(MODERATOR, '@ana', { action: 'limit' })
  const answer = await data.import(ANA, { items: [dweetOf({ text: 'brought #tag' })] })
  here.world.deliver()
  assert.equal(answer.items[0]?.outcome, 'imported')
  assert.equal((await allOf(here, ANA)).length, 1)
  assert.equal((await allOf(here, BEN, 'ana')).length, 1)
  assert.deepEqual(await allOf(here, EVA, 'ana'), [])
  assert.deepEqual((await dweets.tagged(EVA, 'tag', PAGE)).items, [])
  // Lifted, what was brought meanwhile stays what it was.
  await dweets.reports.decide(MODERATOR, '@ana', { action: 'lift' })
  assert.deepEqual(await allOf(here, EVA, 'ana'), [])
})
