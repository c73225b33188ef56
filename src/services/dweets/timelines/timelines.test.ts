import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS } from '../../../base/limits.ts'
import type { Publication, PublicationPage } from '../../../wire/api-dweets.ts'
import { placeOfPublicId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { dweeter, EVA, refuses } from '../dweet-world.test-helper.ts'
import { partitionOfNick } from '../places.ts'
import type { PageOf } from '../types.ts'
import { World } from './timelines-world.test-helper.ts'

const AUTHORS = ['ana', 'ben', 'cleo', 'dora', 'emil']

type Turn = (page: PageOf) => Promise<PublicationPage>

async function allPages(turn: Turn, limit: number): Promise<Publication[][]> {
  const pages: Publication[][] = []
  for (let cursor: string | undefined; ;) {
    const page = await turn(cursor === undefined ? { limit } : { limit, cursor })
    pages.push(page.items)
    cursor = page.cursor
    if (cursor === undefined) return pages
  }
}

function idsOf(items: readonly Publication[]): string[] {
  return items.map(({ id }) => id)
}

function textsOf(items: readonly Publication[]): string[] {
  return items.map((one) =>
    one.kind === 'dweet' ? one.text : `by ${one.author.nick}: ${one.of?.text ?? 'gone'}`,
  )
}

function place(id: string): DweetPlace {
  const found = placeOfPublicId(id)
  assert(found !== undefined)
  return found
}

async function worldOf(...follows: readonly string[]): Promise<World> {
  const world = new World()
  await world.join('eva', ...AUTHORS)
  for (const nick of follows) await world.follow('eva', nick)
  return world
}

test('home() has what those who are followed and oneself published, newest first, each once', async () => {
  const world = await worldOf('ana', 'ben')
  for (const nick of ['ana', 'cleo', 'ben', 'eva', 'ana']) await world.publish(nick, `of ${nick}`)
  const pages = await allPages((page) => world.timelines.home(EVA, page), 3)
  assert.deepEqual(pages.map(textsOf), [['of ana', 'of eva', 'of ben'], ['of ana']])
})

test('publicationsOf() pages to the end, each once, in order', async () => {
  const world = await worldOf()
  const ids: string[] = []
  for (let i = 0; i < 120; i++) ids.push(await world.publish('ana'))
  const pages = await allPages((page) => world.timelines.publicationsOf(EVA, 'ana', page), 7)
  assert.deepEqual(pages.flatMap(idsOf), ids.toReversed())
})

test('home() goes on behind what is kept of each author, however unevenly they publish', async () => {
  const world = await worldOf('ana', 'ben', 'cleo')
  const ids: string[] = []
  for (const [nick, count] of [
    ['ben', 50],
    ['ana', 90],
    ['cleo', 5],
    ['ben', 10],
  ] as const) {
    for (let i = 0; i < count; i++) ids.push(await world.publish(nick))
  }
  const pages = await allPages((page) => world.timelines.home(EVA, page), 20)
  assert.deepEqual(pages.flatMap(idsOf), ids.toReversed())
})

test('home() has both of two that were published in one millisecond, far back as well', async () => {
  const world = await worldOf('ana', 'ben')
  const ids = new Set<string>()
  for (let i = 0; i < 60; i++) {
    ids.add(await world.publish('ana'))
    world.memory.nowMs -= MINUTE_MS
    ids.add(await world.publish('ben'))
  }
  const shown = (await allPages((page) => world.timelines.home(EVA, page), 7)).flatMap(idsOf)
  assert.deepEqual(shown, [...ids].toSorted().toReversed())
})

test('publicationsOf() refuses a nick that is nobody’s', async () => {
  const world = await worldOf()
  const asked = world.timelines.publicationsOf(EVA, 'nobody', { limit: 20 })
  await refuses(asked, 'NO_USER')
})

test('dweets for followers are shown to followers, to those mentioned, and to nobody else', async () => {
  const world = await worldOf('ana')
  await world.publish('ana', 'for followers', { visibility: 'followers' })
  await world.publish('ana', 'for all')
  const shownTo = async (nick: string): Promise<string[]> =>
    textsOf((await world.timelines.publicationsOf(dweeter(nick), 'ana', { limit: 20 })).items)
  assert.deepEqual(await shownTo('eva'), ['for all', 'for followers'])
  assert.deepEqual(await shownTo('ben'), ['for all'])
  assert.deepEqual(await shownTo('ana'), ['for all', 'for followers'])
})

test('home() shows a dweet once, however many redweet it on a page, and says when it is gone', async () => {
  const world = await worldOf('ana', 'ben', 'cleo')
  const id = await world.publish('ana', 'one')
  const other = await world.publish('dora', 'two')
  for (const nick of ['ben', 'cleo']) {
    await world.redweet(nick, { id, nick: 'ana' })
    await world.redweet(nick, { id: other, nick: 'dora' })
  }
  const shown = async () => textsOf((await world.timelines.home(EVA, { limit: 20 })).items)
  assert.deepEqual(await shown(), ['by cleo: two', 'one'])
  await world.remove('dora', place(other))
  assert.deepEqual(await shown(), ['by cleo: gone', 'by ben: gone', 'one'])
})

test('muted and blocked people, and redweets of them, are left out', async () => {
  const world = await worldOf('ana', 'ben', 'cleo')
  const [ofAna, ofCleo] = [await world.publish('ana', 'one'), await world.publish('cleo', 'two')]
  await world.redweet('ben', { id: ofAna, nick: 'ana' })
  await world.redweet('ben', { id: ofCleo, nick: 'cleo' })
  const home = async () => textsOf((await world.timelines.home(EVA, { limit: 20 })).items)
  const local = async () => textsOf((await world.timelines.local(EVA, { limit: 20 })).items)
  assert.deepEqual(await local(), ['two', 'one'])
  await world.mute('eva', 'ana')
  assert.deepEqual(await home(), ['two'])
  assert.deepEqual(await local(), ['two'])
  await world.block('cleo', 'eva')
  assert.deepEqual(await home(), [])
  assert.deepEqual(await local(), [])
  const own = await world.timelines.publicationsOf(EVA, 'ana', { limit: 20 })
  assert.deepEqual(textsOf(own.items), ['one'])
})

test('local(), tagged(), search() and bookmarks() find what is theirs', async () => {
  const world = await worldOf('ana')
  const first = await world.publish('ana', 'A café in the #Sun', { tags: ['Sun'] })
  await world.publish('ben', 'More #sun', { tags: ['sun'] })
  await world.publish('ben', 'secret #sun', { tags: ['sun'], visibility: 'followers' })
  await world.publish('eva', 'Sunday coffee')
  const { timelines } = world
  const texts = async (turn: Turn): Promise<string[]> =>
    (await allPages(turn, 1)).flatMap((items) => textsOf(items))
  const [cafe, more, sunday] = ['A café in the #Sun', 'More #sun', 'Sunday coffee']
  assert.deepEqual(await texts((page) => timelines.local(EVA, page)), [sunday, more, cafe])
  assert.deepEqual(await texts((page) => timelines.tagged(EVA, 'SUN', page)), [more, cafe])
  assert.deepEqual(await texts((page) => timelines.search(EVA, 'sun', page)), [sunday, cafe])
  assert.deepEqual(await texts((page) => timelines.search(EVA, 'CAFE the', page)), [cafe])
  await world.mark('eva', first)
  assert.deepEqual(await texts((page) => timelines.bookmarks(EVA, page)), [cafe])
  await world.remove('ana', place(first))
  assert.deepEqual(await texts((page) => timelines.bookmarks(EVA, page)), [])
  assert.deepEqual(await texts((page) => timelines.tagged(EVA, 'sun', page)), [more])
  assert.deepEqual(await texts((page) => timelines.tagged(EVA, 'not a tag', page)), [])
  await refuses(timelines.search(EVA, '  ', { limit: 1 }), 'BAD_REQUEST')
})

test('search() among everybody finds public dweets of all, each once, and hides what is hidden', async () => {
  const world = await worldOf('ana')
  await world.publish('ana', 'tide one')
  await world.publish('ben', 'tide two')
  await world.publish('ben', 'tide for those who follow', { visibility: 'followers' })
  await world.publish('ana', 'tide for hers', { visibility: 'followers' })
  await world.publish('eva', 'tide three')
  await world.publish('cleo', 'tide four')
  await world.block('cleo', 'eva')
  const search = world.timelines.search.bind(world.timelines)
  const found = await allPages((page) => search(EVA, 'TIDE', { ...page, among: 'everybody' }), 2)
  const texts = found.flatMap((items) => textsOf(items))
  assert.deepEqual(texts, ['tide three', 'tide for hers', 'tide two', 'tide one'])
  const followed = await search(EVA, 'tide', { limit: 20, among: 'followed' })
  assert.deepEqual(textsOf(followed.items), ['tide three', 'tide for hers', 'tide one'])
})

test('cursors that are none are refused', async () => {
  const world = await worldOf('ana')
  for (const cursor of [
    '',
    'x',
    'z.z',
    'z.z-64',
    `${'0'.repeat(26)}.1`,
    'z-1',
    'z'.repeat(5_000),
  ]) {
    const asked = world.timelines.home(EVA, { limit: 20, cursor })
    await refuses(asked, 'BAD_REQUEST')
  }
})

test('authors who cannot be read stand in incomplete, and are read later', async () => {
  const world = await worldOf('ana', 'ben')
  for (const nick of ['ana', 'ben', 'ana', 'ben']) await world.publish(nick, `of ${nick}`)
  world.cutOff.add(partitionOfNick('ana'))
  const first = await world.timelines.home(EVA, { limit: 20 })
  assert.deepEqual([textsOf(first.items), first.incomplete], [['of ben', 'of ben'], ['ana']])
  world.cutOff.clear()
  assert(first.cursor !== undefined)
  const second = await world.timelines.home(EVA, { limit: 20, cursor: first.cursor })
  assert.deepEqual([textsOf(second.items), second.incomplete], [['of ana', 'of ana'], []])
  assert.equal(second.cursor, undefined)
})

test('a redweet of what cannot be read waits for it', async () => {
  const world = await worldOf('ben')
  await world.publish('ben', 'before')
  const id = await world.publish('ana', 'one')
  await world.redweet('ben', { id, nick: 'ana' })
  await world.publish('ben', 'after')
  world.cutOff.add(partitionOfNick('ana'))
  const first = await world.timelines.home(EVA, { limit: 20 })
  assert.deepEqual([textsOf(first.items), first.incomplete], [['after'], ['ben']])
  world.cutOff.clear()
  assert(first.cursor !== undefined)
  const second = await world.timelines.home(EVA, { limit: 20, cursor: first.cursor })
  assert.deepEqual(textsOf(second.items), ['by ben: one', 'before'])
})

test('of what is kept only what changed is told again', async () => {
  const world = await worldOf('ana', 'ben')
  for (const nick of ['ana', 'ben']) await world.publish(nick, `by ${nick}`)
  await world.timelines.home(EVA, { limit: 20 })
  const { pages, lists } = world.asked
  await world.publish('ana', 'another')
  const { items } = await world.timelines.home(EVA, { limit: 20 })
  assert.deepEqual(textsOf(items), ['another', 'by ben', 'by ana'])
  await world.publish('ben', 'the last')
  assert.equal(textsOf((await world.timelines.home(EVA, { limit: 20 })).items)[0], 'the last')
  assert.deepEqual([world.asked.pages - pages, world.asked.lists - lists], [0, 0])
})

test('a page says what whoever asks did with each dweet, however much else they did', async () => {
  const world = await worldOf('ana')
  const ids: string[] = []
  for (let i = 0; i < 130; i++) ids.push(await world.publish('ana'))
  const [first = '', second = ''] = ids
  const mineOf = async (id: string) => {
    const pages = await allPages((page) => world.timelines.publicationsOf(EVA, 'ana', page), 130)
    const one = pages.flat().find((other) => other.id === id)
    return one?.kind === 'dweet' ? one.mine : undefined
  }
  await world.like('eva', first)
  await world.mark('eva', second)
  await world.redweet('eva', { id: second, nick: 'ana' })
  const nothing = { liked: false, redweeted: false, bookmarked: false }
  assert.deepEqual(await mineOf(first), { ...nothing, liked: true })
  assert.deepEqual(await mineOf(second), { ...nothing, redweeted: true, bookmarked: true })
  for (const id of ids.slice(10)) await world.like('eva', id)
  assert.deepEqual(await mineOf(first), { ...nothing, liked: true })
  assert.deepEqual(await mineOf(second), { ...nothing, redweeted: true, bookmarked: true })
})
