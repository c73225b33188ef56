/** Whatever somebody published and did, it is the same in another ring, and taken from there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { DAY_MS, MINUTE_MS } from '../../../base/limits.ts'
import { ImportSteps } from '../../../wire/dweet-archive/import-steps.ts'
import { ANA, BEN, DweetWorld, EVA } from '../dweet-world.test-helper.ts'
import { RingDweets } from '../dweets.ts'
import type { Dweeter } from '../types.ts'
import { exported, imported, stepsOf } from './carried.test-helper.ts'
import { RingOwnData } from './own-data.ts'

const NOW_MS = Date.UTC(2026, 10, 22)
const NICKS = ['ana', 'ben', 'eva']
const TEXTS = ['plain', '#one "<&>', 'two\n\nlines @ben', 'ñ🎈‎ل', 'https://e.example/?a=1&b=2.']

function ring(daysLater = 0) {
  const world = new DweetWorld(...NICKS)
  world.partitions.timeMs = NOW_MS + daysLater * DAY_MS
  return { world, dweets: new RingDweets(world), data: new RingOwnData(world) }
}

type Ring = ReturnType<typeof ring>

interface Act {
  readonly what: number
  readonly who: Dweeter
  readonly text: string
  readonly which: number
  readonly isOn: boolean
}

const ACTS = fc.array(
  fc.record<Act>({
    what: fc.nat({ max: 9 }),
    who: fc.constantFrom(ANA, ANA, BEN, EVA),
    text: fc.constantFrom(...TEXTS),
    which: fc.nat({ max: 30 }),
    isOn: fc.boolean(),
  }),
  { maxLength: 40 },
)

async function perform(at: Ring, acts: readonly Act[]): Promise<void> {
  const ids = ['1']
  for (const { isOn, text, what, which, who } of acts) {
    const { data: _, dweets, world } = at
    world.pass(MINUTE_MS)
    const id = ids[which % ids.length] ?? '1'
    const visibility = isOn ? 'public' : 'followers'
    const doing: readonly (() => Promise<unknown>)[] = [
      () => dweets.publish(who, { text, visibility }),
      () => dweets.publish(who, { text, warning: text.split('\n')[0] ?? '', replyTo: id }),
      () => dweets.redweet(who, id),
      () => dweets.edit(who, id, { text: `${text}!` }),
      () => dweets.like(who, id, isOn),
      () => dweets.bookmark(who, id, isOn),
      () => dweets.follow(who, NICKS[which % 3] ?? '', { redweets: isOn }),
      () => dweets.mute(who, NICKS[which % 3] ?? '', isOn),
      () => dweets.remove(who, id),
      () => dweets.changeProfile(who, { bio: text }),
    ]
    try {
      const made = await doing[what]?.()
      const isMade = typeof made === 'object' && made !== null && 'id' in made
      if (isMade && typeof made.id === 'string') ids.push(made.id)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
    }
    world.deliver()
  }
}

/** What the specification says is not carried along. */
function carried(files: ReadonlyMap<string, string>) {
  const outbox = JSON.parse(files.get('outbox.json') ?? '')
  for (const one of outbox.orderedItems) {
    delete one['anillo:imported']
    if (one.type !== 'Create') continue
    delete one.object['anillo:imported']
    delete one.object['anillo:counts']
    one.object.tag = one.object.tag.filter(({ type }: { type: string }) => type === 'Hashtag')
  }
  const { summary, source } = JSON.parse(files.get('actor.json') ?? '')
  const own = new Set<string>(
    outbox.orderedItems.map((one: { object: { id: string } }) => one.object.id),
  )
  const mine = (name: string): string[] =>
    JSON.parse(files.get(name) ?? '').orderedItems.filter((id: string) => own.has(id))
  return {
    outbox,
    summary,
    source,
    likes: mine('likes.json'),
    bookmarks: mine('bookmarks.json'),
    following: files.get('following_accounts.csv'),
    muted: files.get('muted_accounts.csv'),
  }
}

test('an export of what was imported is what was exported, but for what the page says', async () => {
  await fc.assert(
    fc.asyncProperty(ACTS, async (acts) => {
      const here = ring()
      await perform(here, acts)
      const files = await exported(here.data, ANA)
      const there = ring(30)
      await imported(there.data, ANA, files)
      there.world.deliver()
      const once = await exported(there.data, ANA)
      assert.deepEqual(carried(once), carried(files))
      // Again, in any pieces: nothing is there twice, and nothing changes.
      there.world.losesAnswers = true
      await imported(there.data, ANA, files)
      there.world.deliver()
      assert.deepEqual(carried(await exported(there.data, ANA)), carried(files))
    }),
    { numRuns: 60 },
  )
})

test('ended early after whatever step, an import that is begun again is as one that was not', async () => {
  await fc.assert(
    fc.asyncProperty(ACTS, fc.nat({ max: 20 }), async (acts, ended) => {
      const here = ring()
      await perform(here, acts)
      const files = await exported(here.data, ANA)
      const there = ring(30)
      const lost = new ImportSteps('ana')
      const steps = [...stepsOf(files, lost)].flatMap(({ items, ...step }) =>
        items.map((item) => ({ ...step, items: [item] })),
      )
      for (const step of steps.slice(0, ended)) await there.data.import(ANA, step)
      await imported(there.data, ANA, files)
      there.world.deliver()
      assert.deepEqual(carried(await exported(there.data, ANA)), carried(files))
      const { dweets } = await there.dweets.profile(ANA, 'ana')
      assert.equal(dweets, carried(files).outbox.totalItems)
    }),
    { numRuns: 60 },
  )
})
