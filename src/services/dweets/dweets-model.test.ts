/**
 * The microblog over partitions, and the one in memory that doors are tried against: whatever
 * people do, each is answered the same by both, once messages have arrived.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { isAnilloError } from '../../base/errors.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { Publication } from '../../wire/api-dweets.ts'
import { PAGE_MAX } from '../../wire/dweet-limits.ts'
import { dweeter, DweetWorld } from './dweet-world.test-helper.ts'
import { RingDweets } from './dweets.ts'
import { MemoryDweets } from './memory-dweets.test-helper.ts'
import type { Dweeter, Dweets } from './types.ts'

const NICKS = ['ana', 'ben', 'eva'] as const
const TEXTS = [
  'plain',
  'to @ana',
  '@ben @eva #one',
  '#One #two',
  ' ',
  'a'.repeat(226),
  '\u001b',
] as const

interface Said {
  readonly who: Dweeter
  readonly other: string
  readonly id: string
  readonly text: string
  readonly isOn: boolean
}

type Ask = (dweets: Dweets, said: Said) => Promise<unknown>

const page = { limit: PAGE_MAX }
const CHANGES: readonly Ask[] = [
  (dweets, { isOn, text, who }) =>
    dweets.publish(who, { text, visibility: isOn ? 'public' : 'followers' }),
  (dweets, { text, who }) => dweets.publish(who, { text, warning: 'w' }),
  (dweets, { id, text, who }) => dweets.publish(who, { text, replyTo: id }),
  (dweets, { id, text, who }) => dweets.edit(who, id, { text }),
  (dweets, { id, who }) => dweets.edit(who, id, { warning: '' }),
  (dweets, { id, isOn, who }) => dweets.remove({ ...who, isModerator: isOn }, id),
  (dweets, { id, who }) => dweets.redweet(who, id),
  (dweets, { id, who }) => dweets.unredweet(who, id),
  (dweets, { id, isOn, who }) => dweets.like(who, id, isOn),
  (dweets, { id, isOn, who }) => dweets.bookmark(who, id, isOn),
  (dweets, { isOn, other, who }) => dweets.follow(who, other, isOn ? {} : { redweets: false }),
  (dweets, { isOn, other, who }) => dweets.follow(who, other, { redweets: isOn }),
  (dweets, { other, who }) => dweets.unfollow(who, other),
  (dweets, { isOn, other, who }) => dweets.mute(who, other, isOn),
  (dweets, { isOn, other, who }) => dweets.block(who, other, isOn),
  (dweets, { text, who }) => dweets.changeProfile(who, { bio: text }),
  (dweets, { who }) => dweets.catchUp(who),
  async (dweets, { who }) => dweets.acknowledge(who, (await dweets.fresh(who, PAGE_MAX)).token),
  (dweets, { who }) => dweets.clearNotifications(who),
  (dweets, { id, text, who }) =>
    dweets.reports.report(who, { dweet: id, reason: 'abuse', note: text }),
  (dweets, { other, who }) => dweets.reports.report(who, { nick: other, reason: 'spam' }),
  (dweets, { id, isOn, text, who }) =>
    dweets.reports.decide({ ...who, isModerator: true }, id, {
      action: isOn ? 'warn' : 'remove',
      ...(isOn ? { warning: text } : { message: text }),
    }),
  (dweets, { id, isOn, other, who }) =>
    dweets.reports.decide({ ...who, isModerator: true }, isOn ? id : `@${other}`, {
      action: 'suspend',
      seconds: 600,
      reason: 'spam',
    }),
  (dweets, { isOn, other, who }) =>
    dweets.reports.decide({ ...who, isModerator: true }, `@${other}`, {
      action: isOn ? 'limit' : 'lift',
      decisions: 1,
    }),
  (dweets, { other, who }) =>
    dweets.reports.decide({ ...who, isModerator: isModeratorOf(other) }, `@${other}`, {
      action: 'dismiss',
    }),
  (dweets, { text, who }) => dweets.lists.make(who, { name: text }),
  (dweets, { id, text, who }) => dweets.lists.rename(who, id, { name: text }),
  (dweets, { id, who }) => dweets.lists.remove(who, id),
  (dweets, { id, isOn, other, who }) => dweets.lists.put(who, id, other, isOn),
]
/** Some of those who ask may not. */
function isModeratorOf(nick: string): boolean {
  return nick !== 'ben'
}

const READS: readonly Ask[] = [
  (dweets, { isOn, who }) =>
    dweets.reports.queue(
      { ...who, isModerator: true },
      {
        ...page,
        state: isOn ? 'open' : 'closed',
      },
    ),
  (dweets, { id, who }) => dweets.reports.find({ ...who, isModerator: true }, id),
  (dweets, { id, who }) => dweets.reports.reports({ ...who, isModerator: true }, id, page),
  (dweets, { other, who }) => dweets.profile({ ...who, isModerator: true }, other),
  (dweets, { id, who }) => dweets.dweet(who, id),
  (dweets, { id, who }) => dweets.history(who, id),
  (dweets, { id, who }) => dweets.thread(who, id),
  (dweets, { other, who }) => dweets.profile(who, other),
  (dweets, { other, who }) => dweets.followers(who, other, page),
  (dweets, { other, who }) => dweets.following(who, other, page),
  (dweets, { other, who }) => dweets.publicationsOf(who, other, page),
  (dweets, { who }) => dweets.bookmarks(who, page),
  (dweets, { who }) => dweets.tagged(who, 'ONE', page),
  (dweets, { who }) => dweets.search(who, 'plain', page),
  (dweets, { who }) => dweets.notifications(who, page),
  (dweets, { who }) => dweets.local(who, page),
  (dweets, { who }) => dweets.lists.all(who),
  (dweets, { id, who }) => dweets.lists.find(who, id),
  (dweets, { id, who }) => dweets.lists.people(who, id, page),
  (dweets, { other, who }) => dweets.lists.with(who, other),
  // A dweet and its redweets stand there once, which one in memory does not fold.
  async (dweets, { id, who }) => {
    const { items } = await dweets.lists.publications(who, id, page)
    const dweetOf = (one: Publication) => (one.kind === 'dweet' ? one : (one.of ?? one))
    return [...new Set(items.map((one) => dweetOf(one).id))].toSorted()
  },
  async (dweets, { who }) => (await dweets.fresh(who, PAGE_MAX)).unseen,
]

const STEPS = fc.array(
  fc.record({
    change: fc.nat({ max: CHANGES.length - 1 }),
    nick: fc.constantFrom(...NICKS),
    other: fc.constantFrom(...NICKS, 'nobody'),
    choice: fc.nat({ max: 1_000 }),
    text: fc.constantFrom(...TEXTS),
    isOn: fc.boolean(),
    reader: fc.constantFrom(...NICKS),
  }),
  { minLength: 5, maxLength: 50, size: 'max' },
)

class Both {
  readonly world = new DweetWorld(...NICKS)
  readonly ring = new RingDweets(this.world)
  readonly memory: MemoryDweets
  readonly ids: string[] = ['1']

  constructor() {
    const joinedAt = new Date(this.world.partitions.timeMs).toISOString()
    this.memory = new MemoryDweets({
      clock: { wallMs: () => this.world.partitions.timeMs },
      personOf: (nick) => {
        const isThere = NICKS.some((one) => one === nick)
        return isThere ? { nick, name: nick.toUpperCase(), joinedAt } : undefined
      },
    })
  }

  /** What both answer. */
  async ask(what: Ask, said: Said): Promise<unknown> {
    const ring = await outcomeOf(what(this.ring, said))
    this.world.deliver()
    const memory = await outcomeOf(what(this.memory, said))
    assert.deepEqual(plain(ring), plain(memory), `${String(what)} ${JSON.stringify(said)}`)
    return ring
  }
}

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return (await work) ?? 'done'
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return { code: thrown.code, details: thrown.details }
  }
}

/** Without names of pages and notifications, of which each has its own. */
function plain(answer: unknown): unknown {
  const known = JSON.stringify(answer, (name, value: unknown) => {
    if (name === 'cursor' || name === 'token') return undefined
    const isNote = typeof value === 'object' && value !== null && 'by' in value && 'at' in value
    return isNote ? { ...value, id: undefined } : value
  })
  return JSON.parse(known)
}

test('the microblog in memory does what that of the ring does', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const both = new Both()
      for (const { change, choice, nick, reader, ...what } of steps) {
        both.world.pass(MINUTE_MS)
        const id = both.ids[choice % both.ids.length] ?? ''
        const said = { ...what, id, who: dweeter(nick) }
        const made = await both.ask(CHANGES[change] ?? fail, said)
        if (isMade(made)) both.ids.push(made.id)
        for (const read of READS) await both.ask(read, { ...said, who: dweeter(reader) })
      }
    }),
    { numRuns: 30 },
  )
})

function isMade(answer: unknown): answer is { readonly id: string } {
  return typeof answer === 'object' && answer !== null && 'id' in answer
}

function fail(): never {
  assert.fail('there is such a change')
}
