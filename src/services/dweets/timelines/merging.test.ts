import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { partitionIdOf, type PartitionId } from '../../../wire/partition.ts'
import { Merging, type Order, type Source } from './merging.ts'

const LOWEST = ''
const HIGHEST = '~'

/** Tells what it has in stretches of that length; asked that often. */
function sourceOf(
  items: readonly string[],
  { order, partition, stretch }: { order: Order; partition: PartitionId; stretch: number },
) {
  const asked: string[] = []
  const sorted = order === 'oldestFirst' ? items.toSorted() : items.toSorted().toReversed()
  const source: Source = {
    partition,
    name: String(partition),
    tell: async (frontier) => {
      asked.push(frontier)
      const rest = sorted.filter((item) =>
        order === 'oldestFirst' ? item > frontier : item < frontier,
      )
      const told = rest.slice(0, stretch)
      return {
        refs: told.map((place) => ({ place })),
        frontier: told.length === rest.length ? undefined : told.at(-1),
      }
    },
  }
  return { asked, source }
}

const failing: Source = {
  partition: partitionIdOf(63),
  name: 'lost',
  tell: async () => {
    throw new AnilloError('STORE_UNAVAILABLE', { partition: 63, problem: 'it is cut off' })
  },
}

async function takeAll(merging: Merging, count: number): Promise<string[]> {
  const all: string[] = []
  for (;;) {
    const refs = await merging.take(count)
    all.push(...refs.map(({ place }) => place))
    if (refs.length === 0) return all
  }
}

test('take() has everything of all streams, in order, whatever they tell at once', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(fc.integer({ min: 100, max: 999 }), { maxLength: 30 }), { maxLength: 6 }),
    fc.constantFrom<Order>('newestFirst', 'oldestFirst'),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 12 }),
    async (lists, order, stretch, count) => {
      const sources = lists.map((list, i) => {
        const items = [...new Set(list)].map((number) => `${number} ${i}`)
        return { items, ...sourceOf(items, { order, stretch, partition: partitionIdOf(i) }) }
      })
      const from = () => (order === 'oldestFirst' ? LOWEST : HIGHEST)
      const all = sources.map(({ source }) => source)
      const merging = new Merging(order, [...all, failing], from, () => undefined)
      const sorted = sources.flatMap(({ items }) => items).toSorted()
      const expected = order === 'oldestFirst' ? sorted : sorted.toReversed()
      assert.deepEqual(await takeAll(merging, count), expected)
      assert(merging.isAtEnd)
    },
  )
  await fc.assert(property)
})

test('take() asks a stream for more only where its next item might be among the next ones', async () => {
  const about = { order: 'newestFirst', stretch: 3 } as const
  const busy = sourceOf(['9', '8', '7', '6', '5'], { ...about, partition: partitionIdOf(1) })
  const quiet = sourceOf(['4', '3', '2', '1', '0'], { ...about, partition: partitionIdOf(2) })
  const sources = [busy.source, quiet.source]
  const merging = new Merging(
    'newestFirst',
    sources,
    () => HIGHEST,
    () => undefined,
  )
  assert.deepEqual(
    (await merging.take(5)).map(({ place }) => place),
    ['9', '8', '7', '6', '5'],
  )
  assert.deepEqual([busy.asked, quiet.asked], [[HIGHEST, '7'], [HIGHEST]])
})

test('leave() drops the streams of a partition, and what is wrong otherwise is thrown', async () => {
  const about = { order: 'newestFirst', stretch: 3 } as const
  const one = sourceOf(['2', '1'], { ...about, partition: partitionIdOf(1) })
  const two = sourceOf(['3', '0'], { ...about, partition: partitionIdOf(2) })
  const sources = [one.source, two.source]
  const merging = new Merging(
    'newestFirst',
    sources,
    () => HIGHEST,
    () => undefined,
  )
  await merging.take(1)
  merging.leave(partitionIdOf(2))
  assert.deepEqual(await takeAll(merging, 5), ['2', '1'])
  const broken: Source = { ...failing, tell: () => Promise.reject(new AnilloError('DATA_DAMAGED')) }
  const failed = new Merging(
    'newestFirst',
    [broken],
    () => HIGHEST,
    () => undefined,
  ).take(1)
  await assert.rejects(failed, (thrown) => isAnilloError(thrown, 'DATA_DAMAGED'))
})
