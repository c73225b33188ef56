import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { partitionIdOf } from '../../../wire/partition.ts'
import { MERGE_SEGMENTS } from './limits.ts'
import { wordsOfPage, type IndexSource } from './page-words.ts'
import { readQuery } from './query.ts'
import { mergedSegment, readIds, segmentOf, type PageWords } from './segment.ts'
import { ShardIndex } from './shard-index.ts'
import { idsSk, packSegments, readSegments, SEGMENTS_SK } from './shard-rows.ts'
import { searchShard } from './shard-search.ts'
import { MemoryShard } from './shard.test-helper.ts'
import type { Print } from './simhash.ts'
import { printsOf } from './similar.ts'
import { wordsIn } from './words.ts'

const PARTITION = partitionIdOf(3)

function wordsOf(name: string, text: string): PageWords {
  const page: IndexSource = {
    id: sha256Hex(name),
    url: `https://example.org/${encodeURIComponent(name)}`,
    hash: sha256Hex(text),
    status: 200,
    contentType: 'text/plain',
    charset: 'utf-8',
    headers: [],
    title: null,
    fetchedAt: '2026-01-01T00:00:00.000Z',
  }
  return wordsOfPage(page, new TextEncoder().encode(text))
}

/** Names of pages that have the word with this content, each as often as it is found. */
async function found(
  shard: MemoryShard,
  query: string,
  contents: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const answer = await searchShard(shard.rows, readQuery(query))
  const names = new Map(Array.from(contents.keys(), (name) => [sha256Hex(name), name]))
  const results: string[] = []
  for (const { page, segment } of answer?.matches ?? []) {
    const ids = readIds((await shard.rows.get(idsSk(segment, page))) ?? new Uint8Array(0))
    const { hash = '', id = '' } = ids[page] ?? {}
    const name = names.get(id) ?? ''
    const isOld = !sha256Hex(contents.get(name) ?? '').startsWith(hash)
    results.push(isOld ? `${name} of old` : name)
  }
  return results.toSorted()
}

async function mergeAll(index: ShardIndex): Promise<void> {
  for (let old = index.mergeable(); old !== undefined; old = index.mergeable()) {
    const segments = old.map((sum) => index.read(sum))
    const gone = index.goneOf(segments).map((numbers) => new Set(numbers))
    const merged = mergedSegment(segments, (place, page) => gone[place]?.has(page) ?? false)
    await index.replace(old, merged)
  }
}

const WORDS = ['mar', 'marea', 'alta', 'ÁRBOL', '海水', '𐐀x', 'z']
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join(' '))
const batch = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), text), {
  minLength: 1,
  maxLength: 4,
  selector: ([name]) => name,
})

test('a search finds the pages that have the words, however often they change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 9 }), async (batches) => {
      const shard = new MemoryShard()
      const index = new ShardIndex(PARTITION, shard.tools(1))
      await index.load(0)
      const contents = new Map<string, string>()
      for (const pages of batches) {
        for (const [name, content] of pages) contents.set(name, content)
        await index.add(segmentOf(pages.map(([name, content]) => wordsOf(name, content))))
        await mergeAll(index)
      }
      const has = (query: (word: string) => boolean): readonly string[] =>
        Array.from(contents)
          .filter(([, content]) => [...wordsIn(content)].some(({ word }) => query(word)))
          .map(([name]) => name)
          .toSorted()
      assert.deepEqual(
        await found(shard, 'arbol', contents),
        has((word) => word === 'arbol'),
      )
      assert.deepEqual(
        await found(shard, 'mar*', contents),
        has((word) => word.startsWith('mar')),
      )
      assert.deepEqual(
        await found(shard, '海', contents),
        has((word) => word.startsWith('海')),
      )
      assert.deepEqual(
        await found(shard, '𐐀x', contents),
        has((word) => word === '𐐨x'),
      )
    }),
  )
})

test('of a page that changed only the newest copy is found, and of one that is gone none', async () => {
  const shard = new MemoryShard()
  const index = new ShardIndex(PARTITION, shard.tools(6))
  await index.load(0)
  for (const [name, text] of [
    ['a', 'ebb tide'],
    ['b', 'tide'],
    ['a', 'tide'],
    ['a', 'ebb tide'],
  ] as const) {
    await index.add(segmentOf([wordsOf(name, text)]))
  }
  const contents = new Map([
    ['a', 'ebb tide'],
    ['b', 'tide'],
  ])
  assert.deepEqual(await found(shard, 'tide', contents), ['a', 'b'])
  assert.deepEqual(await found(shard, 'ebb', contents), ['a'])
  assert.deepEqual((await searchShard(shard.rows, readQuery('tide')))?.having, [2])
  index.gone(sha256Hex('a'))
  await index.save()
  assert.deepEqual(await found(shard, 'tide', contents), ['b'])
  // Whoever takes over knows it too, and so do those segments become one.
  const next = new ShardIndex(PARTITION, shard.tools(7))
  await next.load(0)
  assert.ok(!next.isIndexed(sha256Hex('a'), sha256Hex('ebb tide')))
  await mergeAll(next)
  assert.deepEqual(await found(shard, 'tide', contents), ['b'])
})

test('copies that an older member left uncounted are told apart by whoever takes over', async () => {
  const shard = new MemoryShard()
  const index = new ShardIndex(PARTITION, shard.tools(8))
  await index.load(0)
  await index.add(segmentOf([wordsOf('a', 'ebb tide')]))
  await index.add(segmentOf([wordsOf('a', 'tide')]))
  const list = readSegments(await shard.rows.get(SEGMENTS_SK))
  const segments = list.segments.map((segment) => {
    const { gone: _, ...sum } = segment
    return sum
  })
  const value = packSegments({ ...list, segments })
  const written = { kind: 'put', sk: SEGMENTS_SK, value } as const
  await shard.store.transact({ table: '', pk: '', conditions: [], writes: [written] })
  const contents = new Map([['a', 'tide']])
  assert.deepEqual(await found(shard, 'tide', contents), ['a', 'a of old'])
  await new ShardIndex(PARTITION, shard.tools(9)).load(0)
  assert.deepEqual(await found(shard, 'tide', contents), ['a'])
  assert.deepEqual(await found(shard, 'ebb', contents), [])
})

test('merging leaves no row of what was merged, and no page that has another content', async () => {
  const shard = new MemoryShard()
  const index = new ShardIndex(PARTITION, shard.tools(2))
  await index.load(0)
  for (let i = 0; i < MERGE_SEGMENTS; i++) await index.add(segmentOf([wordsOf('a', `word${i}`)]))
  await mergeAll(index)
  const names = new Set(shard.names.filter((sk) => sk.includes('/')).map((sk) => sk.split('/')[0]))
  assert.equal(names.size, 1)
  const { matches = [], pages } = (await searchShard(shard.rows, readQuery('word*'))) ?? {}
  assert.deepEqual([matches.length, pages], [1, 1])
})

test('who takes over sweeps what was left half done, and the other can list it no more', async () => {
  const shard = new MemoryShard()
  const first = new ShardIndex(PARTITION, shard.tools(3))
  await first.load(0)
  await first.add(segmentOf([wordsOf('a', 'ebb')]))
  // Rows of a segment that are not listed yet.
  const half = { kind: 'put', sk: `${'f'.repeat(16)}/word/x`, value: new Uint8Array(1) } as const
  await shard.store.transact({ table: '', pk: '', conditions: [], writes: [half] })
  const second = new ShardIndex(PARTITION, shard.tools(4))
  await second.load(0)
  assert.ok(!shard.names.some((sk) => sk.startsWith('ffff')))
  await assert.rejects(first.add(segmentOf([wordsOf('b', 'flow')])), {
    code: 'STORE_UNAVAILABLE',
  })
  await second.add(segmentOf([wordsOf('b', 'flow')]))
  const contents = new Map([
    ['a', 'ebb'],
    ['b', 'flow'],
  ])
  assert.deepEqual(await found(shard, 'flow', contents), ['b'])
  assert.deepEqual(await found(shard, 'ebb', contents), ['a'])
})

test('prints of pages go along when segments are merged, and are missing where there were none', async () => {
  const shard = new MemoryShard()
  const index = new ShardIndex(PARTITION, shard.tools(1))
  await index.load(0)
  const long = (name: string): string => Array.from({ length: 40 }, (_, at) => name + at).join(' ')
  const expected = new Map<string, Print | undefined>()
  for (let round = 0; round < MERGE_SEGMENTS; round++) {
    const pages = [wordsOf(`long${round}`, long(`w${round}x`)), wordsOf(`short${round}`, 'mar')]
    for (const { id, print } of pages) expected.set(id, print)
    await index.add(segmentOf(pages))
  }
  await mergeAll(index)
  const { segments } = readSegments(await shard.rows.get(SEGMENTS_SK))
  assert.equal(segments.length, 1)
  const [{ name } = { name: '' }] = segments
  const ids = readIds((await shard.rows.get(idsSk(name, 0))) ?? new Uint8Array(0))
  const prints = await printsOf(shard.rows, name)
  assert.deepEqual(new Map(ids.map(({ id }, at) => [id, prints[at]])), expected)
  assert.equal([...expected.values()].filter((print) => print !== undefined).length, MERGE_SEGMENTS)
  assert.deepEqual(await printsOf(shard.rows, 'a segment of an older member'), [])
})
