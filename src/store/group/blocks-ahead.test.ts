import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import type { SnapshotBlock } from '../state/types.ts'
import { BLOCKS_AHEAD, BlocksAhead } from './blocks-ahead.ts'

function blockOf(number: number, count: number): SnapshotBlock {
  return { number, bytes: Uint8Array.of(number), hash: '', isLast: number === count - 1 }
}

test('BlocksAhead asks for each block once, in order, so many ahead of what is wanted', async () => {
  const count = 3 * BLOCKS_AHEAD
  const first = 2
  const asked: number[] = []
  const blocks = new BlocksAhead(async (number) => {
    asked.push(number)
    if (number >= count) throw new AnilloError('NOT_FOUND', { what: 'block' })
    return blockOf(number, count)
  })
  for (let number = first; number < count; number++) {
    const block = await blocks.get(number)
    assert.equal(block.number, number)
    assert.equal(asked.at(-1), number + BLOCKS_AHEAD)
  }
  assert.deepEqual(
    asked,
    Array.from({ length: asked.length }, (_, at) => first + at),
  )
})

test('BlocksAhead tells the failure of the block that is wanted, not of one behind it', async () => {
  const blocks = new BlocksAhead(async (number) => {
    if (number > 0) throw new AnilloError('BUSY', { what: 'blocks' })
    return blockOf(number, 2)
  })
  assert.equal((await blocks.get(0)).number, 0)
  await assert.rejects(blocks.get(1), { code: 'BUSY' })
})
