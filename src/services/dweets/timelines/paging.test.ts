/** Paging while publications come and go, and partitions are cut off, against what was made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type { Publication, PublicationPage } from '../../../wire/api-dweets.ts'
import { placeOfPublicId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { EVA } from '../dweet-world.test-helper.ts'
import { partitionOfNick } from '../places.ts'
import type { PageOf } from '../types.ts'
import { World } from './timelines-world.test-helper.ts'

const AUTHORS = ['ana', 'ben', 'cleo', 'dora', 'emil']

async function worldOf(...follows: readonly string[]): Promise<World> {
  const world = new World()
  await world.join('eva', ...AUTHORS)
  for (const nick of follows) await world.follow('eva', nick)
  return world
}

function place(id: string): DweetPlace {
  const found = placeOfPublicId(id)
  assert(found !== undefined)
  return found
}

function idsOf(items: readonly Publication[]): string[] {
  return items.map(({ id }) => id)
}

const Publish = fc.record({
  kind: fc.constant('publish' as const),
  nick: fc.constantFrom(...AUTHORS),
  /** Whole minutes, so that several have the same time. */
  backMs: fc.nat(5).map((minutes) => minutes * MINUTE_MS),
})
const Redweet = fc.record({
  kind: fc.constant('redweet' as const),
  nick: fc.constantFrom(...AUTHORS),
  which: fc.nat(),
})
const Step = fc.oneof(
  Publish,
  Redweet,
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('cut' as const), nick: fc.constantFrom(...AUTHORS) }),
  fc.record({ kind: fc.constant('heal' as const) }),
  fc.record({ kind: fc.constant('follow' as const), nick: fc.constantFrom(...AUTHORS) }),
  fc.record({ kind: fc.constant('page' as const), limit: fc.integer({ min: 1, max: 6 }) }),
)
type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never

interface Made {
  readonly id: string
  readonly nick: string
  readonly of?: string
  isThere: boolean
}

class Drawn {
  readonly world: World
  readonly made: Made[] = []
  readonly follows = new Set(AUTHORS.slice(0, 3))

  constructor(world: World) {
    this.world = world
  }

  async publish(nick: string, backMs = 0): Promise<void> {
    // Partitions' times are not one.
    this.world.memory.nowMs -= backMs
    const id = await this.world.publish(nick, 'hello', { tags: ['tag'] })
    this.made.push({ id, nick, isThere: true })
    this.world.memory.nowMs += backMs
  }

  async do(step: Exclude<Step, { kind: 'page' }>): Promise<void> {
    const { made, world } = this
    if (step.kind === 'publish') await this.publish(step.nick, step.backMs)
    else if (step.kind === 'cut') world.cutOff.add(partitionOfNick(step.nick))
    else if (step.kind === 'heal') world.cutOff.clear()
    else if (step.kind === 'follow') {
      this.follows.add(step.nick)
      await world.follow('eva', step.nick)
    } else {
      const one = made[step.which % Math.max(made.length, 1)]
      if (one === undefined) return
      if (step.kind === 'remove') await this.#remove(one)
      else if (one.of === undefined && one.isThere) await this.#redweet(step.nick, one)
    }
  }

  async #remove(one: Made): Promise<void> {
    await this.world.remove(one.nick, place(one.id))
    one.isThere = false
  }

  async #redweet(nick: string, { id, nick: author }: Made): Promise<void> {
    const redweet = await this.world.redweet(nick, { id, nick: author })
    if (this.made.some((other) => other.id === redweet)) return
    this.made.push({ id: redweet, nick, of: id, isThere: true })
  }
}

const TURNS = {
  home: ({ timelines }: World, page: PageOf) => timelines.home(EVA, page),
  local: ({ timelines }: World, page: PageOf) => timelines.local(EVA, page),
  tagged: ({ timelines }: World, page: PageOf) => timelines.tagged(EVA, 'tag', page),
} as const

/** Somebody who pages through one of the timelines. */
class Paging {
  readonly pages: Publication[][] = []
  readonly #world: World
  readonly #turn: (typeof TURNS)[keyof typeof TURNS]
  /** Empty: nothing was asked yet. */
  #cursor: string | undefined = ''

  constructor(world: World, kind: keyof typeof TURNS) {
    this.#world = world
    this.#turn = TURNS[kind]
  }

  async turn(limit: number): Promise<void> {
    if (this.#cursor === undefined) return
    const page = await this.#ask({ limit, ...(this.#cursor && { cursor: this.#cursor }) })
    if (page === undefined) return
    this.pages.push(page.items)
    this.#cursor = page.cursor
    assert(page.items.length <= limit)
    assert(page.incomplete.length === 0 || page.cursor !== undefined)
  }

  /** `undefined`: the list of a tag itself cannot be read. */
  async #ask(page: PageOf): Promise<PublicationPage | undefined> {
    try {
      return await this.#turn(this.#world, page)
    } catch (thrown) {
      assert(isAnilloError(thrown, 'STORE_UNAVAILABLE'))
      assert(this.#world.cutOff.size > 0)
      return undefined
    }
  }

  async toTheEnd(): Promise<void> {
    for (let i = 0; this.#cursor !== undefined; i++) {
      assert(i < 200)
      await this.turn(5)
    }
  }

  /** Shown itself, or beside what shows the same. */
  has({ id, of }: Made): boolean {
    return this.pages.some((page) =>
      page.some((one) => one.id === id || (of !== undefined && subjectOf(one) === of)),
    )
  }
}

function subjectOf(one: Publication): string | undefined {
  return one.kind === 'dweet' ? one.id : one.of?.id
}

test('paging: what is there at the beginning comes once, whatever comes, goes, or is cut off', async () => {
  const property = fc.asyncProperty(
    fc.constantFrom('home', 'local', 'tagged'),
    fc.array(fc.oneof(Publish, Redweet), { maxLength: 30 }),
    fc.array(Step, { maxLength: 40 }),
    async (kind, before, steps) => {
      const drawn = new Drawn(await worldOf(...AUTHORS.slice(0, 3)))
      for (const step of before) await drawn.do(step)
      const due = drawn.made.filter(({ nick, of }) =>
        kind === 'home' ? drawn.follows.has(nick) : of === undefined,
      )
      const paging = new Paging(drawn.world, kind)
      for (const step of steps) {
        await (step.kind === 'page' ? paging.turn(step.limit) : drawn.do(step))
      }
      drawn.world.cutOff.clear()
      await paging.toTheEnd()
      const shown = paging.pages.flatMap(idsOf)
      assert.equal(new Set(shown).size, shown.length, 'twice')
      // What was deleted meanwhile may have been shown, and so may redweets of it.
      const missed = due.filter((one) => one.isThere && !isGone(drawn, one) && !paging.has(one))
      assert.deepEqual(missed, [])
      for (const page of paging.pages) assert.deepEqual(page, page.toSorted(newestFirst))
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

/** A redweet of what was deleted: folded into a page, perhaps, before that. */
function isGone({ made }: Drawn, { of }: Made): boolean {
  return of !== undefined && made.some(({ id, isThere }) => id === of && !isThere)
}

function newestFirst(a: Publication, b: Publication): number {
  return a.id.length === b.id.length && a.id < b.id ? 1 : -1
}
