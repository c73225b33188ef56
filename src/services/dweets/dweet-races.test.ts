/**
 * Changes of several people while messages between their partitions are under way, late, and come
 * twice. Once all have arrived, what one partition has agrees with what the others have.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { isAnilloError } from '../../base/errors.ts'
import { placeOfPublicId, publicIdOf } from '../../wire/dweet-ids.ts'
import { foldTag } from '../../wire/dweet-text.ts'
import { ALL_PARTITIONS } from '../../wire/partition.ts'
import { userPk, USERS_TABLE } from '../../wire/users.ts'
import { dweeter, DweetWorld, MODERATOR } from './dweet-world.test-helper.ts'
import { RingDweets } from './dweets.ts'
import {
  LOCAL_TABLE,
  localPk,
  ownPrefix,
  PUBLICATION_PREFIX,
  REPORTS_TABLE,
  tagPk,
  TAGS_TABLE,
  type OwnKind,
} from './places.ts'
import { reportPrefix, reportsPk } from './reports/cases.ts'
import { readCase, readNote, readPublication, type DweetRow } from './rows.ts'

const NICKS = ['ana', 'ben', 'eva', 'leo'] as const
const TAGS = ['one', 'two'] as const
/** Of those who want to leave, one in so many does. */
const RARELY = 3

const WHAT = [
  'publish',
  'answer',
  'edit',
  'remove',
  'redweet',
  'unredweet',
  'like',
  'unlike',
  'follow',
  'unfollow',
  'block',
  'unblock',
  'mute',
  'report',
  'moderate',
  'deliver',
  'deliver',
  'deliver',
  'leave',
] as const

interface Step {
  readonly what: (typeof WHAT)[number]
  readonly nick: (typeof NICKS)[number]
  readonly other: (typeof NICKS)[number]
  readonly choice: number
}

const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom(...WHAT),
    nick: fc.constantFrom(...NICKS),
    other: fc.constantFrom(...NICKS),
    choice: fc.nat({ max: 1_000 }),
  }),
  { minLength: 10, maxLength: 80, size: 'max' },
)

/** What was answered as done. */
class Done {
  /** Ids of dweets, each with what it answers. */
  readonly dweets = new Map<string, string | undefined>()
  /** `NICK ID` */
  readonly likes = new Set<string>()
  readonly redweets = new Set<string>()

  remove(id: string): void {
    this.dweets.delete(id)
  }

  /** Of dweets that are there. */
  get likesLeft(): ReadonlySet<string> {
    const left = [...this.likes].filter((one) => this.dweets.has(one.slice(one.indexOf(' ') + 1)))
    return new Set(left)
  }

  leave(nick: string): void {
    for (const set of [this.likes, this.redweets]) {
      for (const one of set) if (one.startsWith(`${nick} `)) set.delete(one)
    }
    const pk = userPk(nick)
    for (const id of this.dweets.keys()) if (placeOfPublicId(id)?.pk === pk) this.remove(id)
  }

  count(set: ReadonlySet<string>, id: string): number {
    return [...set].filter((one) => one.endsWith(` ${id}`)).length
  }
}

/** Of moderation. */
const MORE = ['DWEET_REMOVED', 'REPORT_GONE', 'SLOW_DOWN'] as const

class Race {
  readonly world = new DweetWorld(...NICKS)
  readonly dweets = new RingDweets(this.world)
  readonly done = new Done()
  /** Whose accounts were removed. */
  readonly gone = new Set<string>()
  /** All that ever were. */
  readonly #ids: string[] = []
  #texts = 0

  constructor(losesAnswers: boolean) {
    this.world.losesAnswers = losesAnswers
  }

  /** Refusals are answers, too: somebody has blocked, or deleted. */
  async take(step: Step): Promise<void> {
    try {
      await this.#take(step)
    } catch (thrown) {
      const isExpected = [
        'DWEET_GONE',
        'FORBIDDEN',
        'DWEET_SELF_FOLLOW',
        'NO_USER',
        ...MORE,
      ] as const
      if (!isExpected.some((code) => isAnilloError(thrown, code))) throw thrown
    }
    // What they may still ask, as their rows go one after another, does not stay.
    if (this.gone.has(step.nick)) this.done.leave(step.nick)
  }

  async #take({ choice, nick, other, what }: Step): Promise<void> {
    const who = dweeter(nick)
    const id = this.#ids[choice % this.#ids.length] ?? '1'
    const text = `${++this.#texts} @${other} #${TAGS[choice % TAGS.length] ?? ''}`
    const { done, dweets } = this
    if (what === 'publish') this.#made((await dweets.publish(who, { text })).id, undefined)
    if (what === 'answer') {
      const made = await dweets.publish(who, { text, replyTo: id })
      this.#made(made.id, made.replyTo?.id)
    }
    if (what === 'edit') await dweets.edit(who, id, { text })
    if (what === 'remove') await dweets.remove(who, id).then(() => done.remove(id))
    if (what === 'redweet')
      await dweets.redweet(who, id).then(() => done.redweets.add(`${nick} ${id}`))
    if (what === 'unredweet') {
      await dweets.unredweet(who, id).then(() => done.redweets.delete(`${nick} ${id}`))
    }
    if (what === 'like')
      await dweets.like(who, id, true).then(() => done.likes.add(`${nick} ${id}`))
    if (what === 'unlike') {
      await dweets.like(who, id, false).then(() => done.likes.delete(`${nick} ${id}`))
    }
    if (what === 'follow') await dweets.follow(who, other, {})
    if (what === 'unfollow') await dweets.unfollow(who, other)
    if (what === 'block') await dweets.block(who, other, true)
    if (what === 'unblock') await dweets.block(who, other, false)
    if (what === 'mute') await dweets.mute(who, other, choice % 2 === 0)
    if (what === 'report') await dweets.reports.report(who, { dweet: id, reason: 'spam' })
    if (what === 'moderate') {
      await dweets.reports.decide(MODERATOR, id, { action: 'remove' }).then(() => done.remove(id))
    }
    if (what === 'deliver') this.world.deliverOne(choice)
    if (what === 'leave' && choice % RARELY === 0) {
      this.world.leave(nick)
      this.done.leave(nick)
      this.gone.add(nick)
    }
  }

  #made(id: string, above: string | undefined): void {
    this.done.dweets.set(id, above)
    this.#ids.push(id)
  }

  names(nick: string, kind: OwnKind): string[] {
    const prefix = ownPrefix(nick, kind)
    return this.world
      .rows(USERS_TABLE, userPk(nick), prefix)
      .map(({ sk }) => sk.slice(prefix.length))
  }

  /** Dweets that are there, by id. */
  get rows(): ReadonlyMap<string, DweetRow> {
    const found = new Map<string, DweetRow>()
    for (const nick of NICKS) {
      for (const record of this.world.rows(USERS_TABLE, userPk(nick), PUBLICATION_PREFIX)) {
        const row = record.sk.slice(PUBLICATION_PREFIX.length)
        const publication = readPublication(record)
        if (publication.kind === 'dweet')
          found.set(publicIdOf({ pk: userPk(nick), row }), publication)
      }
    }
    return found
  }
}

async function followsAgree(race: Race): Promise<void> {
  const list = (nick: string, kind: OwnKind) => race.names(nick, kind)
  for (const nick of NICKS) {
    for (const other of NICKS) {
      const two = `${nick} ${other}`
      const isFollowing = list(nick, 'ing').includes(other)
      assert.equal(list(other, 'er').includes(nick), isFollowing, `${two}: both know of it`)
      if (race.gone.has(nick) || race.gone.has(other)) continue
      const isBlocking = list(nick, 'block').includes(other)
      assert.equal(list(other, 'blocked').includes(nick), isBlocking, `${two}: both know of it`)
      const isApart = isBlocking || list(other, 'block').includes(nick)
      assert.ok(!isFollowing || !isApart, `${two}: nobody follows over a block`)
    }
    if (race.gone.has(nick)) continue
    const { followers, following } = await race.dweets.profile(dweeter(nick), nick)
    assert.deepEqual([followers, following], [list(nick, 'er').length, list(nick, 'ing').length])
  }
}

function dweetsAgree(race: Race): void {
  const { done, rows } = race
  assert.deepEqual([...rows.keys()].toSorted(), [...done.dweets.keys()].toSorted())
  for (const [id, { likes, redweets, replies }] of rows) {
    const answers = [...done.dweets.values()].filter((above) => above === id).length
    const expected = [done.count(done.likesLeft, id), done.count(done.redweets, id), answers]
    assert.deepEqual([likes, redweets, replies], expected, id)
  }
  for (const nick of NICKS) {
    const own = (set: ReadonlySet<string>) =>
      [...set].filter((one) => one.startsWith(`${nick} `)).map((one) => one.slice(nick.length + 1))
    assert.deepEqual(race.names(nick, 'like').toSorted(), own(done.likesLeft).toSorted())
    assert.deepEqual(race.names(nick, 'rd').toSorted(), own(done.redweets).toSorted())
  }
}

function listsAgree({ rows, world }: Race): void {
  const count = (table: string, pk: string) => world.rows(table, pk).length
  for (const tag of TAGS) {
    const tagged = [...rows.values()].filter(({ tags }) => tags.some((one) => foldTag(one) === tag))
    assert.equal(count(TAGS_TABLE, tagPk(tag)), tagged.length, tag)
  }
  const local = ALL_PARTITIONS.map((partition) => count(LOCAL_TABLE, localPk(partition)))
  assert.equal(
    local.reduce((sum, each) => sum + each, 0),
    rows.size,
  )
}

function nobodyIsToldTwice(race: Race): void {
  for (const nick of NICKS) {
    const told = race.world
      .rows(USERS_TABLE, userPk(nick), ownPrefix(nick, 'note'))
      .map(readNote)
      .filter(({ kind }) => kind !== 'moderated')
      .map(({ by, dweet, kind }) => `${kind} ${by} ${dweet ?? ''}`)
      .filter((one) => !one.startsWith('mention'))
    assert.equal(new Set(told).size, told.length, told.join(', '))
    assert.ok(
      told.every((one) => !one.includes(` ${nick} `)),
      'of what they did themselves',
    )
  }
}

/** Each report counts once, and of nobody who is gone is there a case. */
function reportsAgree({ gone, world }: Race): void {
  for (const partition of ALL_PARTITIONS) {
    const rows = world.rows(REPORTS_TABLE, reportsPk(partition))
    const under = (prefix: string) => rows.filter(({ sk }) => sk.startsWith(prefix))
    for (const record of under('case/')) {
      const subject = record.sk.slice('case/'.length)
      const { nick, reports, state } = readCase(record)
      assert.equal(under(reportPrefix(subject)).length, reports, subject)
      assert.ok(!gone.has(nick), `${nick} is gone`)
      assert.equal(under(`${state}/`).filter(({ sk }) => sk.endsWith(` ${subject}`)).length, 1)
    }
    const listed = [...under('open/'), ...under('closed/')]
    assert.equal(listed.length, under('case/').length, 'each in one list')
  }
}

function nothingIsLeft({ gone, world }: Race): void {
  for (const nick of gone) {
    const left = world.rows(USERS_TABLE, userPk(nick)).map(({ sk }) => sk)
    assert.deepEqual(left, ['last'].slice(0, left.length), nick)
  }
}

test('whatever crosses on the way, comes late or twice, in the end all agree', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, fc.boolean(), async (steps, losesAnswers) => {
      const race = new Race(losesAnswers)
      for (const step of steps) await race.take(step)
      race.world.deliver()
      await followsAgree(race)
      dweetsAgree(race)
      listsAgree(race)
      nobodyIsToldTwice(race)
      reportsAgree(race)
      nothingIsLeft(race)
    }),
    { numRuns: 100 },
  )
})
