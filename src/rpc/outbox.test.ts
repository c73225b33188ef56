import assert from 'node:assert/strict'
import { test } from 'node:test'

import { concat } from '../base/bytes.ts'
import type { ByteStream } from '../effects/net.ts'
import { FRAME_BODY_BYTES_MAX, FrameReader, KIND } from '../wire/frame.ts'
import { noCounts } from './counters.ts'
import { OUT_BYTES_MAX, SLAB_BYTES } from './limits.ts'
import { Outbox } from './outbox.ts'

class Sink implements ByteStream {
  readonly remote = { host: '', port: 0 }
  readonly writes: Uint8Array[] = []
  hasRoom = true

  write(bytes: Uint8Array): boolean {
    this.writes.push(bytes)
    return this.hasRoom
  }

  receive(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

function outboxOf(sink: Sink) {
  const told = { drained: 0, overflowed: 0 }
  const outbox = new Outbox({
    stream: sink,
    counting: noCounts(),
    drained: () => told.drained++,
    overflowed: () => told.overflowed++,
  })
  return { outbox, told }
}

function idsIn(sink: Sink): number[] {
  const ids: number[] = []
  const reading = new FrameReader(FRAME_BODY_BYTES_MAX).push(concat(sink.writes), ({ id }) => {
    ids.push(id)
    return true
  })
  assert.equal(reading.kind, 'read')
  return ids
}

test('all frames of one turn go out in one write, those of awaiting handlers too', async () => {
  const sink = new Sink()
  const { outbox } = outboxOf(sink)
  for (let id = 1; id <= 60; id++) outbox.put({ kind: KIND.answer, id }, new Uint8Array(100))
  void Promise.resolve()
    .then(() => undefined)
    .then(() => outbox.put({ kind: KIND.answer, id: 61 }))
  assert.equal(sink.writes.length, 0)
  await new Promise(setImmediate)
  assert.equal(sink.writes.length, 1)
  assert.deepEqual(
    idsIn(sink),
    Array.from({ length: 61 }, (_, i) => i + 1),
  )
})

test('more than a slab, and large bodies, keep their order; a large body is not copied', async () => {
  const sink = new Sink()
  const { outbox } = outboxOf(sink)
  const large = new Uint8Array(1 << 20)
  for (let id = 1; id <= 40; id++) {
    outbox.put({ kind: KIND.item, id }, id % 10 === 0 ? large : new Uint8Array(SLAB_BYTES / 8))
  }
  await new Promise(setImmediate)
  assert.deepEqual(
    idsIn(sink),
    Array.from({ length: 40 }, (_, i) => i + 1),
  )
  assert.equal(sink.writes.filter((piece) => piece === large).length, 4)
})

test('bytes that were handed on are never written over', async () => {
  const sink = new Sink()
  const { outbox } = outboxOf(sink)
  const sums: number[] = []
  for (let id = 1; id <= 50; id++) {
    outbox.put({ kind: KIND.item, id }, new Uint8Array(5000).fill(id))
    outbox.flush()
    sums.push(sink.writes.at(-1)?.reduce((sum, byte) => sum + byte, 0) ?? 0)
  }
  const after = sink.writes.map((piece) => piece.reduce((sum, byte) => sum + byte, 0))
  assert.deepEqual(after.slice(-50), sums)
})

test('an outbox knows when its stream is full, and gives up a reader that takes nothing', () => {
  const sink = new Sink()
  const { outbox, told } = outboxOf(sink)
  sink.hasRoom = false
  const piece = new Uint8Array(4 << 20)
  outbox.put({ kind: KIND.item }, piece)
  assert.ok(outbox.isFull && outbox.waitingBytes >= piece.length)
  outbox.drained()
  assert.ok(!outbox.isFull && told.drained === 1 && outbox.waitingBytes === 0)
  for (let bytes = 0; bytes <= OUT_BYTES_MAX; bytes += piece.length) {
    outbox.put({ kind: KIND.item }, piece)
  }
  assert.ok(told.overflowed >= 1)
  outbox.close()
  const writes = sink.writes.length
  outbox.put({ kind: KIND.item }, piece)
  assert.equal(sink.writes.length, writes)
})
