import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import type { NewDweets, Publication } from '../../../wire/api-dweets.ts'
import { placeOfPublicId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { EVA, refuses } from '../dweet-world.test-helper.ts'
import { partitionOfNick } from '../places.ts'
import { World } from './timelines-world.test-helper.ts'

const AUTHORS = ['ana', 'ben', 'cleo', 'dora', 'emil']

async function worldOf(): Promise<World> {
  const world = new World()
  await world.join('eva', ...AUTHORS)
  return world
}

function place(id: string): DweetPlace {
  const found = placeOfPublicId(id)
  assert(found !== undefined)
  return found
}

function textsOf(items: readonly Publication[]): string[] {
  return items.map((one) =>
    one.kind === 'dweet' ? one.text : `by ${one.author.nick}: ${one.of?.text ?? 'gone'}`,
  )
}

async function publish(world: World, nick: string, texts: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) ids.push(await world.publish(nick, text))
  return ids
}

/** Asks and acknowledges until nothing comes. */
async function readAll(world: World, limit: number): Promise<NewDweets[]> {
  const answers: NewDweets[] = []
  for (;;) {
    const answer = await world.news.fresh(EVA, limit)
    if (answer.dweets.length === 0 && answer.token === '') return answers
    answers.push(answer)
    await world.news.acknowledge(EVA, answer.token)
    assert(answers.length < 300)
  }
}

test('fresh() has unseen ones first, the oldest before, then older ones, the newest before', async () => {
  const world = await worldOf()
  const ids = await publish(world, 'ana', ['1', '2', '3', '4'])
  await world.follow('eva', 'ana', place(ids[1] ?? '').row)
  await world.follow('eva', 'ben')
  await publish(world, 'ben', ['5'])
  const answers = await readAll(world, 2)
  assert.deepEqual(
    answers.map(({ dweets, unseen }) => [textsOf(dweets), unseen]),
    [
      [['3', '4'], 3],
      [['5'], 1],
      [['2', '1'], 0],
    ],
  )
})

test('fresh() changes nothing, and an answer that was lost comes again', async () => {
  const world = await worldOf()
  await world.follow('eva', 'ana')
  await publish(world, 'ana', ['1', '2'])
  const before = world.memory.contents
  const first = await world.news.fresh(EVA, 1)
  assert.deepEqual(await world.news.fresh(EVA, 1), first)
  assert.equal(world.memory.contents, before)
})

test('acknowledge() again, or behind a later one, changes nothing', async () => {
  const world = await worldOf()
  await world.follow('eva', 'ana')
  await publish(world, 'ana', ['1', '2', '3'])
  const [one, two] = [await world.news.fresh(EVA, 1), await world.news.fresh(EVA, 2)]
  for (const { token } of [two, one, two]) await world.news.acknowledge(EVA, token)
  const { dweets, unseen } = await world.news.fresh(EVA, 20)
  assert.deepEqual([textsOf(dweets), unseen], [['3'], 1])
})

test('acknowledge() refuses what is no token, and passes over those who are not followed', async () => {
  const world = await worldOf()
  await world.follow('eva', 'ana')
  await publish(world, 'ana', ['1'])
  const row = '0'.repeat(16)
  for (const token of ['x', `ana:${row}`, `ana:${'f'.repeat(16)}:${row}`, `ana:${row}:${row},`]) {
    const asked = world.news.acknowledge(EVA, token)
    await refuses(asked, 'BAD_REQUEST')
  }
  const { token } = await world.news.fresh(EVA, 20)
  await world.unfollow('eva', 'ana')
  await world.news.acknowledge(EVA, token)
  assert.equal(await world.followOf('eva', 'ana'), undefined)
})

test('a token of bounds that do not touch those that are kept counts for nothing', async () => {
  const world = await worldOf()
  const ids = await publish(world, 'ana', ['1', '2', '3', '4'])
  const rows = ids.map((id) => place(id).row)
  await world.follow('eva', 'ana', rows[0])
  await world.news.acknowledge(EVA, `ana:${rows[2]}:${rows[3]}`)
  assert.deepEqual(textsOf((await world.news.fresh(EVA, 20)).dweets), ['2', '3', '4'])
})

test('redweets of what was deleted are passed over, and not counted', async () => {
  const world = await worldOf()
  await world.follow('eva', 'ben')
  const [id = ''] = await publish(world, 'ana', ['1'])
  await world.redweet('ben', { id, nick: 'ana' })
  await publish(world, 'ben', ['2'])
  const both = await world.news.fresh(EVA, 20)
  assert.deepEqual([textsOf(both.dweets), both.unseen], [['by ben: 1', '2'], 2])
  await world.remove('ana', place(id))
  const rest = await world.news.fresh(EVA, 20)
  assert.deepEqual([textsOf(rest.dweets), rest.unseen], [['2'], 1])
  await world.news.acknowledge(EVA, rest.token)
  const nothing = { dweets: [], unseen: 0, token: '', incomplete: [] }
  assert.deepEqual(await world.news.fresh(EVA, 20), nothing)
})

test('a muted person’s are left out, and are unseen again when they are not muted any more', async () => {
  const world = await worldOf()
  for (const nick of ['ana', 'ben']) await world.follow('eva', nick)
  await publish(world, 'ana', ['1'])
  await publish(world, 'ben', ['2'])
  await world.mute('eva', 'ana')
  assert.deepEqual(
    (await readAll(world, 20)).map(({ dweets }) => textsOf(dweets)),
    [['2']],
  )
  await world.mute('eva', 'ana', false)
  assert.deepEqual(
    (await readAll(world, 20)).map(({ dweets }) => textsOf(dweets)),
    [['1']],
  )
})

test('those who cannot be read stand in incomplete, and theirs come first when they can', async () => {
  const world = await worldOf()
  for (const nick of ['ana', 'ben']) await world.follow('eva', nick)
  await publish(world, 'ana', ['1'])
  await publish(world, 'ben', ['2'])
  world.cutOff.add(partitionOfNick('ana'))
  const answers = [await world.news.fresh(EVA, 20)]
  await world.news.acknowledge(EVA, answers[0]?.token ?? '')
  world.cutOff.clear()
  answers.push(await world.news.fresh(EVA, 20))
  assert.deepEqual(
    answers.map(({ dweets, incomplete, unseen }) => [textsOf(dweets), unseen, incomplete]),
    [
      [['2'], 1, ['ana']],
      [['1'], 1, []],
    ],
  )
})

test('catchUp(): what there is counts as seen, older ones are read last', async () => {
  const world = await worldOf()
  const ids = await publish(world, 'ana', ['1', '2', '3'])
  await world.follow('eva', 'ana', place(ids[0] ?? '').row)
  await world.news.catchUp(EVA)
  const { dweets, unseen } = await world.news.fresh(EVA, 20)
  assert.deepEqual([textsOf(dweets), unseen], [['1'], 0])
  await publish(world, 'ana', ['4'])
  assert.deepEqual(textsOf((await world.news.fresh(EVA, 20)).dweets), ['4'])
})

test('an author with more unseen ones than are kept is read from the oldest on', async () => {
  const world = await worldOf()
  await world.follow('eva', 'ana')
  const ids = await publish(
    world,
    'ana',
    Array.from({ length: 90 }, (_, i) => String(i)),
  )
  const { unseen } = await world.news.fresh(EVA, 20)
  assert.equal(unseen, 90)
  const shown = (await readAll(world, 20)).flatMap(({ dweets }) => dweets.map(({ id }) => id))
  assert.deepEqual(shown, ids)
})

const Author = fc.constantFrom(...AUTHORS)
const Step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('publish' as const), nick: Author }) },
  fc.record({ kind: fc.constant('redweet' as const), nick: Author, which: fc.nat() }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('cut' as const), nick: Author }),
  fc.record({ kind: fc.constant('heal' as const) }),
  fc.record({ kind: fc.constant('follow' as const), nick: Author, from: fc.nat() }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fresh' as const),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), which: fc.nat() }),
  },
)
type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never

interface Made {
  readonly id: string
  readonly nick: string
  readonly of?: Made
  isThere: boolean
}

/** What eva has been shown, and has said that she saw. */
class Drawn {
  readonly world: World
  readonly made: Made[] = []
  readonly answers: NewDweets[] = []
  readonly acknowledged = new Set<string>()
  readonly follows = new Map<string, string>()

  constructor(world: World) {
    this.world = world
  }

  async do(step: Step): Promise<void> {
    const { made, world } = this
    if (step.kind === 'publish') {
      made.push({ id: await world.publish(step.nick), nick: step.nick, isThere: true })
    } else if (step.kind === 'cut') world.cutOff.add(partitionOfNick(step.nick))
    else if (step.kind === 'heal') world.cutOff.clear()
    else if (step.kind === 'follow') await this.#follow(step.nick, step.from)
    else if (step.kind === 'fresh') await this.fresh(step.limit)
    else if (step.kind === 'acknowledge') await this.#acknowledge(step.which)
    else await this.#change(step)
  }

  /** Checks the answer against all that was said before. */
  async fresh(limit: number): Promise<NewDweets> {
    const answer = await this.world.news.fresh(EVA, limit)
    const ids = answer.dweets.map(({ id }) => id)
    assert(ids.length <= limit)
    assert.deepEqual(
      ids.filter((id) => this.acknowledged.has(id)),
      [],
      'it was acknowledged',
    )
    const isUnseenFirst = answer.unseen > 0
    assert.deepEqual(ids, isUnseenFirst ? ids.toSorted() : ids.toSorted().toReversed())
    if (this.world.cutOff.size === 0) this.#checkUnseen(answer, ids)
    this.answers.push(answer)
    return answer
  }

  /** Where all can be read: unseen are those behind the row at which following began. */
  #checkUnseen({ incomplete, unseen }: NewDweets, ids: readonly string[]): void {
    assert.deepEqual(incomplete, [])
    const unseenOnes = this.due.filter(({ id, nick }) => id > (this.follows.get(nick) ?? ''))
    const notAcknowledged = unseenOnes.filter(({ id }) => !this.acknowledged.has(id))
    const known = new Set(notAcknowledged.map(({ id }) => id))
    assert(unseen === 0 || ids.every((id) => known.has(id)), 'an older one before an unseen one')
    assert(unseen <= known.size)
    // What was folded into another that was acknowledged is not unseen any more.
    const folded = notAcknowledged.filter((one) => this.#isFolded(one)).length
    assert(unseen >= known.size - folded, `${unseen} of ${known.size}`)
  }

  /** All that there is to be read. */
  get due(): Made[] {
    return this.made.filter((one) => {
      return one.isThere && this.follows.has(one.nick) && one.of?.isThere !== false
    })
  }

  /** It stood, or may have, beside what it shows. */
  #isFolded({ of }: Made): boolean {
    return (
      of !== undefined &&
      this.made.some((other) => {
        return (other === of || other.of === of) && this.acknowledged.has(other.id)
      })
    )
  }

  isMissed(one: Made): boolean {
    return !this.acknowledged.has(one.id) && !this.#isFolded(one)
  }

  async #follow(nick: string, from: number): Promise<void> {
    if (this.follows.has(nick)) return
    const theirs = this.made.filter((one) => one.nick === nick)
    const id = theirs[from % (theirs.length + 1)]?.id
    await this.world.follow('eva', nick, id && place(id).row)
    this.follows.set(nick, id ?? '')
  }

  async #acknowledge(which: number): Promise<void> {
    const answer = this.answers[which % Math.max(this.answers.length, 1)]
    if (answer !== undefined) await this.acknowledge(answer)
  }

  async acknowledge({ dweets, token }: NewDweets): Promise<void> {
    await this.world.news.acknowledge(EVA, token)
    for (const { id } of dweets) this.acknowledged.add(id)
  }

  async #change({
    kind,
    which,
    ...rest
  }: Extract<Step, { kind: 'remove' | 'redweet' }>): Promise<void> {
    const one = this.made[which % Math.max(this.made.length, 1)]
    if (one?.isThere !== true) return
    if (kind === 'remove') {
      await this.world.remove(one.nick, place(one.id))
      one.isThere = false
    } else if (one.of === undefined && 'nick' in rest) {
      const nick = String(rest.nick)
      const id = await this.world.redweet(nick, { id: one.id, nick: one.nick })
      if (!this.made.some((other) => other.id === id)) {
        this.made.push({ id, nick, of: one, isThere: true })
      }
    }
  }
}

test('fresh() and acknowledge() enumerate everything once, unseen first, whatever comes between', async () => {
  const property = fc.asyncProperty(fc.array(Step, { maxLength: 60 }), async (steps) => {
    const drawn = new Drawn(await worldOf())
    for (const step of steps) await drawn.do(step)
    drawn.world.cutOff.clear()
    for (let i = 0; ; i++) {
      assert(i < 200)
      const answer = await drawn.fresh(5)
      if (answer.dweets.length === 0 && answer.token === '') break
      await drawn.acknowledge(answer)
    }
    assert.deepEqual(
      drawn.due.filter((one) => drawn.isMissed(one)),
      [],
    )
  })
  await fc.assert(property, { numRuns: 200 })
})
