import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Timer } from '../../effects/clock.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { BackupCut } from '../group/types.ts'
import { BackupServing } from './serving.ts'

const GROUP = partitionIdOf(3)

/** One group without rows, which was taken at once. */
class FakeCut implements BackupCut {
  readonly knownMost = 0
  readonly taken = Promise.resolve()
  isClosed = false

  markOf(): never {
    return assert.fail('nobody asks')
  }

  scan(): readonly [] {
    assert.ok(!this.isClosed, 'the cut is open')
    return []
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
