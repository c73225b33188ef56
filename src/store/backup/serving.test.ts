import assert from 'node:assert/strict'
import { test } from 'node:test'

import { compareBytes, utf8 } from '../../base/bytes.ts'
import type { Timer } from '../../effects/clock.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import { SIGNING_PK, TOKENS_TABLE } from '../../wire/users.ts'
import type { BackupCut } from '../group/types.ts'
import { expiryKey, META_KEY, recordKey } from '../partition/keys.ts'
import { metaRow, readMeta } from '../partition/meta.ts'
import { unpackEntries } from '../state/blocks.ts'
import { BackupServing } from './serving.ts'

const GROUP = partitionIdOf(3)
const NOTHING = new Uint8Array(0)

/** One group, which was taken at once. */
class FakeCut implements BackupCut {
  rows: readonly DatabaseEntry[] = []
  readonly knownMost = 0
  readonly taken = Promise.resolve()
  isClosed = false

  markOf(): never {
    return assert.fail('nobody asks')
  }

  scan(_group: PartitionId, { from = NOTHING, limit, to }: ScanOptions): readonly DatabaseEntry[] {
    assert.ok(!this.isClosed, 'the cut is open')
    return this.rows
      .filter(({ key }) => compareBytes(key, from) >= 0)
      .filter(({ key }) => to === undefined || compareBytes(key, to) < 0)
      .slice(0, limit)
  }

  close(): void {
    this.isClosed = true
  }
}

function serving(): { readonly parts: BackupServing; readonly cut: FakeCut; end(): void } {
  const cut = new FakeCut()
  let due = (): void => assert.fail('nothing was begun')
  const timer: Timer = { cancel: () => undefined }
  const clock = {
    nowMs: () => 0,
    wallMs: () => 0,
    after: (_: number, run: () => void) => {
      due = run
      return timer
    },
    soon: (run: () => void) => queueMicrotask(run),
  }
  const parts = new BackupServing({
    clock,
    host: { cut: () => cut },
    peers: { handle: () => undefined },
  })
  return { parts, cut, end: () => due() }
}

const gone = { code: 'BACKUP_MISSED' }

test('a backup that is ended while its rows are asked for is missed, which is no bug', async () => {
  const { parts } = serving()
  parts.await(1, [GROUP])
  assert.equal((await parts.rows({ backup: 1, group: GROUP })).next, undefined)
  const asked = [
    parts.rows({ backup: 1, group: GROUP }),
    parts.group({ backup: 1, group: GROUP, isHashed: true }),
    parts.taken(1),
  ]
  parts.end(1)
  for (const answer of asked) await assert.rejects(answer, gone)
})

test('a collector that asks for nothing for long is gone, and its cut with it', async () => {
  const { parts, cut, end } = serving()
  parts.await(1, [GROUP])
  await parts.rows({ backup: 1, group: GROUP })
  assert.ok(!cut.isClosed)
  end()
  assert.ok(cut.isClosed)
  await assert.rejects(parts.rows({ backup: 1, group: GROUP }), gone)
})

test('what signs access tokens is in no backup, and not counted as if it were', async () => {
  const { cut, parts } = serving()
  const kept = recordKey({ table: 'notes', pk: SIGNING_PK, sk: 'a' })
  const signing = recordKey({ table: TOKENS_TABLE, pk: SIGNING_PK, sk: 'k1' })
  const meta = { ...readMeta({ get: () => undefined }), index: 7, records: 2, recordBytes: 100 }
  cut.rows = [
    { key: META_KEY, value: metaRow(meta) },
    { key: expiryKey(5, kept), value: NOTHING },
    { key: expiryKey(5, signing), value: NOTHING },
    { key: kept, value: utf8('note') },
    { key: signing, value: utf8('a private key') },
  ]
  parts.await(1, [GROUP])
  const { rows } = await parts.rows({ backup: 1, group: GROUP })
  assert.deepEqual(
    unpackEntries(rows)?.map(({ key }) => Buffer.from(key)),
    [expiryKey(5, kept), kept].map((key) => Buffer.from(key)),
  )
  const { meta: told } = await parts.group({ backup: 1, group: GROUP, isHashed: false })
  const recordBytes = 100 - signing.length - 'a private key'.length
  assert.deepEqual(readMeta({ get: () => told }), { ...meta, records: 1, recordBytes })
})
