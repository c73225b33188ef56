import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { RecordKey, StoredRecord } from './partition/procedure.ts'
import { SharedReads } from './shared-reads.ts'

const ANA: RecordKey = { table: 't', pk: 'p', sk: 'ana' }
const EVA: RecordKey = { table: 't', pk: 'p', sk: 'eva' }

/** Reads that the test lets end. */
class Reads {
  readonly begun: { readonly key: RecordKey; readonly read: PromiseWithResolvers<Row> }[] = []
  readonly shared = new SharedReads((key) => {
    const read = Promise.withResolvers<Row>()
    this.begun.push({ key, read })
    return read.promise
  })

  end(place: number, index: number): void {
    this.begun[place]?.read.resolve(rowOf(index))
  }
}

type Row = StoredRecord | undefined

function rowOf(index: number): StoredRecord {
  const etag = { generation: 1, index }
  return { sk: 's', value: new Uint8Array(0), etag, expiresAtMs: undefined }
}

test('SharedReads.get() begins one read, and one more for all who come meanwhile', async () => {
  const reads = new Reads()
  const first = reads.shared.get(ANA)
  const late = [1, 2, 3].map(() => reads.shared.get(ANA))
  assert.equal(reads.begun.length, 1)
  reads.end(0, 7)
  assert.equal((await first)?.etag.index, 7)
  assert.equal(reads.begun.length, 2)
  const later = reads.shared.get(ANA)
  reads.end(1, 8)
  for (const each of late) assert.equal((await each)?.etag.index, 8)
  assert.equal(reads.begun.length, 3)
  reads.end(2, 9)
  assert.equal((await later)?.etag.index, 9)
  void reads.shared.get(ANA)
  assert.equal(reads.begun.length, 4)
})

test('SharedReads.get() keeps keys apart', async () => {
  const reads = new Reads()
  const both = [reads.shared.get(ANA), reads.shared.get(EVA)]
  assert.deepEqual(
    reads.begun.map(({ key }) => key),
    [ANA, EVA],
  )
  reads.end(0, 1)
  reads.end(1, 2)
  assert.deepEqual(
    (await Promise.all(both)).map((row) => row?.etag.index),
    [1, 2],
  )
})

test('SharedReads.get() that fails fails for those who share it alone', async () => {
  const reads = new Reads()
  const first = reads.shared.get(ANA)
  const late = [reads.shared.get(ANA), reads.shared.get(ANA)]
  reads.begun[0]?.read.reject(new Error('no majority'))
  await assert.rejects(first, /no majority/)
  reads.end(1, 3)
  for (const each of late) assert.equal((await each)?.etag.index, 3)
})
