import assert from 'node:assert/strict'
import { test } from 'node:test'

import { allOf, first, listed, type After, type ListPart } from './listed.ts'

const PARTS: Readonly<Record<string, ListPart<number>>> = {
  first: { items: [1, 2], cursor: 'empty' },
  empty: { items: [], cursor: 'last' },
  last: { items: [3] },
}

function trial() {
  const asked: After[] = []
  const items = listed(async (after) => {
    asked.push(after)
    return PARTS[after.cursor ?? 'first'] ?? assert.fail('a part')
  })
  return { asked, items }
}

test('listed() gives the items of all parts, an empty one in between', async () => {
  const { asked, items } = trial()
  assert.deepEqual(await allOf(items), [1, 2, 3])
  assert.deepEqual(asked, [{}, { cursor: 'empty' }, { cursor: 'last' }])
})

test('listed() asks for no part that nobody comes to', async () => {
  const { asked, items } = trial()
  for await (const item of items) if (item === 2) break
  assert.deepEqual(asked, [{}])
})

test('a part that fails is the end', async () => {
  const items = listed<number>(async ({ cursor }) => {
    if (cursor !== undefined) throw new TypeError('a fault')
    return { items: [1], cursor: 'more' }
  })
  assert.deepEqual(await items.next(), { done: false, value: 1 })
  await assert.rejects(items.next(), TypeError)
})

test('first() asks for no more than it gives', async () => {
  let asked = 0
  const numbers = async function* () {
    for (;;) yield ++asked
  }
  assert.deepEqual(await allOf(first(3, numbers())), [1, 2, 3])
  assert.equal(asked, 3)
  const few = async function* () {
    yield 'only'
  }
  assert.deepEqual(await allOf(first(3, few())), ['only'])
})
