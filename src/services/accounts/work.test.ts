import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PartitionWork, RecordKey, StoredRecord } from '../../store/partition/procedure.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { AUDIT_ENTRIES_MAX } from './limits.ts'
import { noteIn } from './work.ts'

/** As much of a partition as the audit log needs: rows in the order of their keys. */
class Rows {
  readonly sks: string[] = []
  timeMs = 1_700_000_000_000

  get work(): PartitionWork {
    return {
      partition: partitionIdOf(7),
      index: 1,
      generation: 1,
      timeMs: this.timeMs,
      featureLevel: 1,
      get: () => assert.fail('nothing else is read'),
      has: () => assert.fail('nothing else is read'),
      list: ({ reverse }) => {
        const sk = reverse === true ? this.sks.at(-1) : this.sks[0]
        return sk === undefined ? [] : [recordOf(sk)]
      },
      put: ({ sk }: RecordKey) => {
        assert.ok(sk > (this.sks.at(-1) ?? ''), 'a new entry is the last')
        this.sks.push(sk)
      },
      delete: ({ sk }: RecordKey) => assert.equal(this.sks.shift(), sk, 'the oldest goes'),
      send: () => assert.fail('nothing is sent'),
      refuse: () => assert.fail('nothing is refused'),
    }
  }
}

function recordOf(sk: string): StoredRecord {
  const etag = { generation: 1, index: 1 }
  return { sk, value: new Uint8Array(0), etag, expiresAtMs: undefined }
}

test('noteIn() keeps the newest entries of a partition, and no more than it may', () => {
  const rows = new Rows()
  for (let number = 0; number < AUDIT_ENTRIES_MAX + 100; number++) {
    if (number % 3 === 0) rows.timeMs++
    noteIn(rows.work, { by: null, what: 'user.register' })
  }
  assert.equal(rows.sks.length, AUDIT_ENTRIES_MAX)
  // What expired leaves room.
  rows.sks.splice(0, 1_000)
  noteIn(rows.work, { by: null, what: 'user.register' })
  assert.equal(rows.sks.length, AUDIT_ENTRIES_MAX - 999)
})
