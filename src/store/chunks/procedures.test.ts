import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present } from '../../base/assert.ts'
import { CHUNKS_PER_MESSAGE_MAX, CHUNKS_PER_TRANSACTION_MAX } from '../../wire/chunks.ts'
import { readDeliverAnswer } from '../../wire/command-codec.ts'
import { partitionIdOf, partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import { HOME, Machine, valueOf } from '../partition/machine.test-helper.ts'
import { checkTransact } from '../partition/transact-codec.ts'
import type { ChunkChanges, ChunkRef } from '../types.ts'
import { CHUNK_PROCEDURES } from './procedures.ts'
import { chunkKey, decodeChunkRow, FREE_TABLE, pinKey, PINS_BY_AGE_TABLE } from './rows.ts'

const GRACE_MS = 1_000
const UPLOAD = 'a'.repeat(32)
const HASH = 'f'.repeat(64)
const CHUNK: ChunkRef = { hash: HASH, bytes: 9 }

/** The record's partition and the chunk's, and what goes between them. */
class Two {
  readonly home = new Machine({ partition: HOME, procedures: CHUNK_PROCEDURES })
  readonly chunks: Machine
  readonly to: PartitionId

  constructor(hash = HASH) {
    this.to = partitionOfHash(hash)
    this.chunks = new Machine({ partition: this.to, procedures: CHUNK_PROCEDURES })
  }

  pin(upload = UPLOAD, hash = HASH): number {
    const input = { hash, bytes: 9, upload, partition: HOME }
    const answer = valueOf(this.chunks.call('chunk.pin', input))
    return (answer as { index: number }).index
  }

  commit(changes: ChunkChanges): void {
    this.home.transact({ table: 't', pk: 'p', conditions: [], writes: [], chunks: changes })
  }

  settle(upload = UPLOAD): void {
    valueOf(this.home.call('upload.settle', { upload, hash: HASH }))
  }

  /** All that waits, once. */
  pump(): void {
    const messages = this.home.partition.outboxOf(this.to, 1_000_000)
    if (messages.length === 0) return
    const command = { kind: 'deliver', source: HOME, messages } as const
    const { mark, backup } = present(readDeliverAnswer(valueOf(this.chunks.apply(command))), 'it')
    this.home.apply({ kind: 'delivered', destination: this.to, through: mark, backup })
    assert.equal(this.chunks.partition.counts().messagesRefused, 0)
  }

  collect(): boolean {
    const answer = valueOf(this.chunks.call('chunk.collect', { hash: HASH, graceMs: GRACE_MS }))
    return (answer as { isCollected: boolean }).isCollected
  }

  row() {
    const record = this.chunks.partition.get(chunkKey(HASH))
    return record === undefined ? undefined : decodeChunkRow(record.value)
  }

  count(table: string): number {
    return this.chunks.partition.list({ table, pk: 'all', limit: 10 }).items.length
  }
}

const refer = (reference = 'r'): ChunkChanges => ({
  upload: UPLOAD,
  refer: { reference, chunks: [CHUNK] },
})
const unrefer = (reference = 'r'): ChunkChanges => ({ unrefer: { reference, chunks: [CHUNK] } })

test('a chunk in its partition is held by a pin for ever, and by a reference after it', () => {
  const two = new Two()
  two.pin()
  two.chunks.timeMs += 1e9
  assert.equal(two.collect(), false)
  two.commit(refer())
  two.pump()
  assert.equal(two.chunks.partition.get(pinKey(HASH, UPLOAD)), undefined)
  assert.equal(two.count(PINS_BY_AGE_TABLE), 0)
  two.chunks.timeMs += 1e9
  assert.equal(two.collect(), false)
})

test('a chunk in its partition is collected when nothing holds it, the grace by logged time and not before', () => {
  const two = new Two()
  two.pin()
  two.commit(refer())
  two.commit(unrefer())
  two.pump()
  assert.equal(two.count(FREE_TABLE), 1)
  assert.equal(two.collect(), false)
  two.chunks.timeMs += GRACE_MS - 1
  assert.equal(two.collect(), false)
  two.chunks.timeMs += 1
  assert.equal(two.collect(), true)
  assert.equal(two.row(), undefined)
  assert.equal(two.count(FREE_TABLE), 0)
  assert.equal(two.collect(), false)
})

test('a chunk in its partition is pinned again in time, and then has no end again', () => {
  const two = new Two()
  two.pin()
  two.settle()
  two.pump()
  two.chunks.timeMs += GRACE_MS
  two.pin('b'.repeat(32))
  assert.equal(two.collect(), false)
})

test('a chunk in its partition bears the index of its row, another one when it comes back', () => {
  const two = new Two()
  const first = two.pin()
  assert.equal(two.row()?.sinceIndex, first)
  two.pin('b'.repeat(32))
  assert.equal(two.row()?.sinceIndex, first)
  two.settle()
  two.settle('b'.repeat(32))
  two.pump()
  two.chunks.timeMs += GRACE_MS
  assert.equal(two.collect(), true)
  assert.equal(two.row(), undefined)
  assert.equal(two.pin(), two.row()?.sinceIndex)
})

test('a chunk in its partition stays where one transaction drops it and refers to it under one name', () => {
  const two = new Two()
  two.pin()
  two.commit(refer())
  two.commit({ ...refer(), ...unrefer() })
  two.pump()
  two.chunks.timeMs += GRACE_MS
  assert.equal(two.collect(), false)
})

test('a chunk in its partition two names hold it until both have let go', () => {
  const two = new Two()
  two.pin()
  two.commit(refer('one'))
  two.commit(refer('other'))
  two.commit(unrefer('one'))
  two.pump()
  two.chunks.timeMs += GRACE_MS
  assert.equal(two.collect(), false)
  two.commit(unrefer('other'))
  two.pump()
  two.chunks.timeMs += GRACE_MS
  assert.equal(two.collect(), true)
})

test('an upload that was settled commits nothing any more', () => {
  const two = new Two()
  two.pin()
  two.settle()
  const input = ['t', 'p', [], [], [], [UPLOAD, ['r', [[HASH, 9]]], null]]
  const answer = two.home.call('transact', input)
  assert.deepEqual(answer, { kind: 'refused', code: 'UPLOAD_VOID', details: { upload: UPLOAD } })
  two.pump()
  assert.notEqual(two.row()?.freeSinceMs, undefined)
})

test('an upload that referred before it was settled keeps its chunks, however late the word is', () => {
  const two = new Two()
  two.pin()
  two.commit(refer())
  two.settle()
  two.chunks.timeMs += 1e9
  assert.equal(two.collect(), false)
  two.pump()
  two.chunks.timeMs += 1e9
  assert.equal(two.collect(), false)
  assert.equal(two.count(PINS_BY_AGE_TABLE), 0)
})

test('no order of entries collects a chunk that a record refers to, or may refer to', () => {
  const step = fc.constantFrom('pin', 'commit', 'drop', 'settle', 'pump', 'collect', 'wait')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const two = new Two()
      let isReferred = false
      let isPinned = false
      let isVoid = false
      for (const each of steps) {
        if (each === 'pin') {
          two.pin()
          isPinned = true
        } else if (each === 'commit' && isPinned && !isVoid) {
          two.commit(refer())
          isReferred = true
        } else if (each === 'drop' && isReferred) {
          two.commit(unrefer())
          isReferred = false
          // Its pin went with the reference: who commits it again pins it again.
          isPinned = false
        } else if (each === 'settle') {
          two.settle()
          isVoid = true
        } else if (each === 'pump') two.pump()
        else if (each === 'collect') two.collect()
        else if (each === 'wait') two.chunks.timeMs += GRACE_MS
        if (isReferred) assert.notEqual(two.row(), undefined)
      }
      two.pump()
      if (isReferred) assert.equal(two.row()?.freeSinceMs, undefined)
    }),
    { numRuns: 300 },
  )
})

test('transact takes as many chunks as it says, all in one partition too, and no message is refused', () => {
  const hashOf = (at: number): string => `ff${at.toString(16).padStart(62, '0')}`
  const chunks = Array.from({ length: CHUNKS_PER_TRANSACTION_MAX / 2 }, (_, at) => {
    return { hash: hashOf(at), bytes: 1 }
  })
  const links = { reference: 'r', chunks }
  const request = {
    table: 't',
    pk: 'p',
    conditions: [],
    writes: [],
    chunks: { upload: UPLOAD, refer: links, unrefer: links },
  }
  checkTransact(request)
  const two = new Two(hashOf(0))
  assert.equal(two.home.transact(request).kind, 'done')
  const slices = chunks.length / CHUNKS_PER_MESSAGE_MAX
  assert.equal(two.home.partition.counts().outboxMessages, 2 * slices)
  while (two.home.partition.outboxOf(two.to, 1).length > 0) two.pump()
  for (const { hash } of chunks) assert.ok(two.chunks.partition.get(chunkKey(hash)), hash)
})

test('transact refuses at the door what a partition of chunks would refuse', () => {
  const wrong: readonly ChunkChanges[] = [
    { upload: 'x' },
    { refer: { reference: '', chunks: [CHUNK] } },
    { refer: { reference: 'a\0b', chunks: [CHUNK] } },
    { refer: { reference: 'r'.repeat(1_025), chunks: [CHUNK] } },
    { refer: { reference: 'r', chunks: [{ hash: 'F'.repeat(64), bytes: 1 }] } },
    { refer: { reference: 'r', chunks: [{ hash: HASH, bytes: 0 }] } },
    { unrefer: { reference: 'r', chunks: [{ hash: HASH, bytes: 4 * 1024 * 1024 + 1 }] } },
  ]
  for (const chunks of wrong) {
    const request = { table: 't', pk: 'p', conditions: [], writes: [], chunks }
    assert.throws(() => checkTransact(request), { name: 'AnilloError' })
    assert.equal(new Two().home.call('transact', packed(chunks)).kind, 'refused')
  }
})

function packed({ upload, refer, unrefer: gone }: ChunkChanges): unknown {
  const links = (each = refer): unknown =>
    each === undefined
      ? null
      : [each.reference, each.chunks.map(({ hash, bytes }) => [hash, bytes])]
  return ['t', 'p', [], [], [], [upload ?? null, links(refer), gone ? links(gone) : null]]
}

test('transact a conflict changes nothing of chunks', () => {
  const two = new Two()
  const conditions = [{ sk: 'no', is: 'present' }] as const
  const outcome = two.home.transact({
    table: 't',
    pk: 'p',
    conditions,
    writes: [],
    chunks: refer(),
  })
  assert.equal(outcome.kind, 'conflict')
  assert.equal(two.home.partition.counts().outboxMessages, 0)
  assert.equal(partitionIdOf(63), two.to)
})
