import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from '../../base/limits.ts'
import { Buffers } from './buffers.ts'

test('giveBack() keeps as many as are to be idle, and frees the memory of others at once', () => {
  const buffers = new Buffers({ bytesMax: MIB, idleMax: 1 })
  const [first, second] = [buffers.take(MIB), buffers.take(MIB - 1)]
  buffers.giveBack(first)
  buffers.giveBack(second)
  assert.equal(second.buffer.byteLength, 0)
  assert.equal(buffers.take(MIB - 1).buffer, first.buffer)
  assert.notEqual(buffers.take(MIB).buffer, first.buffer)
})

test('take() gives no more memory than the next of its sizes, each of which is used again', () => {
  const buffers = new Buffers({ bytesMax: 4 * MIB, idleMax: 1 })
  const asked = [MIB, MIB + 1, 2 * MIB + 1]
  const given = asked.map((bytes) => buffers.take(bytes))
  assert.deepEqual(
    given.map(({ buffer, length }) => [length, buffer.byteLength / MIB]),
    [
      [MIB, 1],
      [MIB + 1, 2],
      [2 * MIB + 1, 4],
    ],
  )
  for (const one of given.slice(0, 2)) buffers.giveBack(one)
  assert.equal(buffers.take(2 * MIB).buffer, given[1]?.buffer)
  assert.equal(buffers.take(MIB).buffer, given[0]?.buffer)
})

test('giveBack() leaves what is too small or too large to be kept as it is', () => {
  const buffers = new Buffers({ bytesMax: MIB, idleMax: 1 })
  for (const bytes of [10, 2 * MIB]) {
    const given = buffers.take(bytes)
    buffers.giveBack(given)
    assert.equal(given.length, bytes)
  }
})
