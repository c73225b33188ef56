import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { placeOfPublicId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { refuses } from '../dweet-world.test-helper.ts'
import { Heads } from './heads.ts'
import { HEAD_ROWS } from './limits.ts'
import { World } from './timelines-world.test-helper.ts'

function place(id: string): DweetPlace {
  const found = placeOfPublicId(id)
  assert(found !== undefined)
  return found
}

async function worldOf(...nicks: readonly string[]): Promise<World> {
  const world = new World()
  await world.join(...nicks)
  return world
}

async function textsOf(world: World, nick: string): Promise<string[]> {
  const { rows } = await world.heads.of(nick)
  return rows.toReversed().map(({ row }) => (row.kind === 'dweet' ? row.text : ''))
}

test('of() has what was published last, after each change', async () => {
  const world = await worldOf('ana')
  assert.deepEqual(await world.heads.of('ana'), {
    rows: [],
    isWhole: true,
    redweets: [],
    imported: [],
  })
  const id = await world.publish('ana', 'one')
  assert.deepEqual(await textsOf(world, 'ana'), ['one'])
  await world.publish('ana', 'two')
  assert.deepEqual(await textsOf(world, 'ana'), ['two', 'one'])
  await world.remove('ana', place(id))
  assert.deepEqual(await textsOf(world, 'ana'), ['two'])
})

test('of() says whether there are older ones', async () => {
  const world = await worldOf('ana')
  for (let i = 0; i < HEAD_ROWS; i++) await world.publish('ana')
  assert.equal((await world.heads.of('ana')).isWhole, true)
  await world.publish('ana')
  const { isWhole, rows } = await new Heads(world.store).of('ana')
  assert.deepEqual([isWhole, rows.length], [false, HEAD_ROWS])
})

test('readers who come at once share a read, and one that fails is asked for again', async () => {
  const world = await worldOf('ana')
  await world.publish('ana')
  const asked: PromiseWithResolvers<void>[] = []
  const heads = new Heads({
    read: async (question) => {
      const waiting = Promise.withResolvers<void>()
      asked.push(waiting)
      await waiting.promise
      return world.store.read(question)
    },
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const first = heads.of('ana')
  const others = Array.from({ length: 4 }, () => heads.of('ana'))
  const ended = Promise.allSettled([first, ...others])
  await settled()
  assert.equal(asked.length, 1)
  asked[0]?.reject(new AnilloError('STORE_UNAVAILABLE', { partition: 1, problem: 'cut off' }))
  await refuses(first, 'STORE_UNAVAILABLE')
  await settled()
  assert.equal(asked.length, 2, 'those who came later share another one')
  asked[1]?.resolve()
  await ended
  for (const one of others) assert.equal((await one).rows.length, 1)
})

test('authors who were not read for longest make room', async () => {
  const world = await worldOf('ana', 'ben', 'cleo')
  for (const nick of ['ana', 'ben', 'cleo']) await world.publish(nick)
  // Of each a row, and that they are kept at all.
  const heads = new Heads(world.store, { rowsMax: 4 })
  const pagesOf = async (nick: string): Promise<number> => {
    const before = world.asked.pages
    await heads.of(nick)
    return world.asked.pages - before
  }
  const pages: number[] = []
  for (const nick of ['ana', 'ben', 'ana', 'cleo', 'ana', 'ben']) pages.push(await pagesOf(nick))
  assert.deepEqual(pages, [1, 1, 0, 1, 0, 1])
})
