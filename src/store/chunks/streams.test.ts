import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { Buffers } from './buffers.ts'
import { cutFixed } from './cutting.ts'
import { Gate } from './gate.ts'
import { inOrder } from './in-order.ts'
import { STREAM_CHUNKS_AT_ONCE } from './limits.ts'

const PIECE_BYTES = 7

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

test('cutFixed() gives the same bytes in pieces of one length, the last one shorter', async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const buffers = new Buffers({ bytesMax: PIECE_BYTES, idleMax: 1 })
      const pieces: Uint8Array[] = []
      for await (const piece of cutFixed(from(given), { pieceBytes: PIECE_BYTES, buffers })) {
        pieces.push(piece.slice())
      }
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(given))
      assert.ok(pieces.slice(0, -1).every(({ length }) => length === PIECE_BYTES))
      assert.ok(pieces.every(({ length }) => length > 0))
    }),
  )
})

test('inOrder() keeps the order, and so many at once', async () => {
  let running = 0
  let most = 0
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++running)
    for (let turn = 0; turn < 10 - item; turn++) await Promise.resolve()
    running--
    return item
  }
  const seen: number[] = []
  for await (const item of inOrder([1, 2, 3, 4, 5, 6, 7, 8, 9], work)) seen.push(item)
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal(most, STREAM_CHUNKS_AT_ONCE)
})

test('inOrder() tells the first failure and tells the rest to end', async () => {
  const ended: number[] = []
  const work = (item: number, signal: AbortSignal): Promise<number> => {
    if (item === 2) return Promise.reject(new Error('two'))
    if (item === 1) return Promise.resolve(1)
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        ended.push(item)
        resolve(item)
      })
    })
  }
  const seen: number[] = []
  const reading = (async () => {
    for await (const item of inOrder([1, 2, 3, 4], work)) seen.push(item)
  })()
  await assert.rejects(reading, { message: 'two' })
  assert.deepEqual(seen, [1])
  assert.deepEqual(ended, [3, 4])
})

test('Buffers gives memory out again, one taker at a time', () => {
  const bytesMax = 300 * 1024
  const buffers = new Buffers({ bytesMax, idleMax: 1 })
  const [one, other] = [buffers.take(bytesMax), buffers.take(bytesMax)]
  assert.notEqual(one.buffer, other.buffer)
  buffers.giveBack(one)
  buffers.giveBack(other)
  assert.equal(buffers.take(bytesMax - 1).buffer, one.buffer)
  assert.notEqual(buffers.take(bytesMax).buffer, other.buffer)
  assert.equal(buffers.take(10).buffer.byteLength, 10)
})

test('Buffers gives the shortest memory that it has, and keeps as much as it may', () => {
  const bytesMax = 2_048 * 1024
  const buffers = new Buffers({ bytesMax, idleMax: 1 })
  const small = buffers.take(300 * 1024)
  const middle = buffers.take(600 * 1024)
  assert.equal(small.buffer.byteLength, bytesMax / 4)
  assert.equal(middle.buffer.byteLength, bytesMax / 2)
  buffers.giveBack(middle)
  assert.equal(buffers.take(300 * 1024).buffer, middle.buffer)
  const large = buffers.take(bytesMax)
  buffers.giveBack(small)
  buffers.giveBack(large)
  assert.notEqual(buffers.take(bytesMax).buffer, large.buffer)
  assert.equal(buffers.take(300 * 1024).buffer, small.buffer)
  const foreign = new Uint8Array(700 * 1024)
  buffers.giveBack(foreign)
  assert.notEqual(buffers.take(700 * 1024).buffer, foreign.buffer)
})

test('Gate lets so many in at once, keeps a line, and refuses beyond', async () => {
  const gate = new Gate({ atOnceMax: 1, waitingMax: 1, what: 'tests' })
  const { promise, resolve } = Promise.withResolvers<void>()
  const done: string[] = []
  const first = gate.run(() => promise.then(() => void done.push('first')))
  const second = gate.run(async () => void done.push('second'))
  await assert.rejects(
    gate.run(async () => undefined),
    { code: 'BUSY' },
  )
  assert.deepEqual(done, [])
  resolve()
  await Promise.all([first, second])
  assert.deepEqual(done, ['first', 'second'])
})
