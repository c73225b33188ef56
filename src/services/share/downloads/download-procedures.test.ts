import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as delivered } from 'node:timers/promises'

import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { MemoryHeld } from '../held.test-helper.ts'
import { OUTSIDE_PROCEDURES } from '../procedures.ts'
import { PIECE_BYTES } from '../tree/hash-tree.ts'
import {
  beginDownload,
  endDownload,
  keepPiece,
  learnDownload,
  restartDownload,
} from './download-procedures.ts'
import { downloadKey, DOWNLOADS_TABLE, partitionOfDownload } from './download-rows.ts'

const ID = 'ab'.repeat(16)
/** More than any one entry of a log could let go of. */
const PIECES = 1_000

async function kept() {
  const held = new MemoryHeld()
  const store = new MemoryStore([...held.procedures, ...OUTSIDE_PROCEDURES])
  const at = partitionOfDownload(ID)
  const url = 'http://a.test/'
  const wanted = { name: 'film', seeds: [], path: '/film', isChosenPath: false }
  const who = { nick: 'ana', isManager: false }
  await store.call(at, beginDownload, { id: ID, ...wanted, who })
  await store.call(at, learnDownload, { id: ID, url, isProven: false })
  for (let index = 0; index < PIECES; index++) {
    const content = String(index).padStart(32, '0')
    await store.call(at, keepPiece, { id: ID, index, bytes: PIECE_BYTES, content })
  }
  const left = async (): Promise<number> => {
    const range = { table: DOWNLOADS_TABLE, pk: ID, prefix: 'piece/', limit: PIECES }
    return (await store.list(range)).items.length
  }
  const holders = (): number => [...held.holders.values()].filter(({ size }) => size > 0).length
  return { store, at, left, holders }
}

for (const state of ['done', 'failed', 'cancelled'] as const) {
  test(`a download of many pieces that is ${state} lets go of them all`, async () => {
    const { at, holders, left, store } = await kept()
    assert.deepEqual([await left(), holders()], [PIECES, PIECES])
    await store.call(at, endDownload, { id: ID, state })
    await delivered()
    assert.deepEqual([await left(), holders()], [0, 0])
    assert.notEqual(await store.get(downloadKey(ID)), undefined)
  })
}

test('one that begins anew lets go of what it had, step by step', async () => {
  const { at, holders, left, store } = await kept()
  let steps = 0
  while ((await store.call(at, restartDownload, { id: ID })).isMore) steps++
  await delivered()
  assert.deepEqual([await left(), holders()], [0, 0])
  assert(steps > 1)
})
